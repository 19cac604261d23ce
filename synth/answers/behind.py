"""The list behind a count: the documents that were counted, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from synth.answers.scope import find_scope
from synth.model import Filters, Plan, Unit
from synth.parts import Parts
from synth.store.counting import count_units
from synth.store.filtering import Document, select_documents
from synth.store.reading import Listed, Page, list_documents
from synth.store.rows import chunks

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the documents that were counted, and their number in every unit."""

    listed: Listed
    numbers: dict[Unit, float]
    method: str


def list_behind(parts: Parts, workspace: str, about: str, filters: Filters, page: Page) -> Behind:
    """The documents within the filters; with `about`, those of them that an answer about it counts."""
    scope = find_scope(parts, workspace, Plan(about or "everything", "what", about=about, filters=filters))
    with parts.database.read() as session:
        if scope.documents is None:
            numbers = parts.kept.read(
                f"units within {filters}", session, workspace, lambda: count_units(session, workspace, filters)
            )
            return Behind(list_documents(session, workspace, filters, page), numbers, scope.method)
        numbers = count_units(session, workspace, filters, among=scope.documents)
        shown, ends = _cut(_places(session, workspace, filters, scope.documents), page)
        named = replace(page, after=None, limit=max(len(shown), 1))
        listed = list_documents(session, workspace, filters, named, among=shown)
    return Behind(Listed(listed.rows, ends), numbers, scope.method)


def _places(session: Session, workspace: str, filters: Filters, among: Sequence[str]) -> list[tuple[datetime, str]]:
    """Time and id of the documents, newest first, those without a time last."""
    found: list[tuple[datetime, str]] = []
    for part in chunks(list(among)):
        query = select_documents(workspace, filters, Document.created_at, Document.id).where(Document.id.in_(part))
        found += [(row.created_at or _NEVER, row.id) for row in session.execute(query)]
    return sorted(found, reverse=True)


def _cut(places: Sequence[tuple[datetime, str]], page: Page) -> tuple[list[str], Any]:
    if page.after is not None:
        written, last = page.after
        after = (datetime.fromisoformat(written) if written else _NEVER, last)
        places = [place for place in places if place < after]
    shown = [document for _, document in places[: page.limit]]
    if len(places) <= page.limit:
        return shown, None
    time, last = places[page.limit - 1]
    return shown, (None if time == _NEVER else time.isoformat(), last)
