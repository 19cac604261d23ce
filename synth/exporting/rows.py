"""The rows of what was said, of themes and of insights, in a stable order, read in pieces."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.insights.listing import list_insights
from synth.model import Filters
from synth.store import tables
from synth.store.excerpts import select_views
from synth.store.filtering import is_open, select_documents, select_excerpt_ids
from synth.store.rows import one_of
from synth.themes.listing import list_themes
from synth.wire.intake import document_document
from synth.wire.themes import insight_document, theme_list_document
from synth.wire.values import moment

Row = dict[str, Any]
PIECE = 1_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "documents": (
        "document_id",
        "external_id",
        "source",
        "kind",
        "title",
        "text",
        "created_at",
        "person",
        "account",
        "language",
        "rating",
        "url",
        "attributes",
        "turns",
    ),
    "excerpts": (
        "excerpt_id",
        "document_id",
        "external_id",
        "source",
        "speaker",
        "text",
        "start",
        "end",
        "theme_id",
        "confidence",
        "created_at",
        "person",
        "suspicious",
    ),
    "themes": (
        "id",
        "name",
        "definition",
        "key_phrases",
        "mentions",
        "people",
        "accounts",
        "revenue",
        "share",
        "state",
        "area",
        "created_at",
    ),
    "insights": ("id", "theme_id", "title", "state", "freshness", "claims", "counts", "drafter", "created_at"),
}


def read_documents(
    session: Session, workspace: str, filters: Filters, among: Collection[str] | None = None
) -> Iterator[Row]:
    """The documents within the filters, whole; only those named where some are."""
    last = ""
    while page := _document_page(session, workspace, filters, among, last):
        turns = _turns(session, [row["document_id"] for row in page])
        for row in page:
            if row["document_id"] in turns:
                row["turns"] = turns[row["document_id"]]
            yield row
        last = page[-1]["document_id"]


def _document_page(
    session: Session, workspace: str, filters: Filters, among: Collection[str] | None, after: str
) -> list[Row]:
    account = tables.Account.name.label("account")
    query = (
        select(tables.Document, tables.Source.name, tables.Source.kind, tables.Person.name, account)
        .join(tables.Source, tables.Source.id == tables.Document.source_id)
        .outerjoin(tables.Person, tables.Person.id == tables.Document.person_id)
        .outerjoin(tables.Account, tables.Account.id == tables.Document.account_id)
        .where(tables.Document.workspace_id == workspace, tables.Document.id > after)
    )
    if not is_open(filters):
        query = query.where(tables.Document.id.in_(select_documents(workspace, filters)))
    if among is not None:
        query = query.where(one_of(session, tables.Document.id, among))
    query = query.order_by(tables.Document.id).limit(PIECE)
    return [document_document(*row) for row in session.execute(query)]


def _turns(session: Session, documents: list[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for start in range(0, len(documents), 500):
        query = select(tables.Turn).where(tables.Turn.document_id.in_(documents[start : start + 500]))
        for turn in session.scalars(query.order_by(tables.Turn.document_id, tables.Turn.position)):
            names = ("speaker", "role", "start", "end", "begins", "ends", "page")
            found.setdefault(turn.document_id, []).append({name: getattr(turn, name) for name in names})
    return found


def read_excerpts(session: Session, workspace: str, filters: Filters, *, unassigned: bool = False) -> Iterator[Row]:
    """The excerpts whose documents are within the filters; only those on no theme when it is asked for."""
    last = ""
    narrowed = select_views().where(tables.Excerpt.workspace_id == workspace)
    if unassigned or not is_open(filters):
        narrowed = narrowed.where(tables.Excerpt.id.in_(select_excerpt_ids(workspace, filters)))
    if unassigned:
        narrowed = narrowed.where(tables.Assignment.excerpt_id.is_(None))
    while True:
        query = narrowed.where(tables.Excerpt.id > last)
        page = session.execute(query.order_by(tables.Excerpt.id).limit(PIECE)).all()
        if not page:
            return
        for row in page:
            yield {
                "excerpt_id": row.id,
                "document_id": row.document_id,
                "external_id": row.external_id,
                "source": row.source,
                "speaker": row.speaker,
                "text": row.text,
                "start": row.start,
                "end": row.end,
                "theme_id": row.theme_id or "",
                "confidence": row.confidence,
                "created_at": moment(row.created_at),
                "person": row.person,
                "suspicious": row.suspicious,
            }
        last = page[-1].id


def read_themes(session: Session, workspace: str, filters: Filters) -> Iterator[Row]:
    """The active themes with their numbers within the filters."""
    yield from theme_list_document(list_themes(session, workspace, filters))["themes"]


def read_insights(
    session: Session, workspace: str, *, theme: str | None, state: str | None, freshness: str | None
) -> Iterator[Row]:
    """The insights; those of one theme, in one state or of one freshness where it is named."""
    found = list_insights(session, workspace, theme_id=theme, state=state, freshness=freshness)
    return (insight_document(insight) for insight in found)
