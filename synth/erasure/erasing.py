"""The erase job: rows, what was derived from them, bytes, index, proof; each step may be done again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synth.erasure.deleting import Deleted, Emptied, delete_hooks, delete_reach, delete_study
from synth.erasure.derived import withdraw
from synth.erasure.expiring import EXPIRED
from synth.erasure.proving import MOST, Probes, Proof, choose, choose_vectors, look
from synth.erasure.scouring import scour
from synth.erasure.subjects import Reach, Subject, find_reach, find_subject, named_elsewhere
from synth.errors import NotFound
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.fulltext import words_left
from synth.store.indexing import begin_anew
from synth.store.keyed import erase_replies
from synth.store.rows import chunks, insert_new, next_numbers
from synth.store.walls import everywhere
from synth.wire.stripping import Traces, one_line, words_of
from synth.wire.values import moment

KIND = "erase"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would reach, before anything is done."""

    subject: Subject
    documents: int
    excerpts: int
    shared: int  # documents of which only what the person said goes
    answers: int  # and insights, reports: owners of quotes
    others: tuple[str, ...]  # ids of documents of others in which the person's name stands


def preview(parts: Parts, workspace: str, kind: str, named: str) -> Preview:
    """What an erasure would reach; raises BadInput, NotFound."""
    with parts.database.read() as session:
        subject = find_subject(session, workspace, kind, named)
        reach = find_reach(session, workspace, subject)
        excerpts = owners = 0
        for part in chunks((*reach.whole, *reach.parts)):
            mine = tables.Excerpt.document_id.in_(part)
            excerpts += session.scalar(select(func.count()).select_from(tables.Excerpt).where(mine)) or 0
            quoted = select(func.count(tables.Citation.owner.distinct())).join(
                tables.Excerpt, tables.Excerpt.id == tables.Citation.excerpt_id
            )
            owners += session.scalar(quoted.where(mine)) or 0
        others = named_elsewhere(session, workspace, named, reach) if subject.kind == "person" else []
    return Preview(subject, len(reach.whole), excerpts, len(reach.parts), owners, tuple(others))


def request_erasure(parts: Parts, workspace: str, actor: str, kind: str, named: str, reason: str | None) -> str:
    """Queue an erasure; returns its id. Raises BadInput, NotFound. What is written down of it holds no name."""
    now = parts.now()
    with parts.database.write() as session:
        subject = find_subject(session, workspace, kind, named)
        id = f"E{next_numbers(session, workspace, 'erasure', 1)[0]}"
        row: dict[str, Any] = {
            "workspace_id": workspace,
            "id": id,
            "kind": subject.kind,
            "subject": subject.key,
            "actor": actor,
            "reason": reason,
            "state": "waiting",
            "receipt": {},
            "created_at": now,
        }
        session.execute(insert(tables.Erasure), [row])
        ledger.enqueue(session, workspace, KIND, {"erasure": id}, key=f"{KIND}:{id}", now=now, subject=id)
    return id


def erase(parts: Parts, held: ledger.Claim) -> None:
    """The erase job. Rows go in one transaction; what follows makes their bytes go, and looks whether they have."""
    probes = _delete(parts, held)
    done = scour(parts.database)
    _tell(parts, held, {"database": done}, "emptying the index")
    vectors = begin_anew(parts, held.workspace)
    index = f"thrown away; a job of its own fills it from the {vectors:,} vectors left, searches are exact meanwhile"
    if parts.index.is_served:
        index += "; the files of a Chroma server are the server's: `chroma vacuum` there gives its free pages back"
    _tell(parts, held, {"vector index": index}, "looking for what is left")
    proof = None if probes is None else look(parts.home, probes)
    with parts.database.write() as session:
        erasure = session.get_one(tables.Erasure, (held.workspace, held.payload["erasure"]))
        now = parts.now()
        erasure.receipt = {**erasure.receipt, "proof": _proof_document(proof)}
        erasure.state, erasure.finished_at = "done", now
        ledger.finish(session, held, now=now, result={"erasure": erasure.id})


def preview_document(found: Preview) -> dict[str, Any]:
    """What an erasure would reach."""
    return {
        "kind": found.subject.kind,
        "documents": found.documents,
        "shared": found.shared,
        "excerpts": found.excerpts,
        "quoted_by": found.answers,
        "named_by_others": list(found.others),
    }


def erasure_document(erasure: tables.Erasure) -> dict[str, Any]:
    """The receipt of an erasure."""
    return {
        "id": erasure.id,
        "kind": erasure.kind,
        "subject": erasure.subject,
        "state": erasure.state,
        "actor": erasure.actor,
        "reason": erasure.reason,
        "created_at": moment(erasure.created_at),
        "finished_at": moment(erasure.finished_at),
        "receipt": erasure.receipt,
    }


