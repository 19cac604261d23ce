"""Writing assignments: each is kept with the document of its excerpt, whoever puts it on a theme."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import insert_all, insert_new, one_of


def add_assignments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put excerpts on themes that are on none."""
    insert_all(session, tables.Assignment, _with_documents(session, rows))


def add_missing_assignments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same; excerpts that are on a theme already stay there."""
    insert_new(session, tables.Assignment, _with_documents(session, rows))


def _with_documents(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    excerpt = tables.Excerpt
    named = one_of(session, excerpt.id, {row["excerpt_id"] for row in rows})
    found = session.execute(select(excerpt.id, excerpt.document_id).where(named))
    document_of = {row.id: row.document_id for row in found}
    return [{**row, "document_id": document_of[row["excerpt_id"]]} for row in rows]
