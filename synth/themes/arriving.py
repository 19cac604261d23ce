"""Excerpts as they arrive: the embedding job gives those of one batch their vectors and places them on the themes."""

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.embedding import embedded_words
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.excerpts import excerpt_text
from synth.store.outbox import tell_vectors
from synth.store.progress import settle
from synth.store.rows import chunks, insert_new
from synth.store.stamp import note_sources
from synth.themes.assigning import place_excerpts


def embed_batch(parts: Parts, held: ledger.Claim) -> None:
    """Embed what the batch holds and no earlier text shared; vectors, outbox and placement are one transaction."""
    import_id, batch = held.payload["import_id"], held.payload["batch"]
    with parts.database.read() as session:
        excerpts = _excerpts_of(session, import_id, batch)
        missing = without_vector(session, parts, held.workspace, excerpts)
    hashes = sorted(missing)
    vectors = parts.embedder.embed([embedded_words(missing[key]) for key in hashes])
    with parts.database.write() as session:
        store_vectors(session, parts, held.workspace, hashes, vectors)
        tell_vectors(session, held.workspace, [id for id, _, _ in excerpts], "put")
        place_excerpts(session, parts, held.workspace, [id for id, _, _ in excerpts])
        note_sources(session, _sources_of(session, import_id, batch))
        ledger.advance(session, held, now=parts.now(), stage="embedding", done=len(excerpts), total=len(excerpts))
        ledger.finish(session, held, now=parts.now())
        settle(session, held.workspace, import_id, now=parts.now())


def _excerpts_of(session: Session, import_id: str, batch: int) -> list[tuple[str, str, str]]:
    """(id, text hash, text) of the excerpts of one batch."""
    query = (
        select(tables.Excerpt.id, tables.Excerpt.text_hash, excerpt_text())
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .where(tables.Document.import_id == import_id, tables.Document.batch == batch)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _sources_of(session: Session, import_id: str, batch: int) -> list[int]:
    mine = (tables.Document.import_id == import_id) & (tables.Document.batch == batch)
    return list(session.scalars(select(tables.Document.source_id).where(mine).distinct()))


def without_vector(
    session: Session, parts: Parts, workspace: str, excerpts: list[tuple[str, str, str]]
) -> dict[str, str]:
    """Text hash to text, for the words no vector is stored for."""
    texts = {key: text for _, key, text in excerpts}
    for part in chunks(sorted(texts)):
        query = select(tables.Embedding.text_hash).where(
            tables.Embedding.workspace_id == workspace,
            tables.Embedding.embedder == parts.embedder.version,
            tables.Embedding.text_hash.in_(part),
        )
        for key in list(session.scalars(query)):
            del texts[key]
    return texts


def store_vectors(
    session: Session, parts: Parts, workspace: str, hashes: list[str], vectors: "np.typing.NDArray[np.float32]"
) -> None:
    """Write the vectors of the embedder in use, one a text, in the caller's transaction."""
    common = {"workspace_id": workspace, "embedder": parts.embedder.version}
    rows = [
        {"text_hash": key, "vector": vector.astype("<f4").tobytes(), **common}
        for key, vector in zip(hashes, vectors, strict=True)
    ]
    insert_new(session, tables.Embedding, rows)
