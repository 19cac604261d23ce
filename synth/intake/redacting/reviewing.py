"""Personal data as suggestions: what a text holds, and what of it is hidden after a person has looked.

A decision knows a span by its place, never by its words. What nobody decided is hidden: doubt does not write a secret.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.intake.redacting.identifiers import Kind
from synth.intake.redacting.redaction import hide_spans, redact
from synth.model import ParsedDocument, Refusal
from synth.store import tables

State = Literal["suggested", "accepted", "rejected"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of one span of a document."""

    start: int
    end: int
    kind: Kind
    state: State


Decisions = Mapping[int, Sequence[Decision]]  # by the place of the document in its file


def marks(text: str, decided: Sequence[Decision], regions: Sequence[str]) -> list[Decision]:
    """What is suggested in a text and what was decided about it, in the order of the text."""
    by_span: dict[Span, Decision] = {(each.start, each.end): each for each in decided}
    for found in redact(text, regions=regions).replaced:
        by_span.setdefault((found.start, found.end), Decision(found.start, found.end, found.kind, "suggested"))
    return [by_span[span] for span in sorted(by_span)]


def settled(
    rows: Iterable[ParsedDocument | Refusal], decisions: Decisions, regions: Sequence[str]
) -> Iterator[ParsedDocument | Refusal]:
    """The documents of a file, each with what is to be hidden in it."""
    place = -1
    for row in rows:
        if isinstance(row, Refusal):
            yield row
            continue
        place += 1
        found = marks(row.text, decisions.get(place, ()), regions)
        kept = sorted((mark for mark in found if mark.state != "rejected"), key=lambda mark: mark.state == "suggested")
        yield replace(row, decided=tuple((mark.kind, mark.start, mark.end) for mark in _apart(kept)))


def settle(document: ParsedDocument) -> ParsedDocument:
    """The document without what a person said is personal in it; as it is where nobody was asked."""
    if document.decided is None:
        return document
    spans = [(cast("Kind", kind), start, end) for kind, start, end in document.decided]
    hidden = hide_spans(document.text, spans)
    return replace(document, text=hidden.text, turns=hidden.move(document.turns))


def load_decisions(session: Session, import_id: str) -> Decisions:
    """What was decided about an import so far."""
    found: dict[int, list[Decision]] = {}
    made = tables.RedactionDecision
    for row in session.scalars(select(made).where(made.import_id == import_id)):
        decision = Decision(row.start, row.end, cast("Kind", row.kind), cast("State", row.state))
        found.setdefault(row.document, []).append(decision)
    return found


def read_kind(written: str) -> Kind:
    """A kind of personal data; raises BadInput."""
    if written.upper() not in KINDS:
        raise BadInput(f"'{written}' is no kind of personal data; use {', '.join(KINDS)}.")
    return cast("Kind", written.upper())


def _apart(found: Iterable[Decision]) -> list[Decision]:
    """Those that overlap none before them: what a person marked goes before what was suggested."""
    kept: list[Decision] = []
    for mark in found:
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)