def get_erasure(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One receipt; raises NotFound."""
    erasure = session.get(tables.Erasure, (workspace, id))
    if erasure is None:
        raise NotFound(f"There is no erasure {id}.")
    return erasure_document(erasure)


def list_erasures(session: Session, workspace: str) -> list[dict[str, Any]]:
    """All receipts, the newest first."""
    query = select(tables.Erasure).where(tables.Erasure.workspace_id == workspace)
    found = session.scalars(query).all()
    return [erasure_document(each) for each in sorted(found, key=lambda each: int(each.id[1:]), reverse=True)]


def _delete(parts: Parts, held: ledger.Claim) -> Probes | None:
    """Delete the rows, and withdraw what rested on them; returns by what bytes they are looked for.

    None where an earlier attempt deleted them: what it would have looked for went with it.
    """
    workspace, now = held.workspace, parts.now()
    with parts.database.write() as session:
        erasure = session.get_one(tables.Erasure, (workspace, held.payload["erasure"]))
        if erasure.receipt:
            return None
        subject = Subject(erasure.kind, erasure.subject)  # type: ignore[arg-type]
        reach = find_reach(session, workspace, subject)
        with everywhere(), parts.database.read() as others:  # two workspaces may hold the same words
            vectors = _vectors(others, workspace, reach)
        known_by = _known_by(session, workspace, subject, reach)
        whole = subject.kind in ("source", "study")
        emptied: Emptied = "go" if whole else "stay" if subject.kind == EXPIRED else "stay where set"
        meant = [int(subject.key)] if subject.kind == "source" else []
        deleted = delete_reach(session, workspace, reach, emptied=emptied, empty=meant)
        delete_hooks(session, workspace, deleted, called=None if whole else Traces(set(), names=reach.speakers))
        if subject.kind == "study":
            delete_study(session, workspace, deleted, subject.key)
        traces = _traces(session, workspace, deleted, reach)
        withdrawn = withdraw(session, workspace, traces)
        withdrawn["answers kept for those who ask again"] = erase_replies(session, workspace)
        _remember(session, workspace, erasure, deleted, known_by)
        erasure.receipt = {
            "rows": _plain(deleted.rows),
            "derived": _plain(withdrawn),
            "kept": {"documents of others, with what they said": len(reach.parts)},
            "not_reached": _not_reached(parts),
        }
        erasure.state = "running"
        ledger.advance(session, held, now=now, stage="rows deleted", done=1)
    with everywhere(), parts.database.read() as session:
        texts = [text for text in choose(deleted.texts) if not _still_said(session, text)]
    return Probes(tuple(text.encode() for text in texts), vectors)


def _traces(session: Session, workspace: str, deleted: Deleted, reach: Reach) -> Traces:
    said = {word for text in deleted.texts for word in words_of(text)}
    return Traces(
        deleted.excerpts | deleted.documents,
        said - words_left(session, workspace, sorted(said)),
        reach.speakers,
        one_line(" ".join(deleted.texts)),
        deleted.sources,
        deleted.imports,
    )


def _vectors(session: Session, workspace: str, reach: Reach) -> tuple[bytes, ...]:
    """Bytes of some of the vectors that go: of texts that nobody else said."""
    found: list[bytes] = []
    for part in chunks(reach.whole, 100):
        others = select(tables.Excerpt.text_hash).where(tables.Excerpt.document_id.not_in(part))
        query = (
            select(tables.Embedding.vector)
            .join(tables.Excerpt, tables.Excerpt.text_hash == tables.Embedding.text_hash)
            .where(
                tables.Embedding.workspace_id == workspace,
                tables.Excerpt.document_id.in_(part),
                tables.Excerpt.text_hash.not_in(others),
            )
        )
        found += session.scalars(query.limit(MOST))
        if len(found) >= MOST:
            break
    return tuple(choose_vectors(found))


def _still_said(session: Session, text: str) -> bool:
    """Whether it stands anywhere: the files that are searched hold every workspace."""
    held = tables.Document.text.contains(text, autoescape=True)
    return session.scalar(select(tables.Document.id).where(held).limit(1)) is not None


def _known_by(session: Session, workspace: str, subject: Subject, reach: Reach) -> set[str]:
    """By what a person is known when a file names them again: the name that was given, and that behind a pseudonym."""
    if subject.kind != "person":
        return set()
    who = tables.Participant
    behind = select(who.key).where(who.workspace_id == workspace, who.person_id.in_(reach.people))
    return {subject.key, *session.scalars(behind)}


def _remember(session: Session, workspace: str, erasure: tables.Erasure, deleted: Deleted, known_by: set[str]) -> None:
    """So that the same rows are refused when a file brings them again: ids, which are hashes, and no word."""
    keys = [*sorted(deleted.documents), *sorted(known_by)]
    rows = [{"workspace_id": workspace, "key": key, "erasure_id": erasure.id} for key in keys]
    for part in chunks(rows, 5_000):
        insert_new(session, tables.Erased, part)


def _not_reached(parts: Parts) -> list[str]:
    """Where this service cannot look, said plainly."""
    return [
        "copies of the folder or database made before (backups), and exports that were downloaded",
        "messages that were delivered, and what a language model's endpoint or a broker keeps of its own",
        *([] if parts.database.dialect == "sqlite" else ["the write-ahead log of the database server"]),
    ]


def _tell(parts: Parts, held: ledger.Claim, done: Mapping[str, str], stage: str) -> None:
    with parts.database.write() as session:
        erasure = session.get_one(tables.Erasure, (held.workspace, held.payload["erasure"]))
        erasure.receipt = {**erasure.receipt, "bytes": {**erasure.receipt.get("bytes", {}), **done}}
        ledger.advance(session, held, now=parts.now(), stage=stage, done=1)


def _proof_document(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {
            "probes": 0,
            "note": "The job was interrupted after the rows were deleted; nothing was held to look for.",
        }
    return {"probes": proof.probes, "files": proof.files, "bytes": proof.size, "found_in": list(proof.found)}


def _plain(counted: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in counted.items() if count}
