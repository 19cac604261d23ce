"""Writing assignments: each is kept with the document of its excerpt, whoever puts it on a theme."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import chunks, insert_all, insert_new


def add_assignments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put excerpts on themes that are on none."""
    for part in chunks(rows):
        insert_all(session, tables.Assignment, _with_documents(session, part))


def add_missing_assignments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same; excerpts that are on a theme already stay there."""
    for part in chunks(rows):
        insert_new(session, tables.Assignment, _with_documents(session, part))


def _with_documents(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    excerpt = tables.Excerpt
    query = select(excerpt.id, excerpt.document_id).where(excerpt.id.in_([row["excerpt_id"] for row in rows]))
    document_of = {row.id: row.document_id for row in session.execute(query)}
    return [{**row, "document_id": document_of[row["excerpt_id"]]} for row in rows]
