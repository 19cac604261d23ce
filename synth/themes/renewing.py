"""A change of embedder: what earlier ones made vectors of is embedded again, and their vectors go.

Vectors of two embedders are never compared, so until this is done searches see only what has been renewed. Each piece
is one transaction: an interrupted renewal goes on where it was. Themes keep their ids, names and excerpts; only their
centres are measured anew, from the excerpts on them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from synth.embedding import embedded_words
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.excerpts import excerpt_text
from synth.store.outbox import tell_vectors
from synth.store.rows import chunks
from synth.store.vectors import of_other_embedders
from synth.themes.arriving import store_vectors, without_vector
from synth.themes.curating.lessons import teach_after_run
from synth.themes.soil import load_soil

PIECE = 1_000  # texts embedded again in one transaction
KIND = "renew"


def request_renewal(parts: Parts, workspace: str) -> None:
    """Queue a renewal where an earlier embedder has left vectors."""
    with parts.database.write() as session:
        if _outdated(session, parts, workspace, 1):
            ledger.enqueue(session, workspace, KIND, {}, key=KIND, now=parts.now(), again=True)


def renew_vectors(parts: Parts, held: ledger.Claim) -> None:
    """The renew job: embed again, measure the themes again, and have the index filled."""
    done = 0
    while hashes := _next_piece(parts, held.workspace):
        done += len(hashes)
        _renew(parts, held, hashes, done)
    centres = _measure_themes(parts, held.workspace)
    with parts.database.write() as session:
        for theme, values in centres.items():
            mine = (tables.Theme.workspace_id == held.workspace) & (tables.Theme.id == theme)
            session.execute(update(tables.Theme).where(mine).values(**values))
        teach_after_run(session, parts, held.workspace)
        now = parts.now()
        ledger.finish(session, held, now=now, result={"texts": done, "themes": len(centres)})
        ledger.enqueue(session, held.workspace, "index", {}, key=f"index:{KIND}", now=now, again=True)


def _next_piece(parts: Parts, workspace: str) -> list[str]:
    with parts.database.read() as session:
        return _outdated(session, parts, workspace, PIECE)


def _outdated(session: Session, parts: Parts, workspace: str, limit: int) -> list[str]:
    """Hashes of texts an earlier embedder made vectors of."""
    query = select(tables.Embedding.text_hash).where(_of_earlier(parts, workspace))
    return list(session.scalars(query.distinct().order_by(tables.Embedding.text_hash).limit(limit)))


def _of_earlier(parts: Parts, workspace: str) -> ColumnElement[bool]:
    return (tables.Embedding.workspace_id == workspace) & of_other_embedders(parts.embedder.version)


def _renew(parts: Parts, held: ledger.Claim, hashes: Sequence[str], done: int) -> None:
    """Embed what excerpts still say, tell the index, and drop the earlier vectors of these texts."""
    with parts.database.read() as session:
        excerpts = _excerpts_with(session, held.workspace, hashes)
        missing = without_vector(session, parts, held.workspace, excerpts)
    wanted = sorted(missing)
    vectors = parts.embedder.embed([embedded_words(missing[key]) for key in wanted])
    with parts.database.write() as session:
        store_vectors(session, parts, held.workspace, wanted, vectors)
        tell_vectors(session, held.workspace, [id for id, _, _ in excerpts], "put")
        for part in chunks(hashes):
            earlier = _of_earlier(parts, held.workspace) & tables.Embedding.text_hash.in_(part)
            session.execute(delete(tables.Embedding).where(earlier))
        ledger.advance(session, held, now=parts.now(), stage="embedding again", done=done)


def _excerpts_with(session: Session, workspace: str, hashes: Sequence[str]) -> list[tuple[str, str, str]]:
    """(id, text hash, text) of every excerpt that has one of these texts."""
    query = select(tables.Excerpt.id, tables.Excerpt.text_hash, excerpt_text()).join(
        tables.Document, tables.Document.id == tables.Excerpt.document_id
    )
    found: list[tuple[str, str, str]] = []
    for part in chunks(hashes):
        mine = (tables.Excerpt.workspace_id == workspace) & tables.Excerpt.text_hash.in_(part)
        found += [(row[0], row[1], row[2]) for row in session.execute(query.where(mine))]
    return found


def _measure_themes(parts: Parts, workspace: str) -> dict[str, dict[str, Any]]:
    """By theme: its centre and threshold in the vectors of the embedder in use, where it has excerpts."""
    from synth.themes.finding.placement import fit_placement

    with parts.database.read() as session:
        soil = load_soil(session, parts, workspace, unassigned=False)
        of_excerpt = _themes_of_excerpts(session, workspace)
    themes = sorted({of_excerpt[id] for id in soil.ids if id in of_excerpt})
    place = {theme: number for number, theme in enumerate(themes)}
    labels = np.array([place.get(of_excerpt.get(id, ""), -1) for id in soil.ids], dtype=np.int64)
    model = fit_placement(soil.vectors, labels)
    return {
        theme: {
            "embedder": parts.embedder.version,
            "centroid": model.centroids[number].astype("<f4").tobytes(),
            "threshold": float(model.thresholds[number]),
        }
        for theme, number in place.items()
    }


def _themes_of_excerpts(session: Session, workspace: str) -> dict[str, str]:
    query = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id)
    rows = session.execute(query.where(tables.Assignment.workspace_id == workspace))
    return {row.excerpt_id: row.theme_id for row in rows}
