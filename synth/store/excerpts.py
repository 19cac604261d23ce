"""Reading excerpts with their words and the document around them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, not_, or_, select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import chunks, one_of


@dataclass(frozen=True, slots=True)
class ExcerptView:
    """An excerpt as it is shown: its words, its place, who said it, where, when, and its theme."""

    id: str
    document_id: str
    external_id: str | None
    source: str
    text: str
    start: int
    end: int
    speaker: str | None
    role: str | None
    person: str | None
    account: str | None
    segment: str | None
    rating: float | None
    language: str | None
    created_at: datetime | None
    repeat_of: str | None
    theme_id: str | None
    confidence: float | None
    begins: float | None = None
    page: int | None = None
    suspicion: float = 0.0
    suspicious: str | None = None  # why it is shown as suspicious, where it is


def excerpt_text() -> ColumnElement[str]:
    """The SQL expression for the words of an excerpt; wants `documents` joined."""
    length = tables.Excerpt.end - tables.Excerpt.start
    return func.substr(tables.Document.text, tables.Excerpt.start + 1, length)


def select_views() -> Select[*tuple[Any, ...]]:
    """The query behind `ExcerptView`; add conditions to it."""
    return (
        select(
            tables.Excerpt.id,
            tables.Excerpt.document_id,
            tables.Document.external_id,
            tables.Source.name.label("source"),
            excerpt_text().label("text"),
            tables.Excerpt.start,
            tables.Excerpt.end,
            tables.Excerpt.speaker,
            tables.Excerpt.role,
            tables.Person.name.label("person"),
            tables.Account.name.label("account"),
            tables.Account.segment,
            tables.Document.rating,
            tables.Document.language,
            tables.Document.created_at,
            tables.Document.repeat_of,
            tables.Assignment.theme_id,
            tables.Assignment.confidence,
            tables.Excerpt.suspicion,
            tables.Excerpt.suspicious,
        )
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .join(tables.Source, tables.Source.id == tables.Document.source_id)
        .outerjoin(tables.Person, tables.Person.id == tables.Document.person_id)
        .outerjoin(tables.Account, tables.Account.id == account_of_document())
        .outerjoin(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
    )


def account_of_document() -> ColumnElement[int]:
    """The account a document speaks for: its own, else its person's; wants `people` joined."""
    return func.coalesce(tables.Document.account_id, tables.Person.account_id)


def load_views(session: Session, workspace: str, ids: Collection[str]) -> Mapping[str, ExcerptView]:
    """The named excerpts of this workspace; ids that are not in it are left out."""
    views: dict[str, ExcerptView] = {}
    for part in chunks(sorted(ids)):
        query = select_views().where(tables.Excerpt.workspace_id == workspace, tables.Excerpt.id.in_(part))
        for row in session.execute(query):
            views[row.id] = ExcerptView(**row._mapping)
    return views


def spoken() -> ColumnElement[bool]:
    """True of what people said: not of an interviewer's words, which are no evidence."""
    return or_(tables.Excerpt.role.is_(None), tables.Excerpt.role != "interviewer")


def asked_by_interviewers(session: Session, workspace: str) -> set[str]:
    """The ids of the excerpts that are an interviewer's words."""
    query = select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, not_(spoken()))
    return set(session.scalars(query))


def document_ids(session: Session, excerpts: Sequence[str], known: dict[str, str]) -> tuple[str, ...]:
    """The documents these excerpts are from, each once, ascending.

    `known` is what is known of that, by excerpt, and is added to: an excerpt never moves to another document.
    """
    new = [id for id in excerpts if id not in known]
    if new:
        query = select(tables.Excerpt.id, tables.Excerpt.document_id).where(one_of(session, tables.Excerpt.id, new))
        known.update((row.id, row.document_id) for row in session.execute(query))
    return tuple(sorted({known[id] for id in excerpts if id in known}))
