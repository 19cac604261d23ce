"""Uploads that wait for a person to say what is personal in them; nothing of them is written to a table before.

The file waits as every upload does until it is read (decision 0010); what is kept of a review is which spans are to be
hidden, without their words. Who sent it and researchers see it. What nobody comes back to is thrown away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotAllowed, NotFound
from synth.intake.importing import enqueue_reading, is_waiting, load_upload, read_upload
from synth.intake.redacting.reviewing import Decision, State, load_decisions, marks, read_kind
from synth.model import ParsedDocument
from synth.parts import Parts
from synth.store import tables
from synth.store.rows import insert_new

KEPT: Final = timedelta(days=14)  # an upload waits
MOST_LISTED: Final = 500
CONTEXT: Final = 40  # characters around a span in a list
_STATES: Final = ("accepted", "rejected", "undecided")


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who looks: by name, and whether in the role of a researcher."""

    name: str
    researches: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits: its place in the file, its text, and what is marked in it."""

    place: int
    title: str
    text: str
    marks: tuple[Decision, ...]

    @property
    def undecided(self) -> int:
        """How many suggestions nobody has decided."""
        return sum(mark.state == "suggested" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Review:
    """An upload that waits: its documents, first those in which something is marked; one of them whole."""

    import_id: str
    filename: str
    documents: tuple[Waiting, ...]
    total: int
    shown: Waiting | None


def open_review(parts: Parts, workspace: str, import_id: str, who: Reviewer, place: int | None = None) -> Review:
    """What is suggested in an upload; the named document whole, else the first that has something undecided.

    Raises NotFound, NotAllowed, and Conflict when it does not wait any more.
    """
    with parts.database.read() as session:
        row = _find(session, workspace, import_id, who)
    documents = list(_waiting(parts, import_id))
    marked = [each for each in documents if each.marks]
    if place is not None:
        shown = next((each for each in documents if each.place == place), None)
        if shown is None:
            raise NotFound(f"There is no document {place} in {row.filename}; it has {len(documents)}, from 0.")
    else:
        shown = next((each for each in marked if each.undecided), next(iter(marked or documents), None))
    listed = (marked or documents)[:MOST_LISTED]
    return Review(import_id, row.filename, tuple(listed), len(documents), shown)


def decide(parts: Parts, workspace: str, import_id: str, who: Reviewer, wanted: Mapping[str, Any]) -> None:
    """Accept or reject a span of a document, or mark another one; with `state` undecided, take that back.

    `words` in place of a span marks every place where they stand in the document. Raises BadInput for a span that is
    none, NotFound, NotAllowed, Conflict.
    """
    with parts.database.read() as session:
        _find(session, workspace, import_id, who)
    state = wanted.get("state", "accepted")
    if state not in _STATES:
        raise BadInput(f"'{state}' is nothing that can be decided; use {', '.join(_STATES)}.")
    place = int(wanted["document"])
    document = next((each for each in _waiting(parts, import_id) if each.place == place), None)
    if document is None:
        raise NotFound(f"There is no document {place} in this upload.")
    spans = list(_spans(document, wanted))
    kinds = {(mark.start, mark.end): mark.kind for mark in document.marks}
    rows = [
        {
            "import_id": import_id,
            "document": place,
            "start": start,
            "end": end,
            "workspace_id": workspace,
            "kind": read_kind(wanted.get("kind") or kinds.get((start, end), "NAME")),
            "state": cast("State", state),
            "by": who.name,
        }
        for start, end in spans
    ]
    made = tables.RedactionDecision
    with parts.database.write() as session:
        _find(session, workspace, import_id, who)
        for start, end in spans:
            mine = (made.import_id == import_id) & (made.document == place) & (made.start == start) & (made.end == end)
            session.execute(delete(made).where(mine))
        if state != "undecided":
            session.execute(insert(made), rows)


def write_reviewed(parts: Parts, workspace: str, import_id: str, who: Reviewer) -> None:
    """Let the upload be read as it was decided: what was rejected stays, all else that is marked is hidden."""
    with parts.database.write() as session:
        _find(session, workspace, import_id, who)
        enqueue_reading(session, workspace, import_id, parts.now())


def discard_unreviewed(parts: Parts, workspace: str) -> int:
    """Throw away the uploads that waited too long, and say so at their imports; returns how many there were."""
    table, now = tables.Import, parts.now()
    with parts.database.write() as session:
        query = select(table).where(
            table.workspace_id == workspace, table.finished_at.is_(None), table.created_at < now - KEPT
        )
        late = [row.id for row in session.scalars(query) if is_waiting(session, row)]
        for id in late:
            said = f"Nobody said within {KEPT.days} days what is to be hidden in it; send it again."
            insert_new(
                session, tables.RefusedRow, [{"import_id": id, "row": 0, "workspace_id": workspace, "reason": said}]
            )
            session.execute(update(table).where(table.id == id).values(finished_at=now, refused=1))
    for id in late:
        load_upload(parts, id).path.unlink(missing_ok=True)
    return len(late)


def _waiting(parts: Parts, import_id: str) -> Iterator[Waiting]:
    with parts.database.read() as session:
        decisions = load_decisions(session, import_id)
    upload = load_upload(parts, import_id)
    if not upload.path.exists():  # as after a backup was restored: uploads are in none
        raise Conflict(f"The file {upload.filename} is not here any more; send it again.")
    rows = read_upload(parts, upload)
    for place, document in enumerate(row for row in rows if isinstance(row, ParsedDocument)):
        found = marks(document.text, decisions.get(place, ()), parts.regions)
        title = document.title or document.external_id or f"Row {document.row}"
        yield Waiting(place, title, document.text, tuple(found))


def _spans(document: Waiting, wanted: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    words = str(wanted.get("words") or "").strip()
    if words:
        start = document.text.find(words)
        if start < 0:
            raise BadInput("These words do not stand in this document; copy them as they stand there.")
        while start >= 0:
            yield start, start + len(words)
            start = document.text.find(words, start + len(words))
        return
    begins, ends = wanted.get("start"), wanted.get("end")
    if not isinstance(begins, int) or not isinstance(ends, int) or not 0 <= begins < ends <= len(document.text):
        raise BadInput("Give the start and the end of a span of the text, or the words that are to be hidden.")
    yield begins, ends


def _find(session: Session, workspace: str, import_id: str, who: Reviewer) -> tables.Import:
    row = session.get(tables.Import, import_id)
    if row is None or row.workspace_id != workspace:
        raise NotFound(f"There is no import {import_id}.")
    if row.options.get("redact") == "suggest" and not who.researches and row.options.get("by") != who.name:
        raise NotAllowed("Nothing is hidden in this upload yet: who sent it and researchers can see it.")
    if not is_waiting(session, row):
        raise Conflict(f"{row.filename} does not wait to be looked through; nothing can be decided about it any more.")
    return row
