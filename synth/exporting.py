"""Exports: every document, excerpt, theme or insight of a workspace as rows, in a stable order, read in pieces."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.insights.listing import list_insights
from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import select_views
from synth.themes.listing import list_themes
from synth.wire.cells import defused
from synth.wire.intake import document_document
from synth.wire.themes import insight_document, theme_list_document
from synth.wire.values import moment

What = Literal["documents", "excerpts", "themes", "insights"]
Row = dict[str, Any]
PIECE = 1_000
COLUMNS: Mapping[What, tuple[str, ...]] = {
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
    "themes": ("id", "name", "definition", "key_phrases", "mentions", "people", "share", "state", "area", "created_at"),
    "insights": ("id", "theme_id", "title", "state", "freshness", "claims", "counts", "drafter", "created_at"),
}


def export_rows(parts: Parts, workspace: str, what: str) -> Iterator[Row]:
    """The rows of an export; raises BadInput for a kind of row there is not."""
    if what not in get_args(What):
        raise BadInput(f"'{what}' cannot be exported; choose {', '.join(get_args(What))}.")
    readers = {"documents": _documents, "excerpts": _excerpts, "themes": _themes, "insights": _insights}
    return _read(parts, workspace, readers[what])


def export_lines(parts: Parts, workspace: str, what: str, format: str) -> Iterator[str]:
    """The same as lines of text: JSON Lines, or CSV with a header and cells no spreadsheet takes for a formula."""
    if format not in ("jsonl", "csv"):
        raise BadInput(f"'{format}' is no format of an export; choose jsonl or csv.")
    rows = export_rows(parts, workspace, what)
    if format == "jsonl":
        return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return _csv_lines(rows, COLUMNS[what])  # type: ignore[index]


def refused_lines(refusals: Sequence[tuple[int, str]]) -> Iterator[str]:
    """The refused rows of an import as CSV; row 0 is the whole file."""
    return _csv_lines(({"row": row, "reason": reason} for row, reason in refusals), ("row", "reason"))


def _csv_lines(rows: Iterator[Row], columns: tuple[str, ...]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(row.get(column)) for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _read(parts: Parts, workspace: str, reader: Any) -> Iterator[Row]:
    with parts.database.read() as session:
        yield from reader(session, workspace)


def _documents(session: Session, workspace: str) -> Iterator[Row]:
    last = ""
    while page := _document_page(session, workspace, last):
        turns = _turns(session, [row["document_id"] for row in page])
        for row in page:
            if row["document_id"] in turns:
                row["turns"] = turns[row["document_id"]]
            yield row
        last = page[-1]["document_id"]


def _document_page(session: Session, workspace: str, after: str) -> list[Row]:
    account = tables.Account.name.label("account")
    query = (
        select(tables.Document, tables.Source.name, tables.Source.kind, tables.Person.name, account)
        .join(tables.Source, tables.Source.id == tables.Document.source_id)
        .outerjoin(tables.Person, tables.Person.id == tables.Document.person_id)
        .outerjoin(tables.Account, tables.Account.id == tables.Document.account_id)
        .where(tables.Document.workspace_id == workspace, tables.Document.id > after)
        .order_by(tables.Document.id)
        .limit(PIECE)
    )
    return [document_document(*row) for row in session.execute(query)]


def _turns(session: Session, documents: list[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for start in range(0, len(documents), 500):
        query = select(tables.Turn).where(tables.Turn.document_id.in_(documents[start : start + 500]))
        for turn in session.scalars(query.order_by(tables.Turn.document_id, tables.Turn.position)):
            names = ("speaker", "role", "start", "end", "begins", "ends", "page")
            found.setdefault(turn.document_id, []).append({name: getattr(turn, name) for name in names})
    return found


def _excerpts(session: Session, workspace: str) -> Iterator[Row]:
    last = ""
    while True:
        query = select_views().where(tables.Excerpt.workspace_id == workspace, tables.Excerpt.id > last)
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


def _themes(session: Session, workspace: str) -> Iterator[Row]:
    yield from theme_list_document(list_themes(session, workspace))["themes"]


def _insights(session: Session, workspace: str) -> Iterator[Row]:
    for insight in list_insights(session, workspace):
        yield insight_document(insight)
