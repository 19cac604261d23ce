"""Deleting documents, or what one person said in them, with all that hangs on their excerpts in SQL."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from synth.erasure.subjects import Reach
from synth.store import tables
from synth.store.attributes import keep_attributes
from synth.store.fulltext import remove_words
from synth.store.outbox import tell_vectors
from synth.store.rows import chunks
from synth.wire.stripping import ERASED, Traces

Emptied = Literal["go", "stay where set", "stay"]  # what becomes of a source that nothing is left of
BLANK = "█"  # one for each character that is taken out of a text whose other offsets stay
Excerpt, Document, Turn = tables.Excerpt, tables.Document, tables.Turn


@dataclass(slots=True)
class Deleted:
    """What went from which table, the ids of the excerpts, and the texts by which it is looked for afterwards."""

    rows: Counter[str] = field(default_factory=Counter)
    excerpts: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)  # of the excerpts
    imports: set[str] = field(default_factory=set)  # ids of those that brought it
    sources: set[str] = field(default_factory=set)  # names of those that nothing is left of


def delete_reach(
    session: Session, workspace: str, reach: Reach, *, emptied: Emptied = "go", empty: Collection[int] = ()
) -> Deleted:
    """Delete what an erasure reaches, in the caller's transaction.

    `emptied` says what becomes of a source that nothing is left of; `empty` are some that may have been so before.
    """
    deleted, sources = Deleted(), set(empty)
    for part in chunks(reach.whole):
        held = select(Document.source_id, Document.import_id).distinct().where(Document.id.in_(part))
        for source, taken in session.execute(held):
            sources.add(source)
            deleted.imports |= {taken} if taken else set()
        _delete_excerpts(session, workspace, deleted, Excerpt.document_id.in_(part))
        deleted.documents |= set(part)
        _count(deleted, "turns", session.execute(delete(Turn).where(Turn.document_id.in_(part))))
        kept = tables.DocumentAttribute.document_id.in_(part)
        _count(deleted, "attributes", session.execute(delete(tables.DocumentAttribute).where(kept)))
        session.execute(update(Document).where(Document.repeat_of.in_(part)).values(repeat_of=None))
        _count(deleted, "documents", session.execute(delete(Document).where(Document.id.in_(part))))
    for id in reach.parts:
        _blank(session, workspace, deleted, id, reach)
    _delete_people(session, deleted, reach.people)
    if emptied != "stay":
        _delete_emptied(session, deleted, sources, reach, set_stay=emptied == "stay where set")
    return deleted


def _delete_emptied(
    session: Session, deleted: Deleted, sources: Collection[int], reach: Reach, *, set_stay: bool
) -> None:
    """The sources that have no document any more: they may be called after whom they came from.

    With `set_stay` one stays for which somebody said how long it is kept, how it is redacted or who reads it, because
    that holds for what comes next; not where its name has a word of the person's.
    """
    for part in chunks(sorted(sources)):
        held = select(Document.source_id).where(Document.source_id.in_(part))
        empty = select(tables.Source).where(tables.Source.id.in_(part), tables.Source.id.not_in(held))
        gone = [each for each in session.scalars(empty) if not (set_stay and _is_set(each) and not _named(each, reach))]
        deleted.sources |= {each.name for each in gone}
        ids = [each.id for each in gone]
        _count(deleted, "sources", session.execute(delete(tables.Source).where(tables.Source.id.in_(ids))))


def _is_set(source: tables.Source) -> bool:
    return source.keep_days is not None or source.redact != "automatic" or source.readers is not None


def _named(source: tables.Source, reach: Reach) -> bool:
    """Whether a source may be called after the person: by their first name alone, too."""
    name = source.name.casefold()
    return any(word in name for speaker in reach.speakers for word in speaker.casefold().split())


def delete_hooks(session: Session, workspace: str, deleted: Deleted, *, called: Traces | None) -> None:
    """The hooks for sources that were erased: they would bring more.

    With `called` only those called after the person who was erased: of a source that is merely empty more is wanted.
    """
    ended = {name for name in deleted.sources if called is None or called.calls(name)}
    mine = (tables.Hook.workspace_id == workspace) & tables.Hook.source.in_(ended)
    _count(deleted, "hooks", session.execute(delete(tables.Hook).where(mine)))


def delete_study(session: Session, workspace: str, deleted: Deleted, study: str) -> None:
    """A study with its codebook, its participants, and what was done to its codes."""
    for name, table in (
        ("changes of codebooks", tables.CodingChange),
        ("codes", tables.Code),
        ("boards", tables.Board),
        ("participants", tables.Participant),
    ):
        mine = (table.workspace_id == workspace) & (table.study_id == study)
        _count(deleted, name, session.execute(delete(table).where(mine)))
    mine = (tables.Study.workspace_id == workspace) & (tables.Study.id == study)
    _count(deleted, "studies", session.execute(delete(tables.Study).where(mine)))


def _blank(session: Session, workspace: str, deleted: Deleted, id: str, reach: Reach) -> None:
    """Take out of one document what the person said; offsets of what others said stay as they are."""
    document = session.get_one(Document, id)
    spoken = Turn.document_id == id, Turn.speaker.in_(sorted(reach.speakers))
    _delete_excerpts(
        session, workspace, deleted, (Excerpt.document_id == id) & Excerpt.speaker.in_(sorted(reach.speakers))
    )
    text = document.text
    for turn in session.scalars(select(Turn).where(*spoken)).all():
        text = text[: turn.start] + BLANK * (turn.end - turn.start) + text[turn.end :]
        mark = tables.Highlight
        within = (mark.document_id == id) & (mark.start < turn.end) & (mark.end > turn.start)
        _count(deleted, "highlights", session.execute(delete(mark).where(within)))
        turn.speaker = ERASED
        deleted.rows["turns"] += 1
    document.text = text
    if document.person_id in reach.people:
        document.person_id = None
    named = Traces(frozenset(), names=reach.speakers)
    if document.title and named.calls(document.title):
        document.title = None
    document.attributes = {key: value for key, value in document.attributes.items() if not named.calls(str(value))}
    keep_attributes(session, workspace, {id: document.attributes})
    session.flush()


def _delete_excerpts(session: Session, workspace: str, deleted: Deleted, which: Any) -> None:
    text = func.substr(Document.text, Excerpt.start + 1, Excerpt.end - Excerpt.start)
    query = select(Excerpt.seq, Excerpt.id, Excerpt.text_hash, text.label("words"))
    rows = session.execute(query.join(Document, Document.id == Excerpt.document_id).where(which)).all()
    remove_words(session, [(row.seq, row.words) for row in rows])
    deleted.rows["full-text entries"] += len(rows)
    deleted.texts += [row.words for row in rows]
    for part in chunks([row.id for row in rows]):
        _delete_of(session, workspace, deleted, part)
    for part in chunks(sorted({row.text_hash for row in rows})):
        _delete_vectors(session, workspace, deleted, part)
    deleted.excerpts |= {row.id for row in rows}


def _delete_of(session: Session, workspace: str, deleted: Deleted, excerpts: Sequence[str]) -> None:
    """The rows that hang on excerpts, and the excerpts; the index is told."""
    for name, table in (
        ("assignments", tables.Assignment),
        ("displaced assignments", tables.Displaced),
        ("moves between themes", tables.AssignmentChange),
        ("citations", tables.Citation),
        ("evidence of kept replies", tables.ReplyEvidence),
    ):
        _count(deleted, name, session.execute(delete(table).where(table.excerpt_id.in_(excerpts))))
    session.execute(delete(tables.IndexChange).where(tables.IndexChange.excerpt_id.in_(excerpts)))
    tell_vectors(session, workspace, excerpts, "drop")
    _count(deleted, "excerpts", session.execute(delete(Excerpt).where(Excerpt.id.in_(excerpts))))


def _delete_vectors(session: Session, workspace: str, deleted: Deleted, hashes: Sequence[str]) -> None:
    """The vectors of texts that no excerpt says any more."""
    said = set(
        session.scalars(
            select(Excerpt.text_hash).where(Excerpt.workspace_id == workspace, Excerpt.text_hash.in_(hashes))
        )
    )
    gone = [each for each in hashes if each not in said]
    vector = tables.Embedding
    mine = (vector.workspace_id == workspace) & vector.text_hash.in_(gone)
    _count(deleted, "vectors", session.execute(delete(vector).where(mine)))


def _delete_people(session: Session, deleted: Deleted, people: Sequence[int]) -> None:
    for part in chunks(people):
        session.execute(update(Document).where(Document.person_id.in_(part)).values(person_id=None))
        took_part = tables.Participant.person_id.in_(part)
        _count(deleted, "participants", session.execute(delete(tables.Participant).where(took_part)))
        _count(deleted, "people", session.execute(delete(tables.Person).where(tables.Person.id.in_(part))))


def _count(deleted: Deleted, name: str, result: Any) -> None:
    deleted.rows[name] += result.rowcount
