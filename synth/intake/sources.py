"""The sources: what each holds, how long it is kept, and whether uploads to it wait until somebody has looked."""

from typing import Any, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, NotFound
from synth.model import Redacting
from synth.parts import Parts
from synth.store import tables
from synth.wire.values import moment

Source, Document, Excerpt, Study = tables.Source, tables.Document, tables.Excerpt, tables.Study


def list_sources(session: Session, workspace: str) -> list[dict[str, Any]]:
    """Every source by name, with its documents and excerpts, and the times of the first and the last thing said."""
    documents = _documents(session, workspace)
    excerpts = _excerpts(session, workspace)
    query = (
        select(Source, Study)
        .outerjoin(Study, (Study.workspace_id == Source.workspace_id) & (Study.name == Source.name))
        .where(Source.workspace_id == workspace)
    )
    return [
        _document(source, study, documents.get(source.id, (0, None, None)), excerpts.get(source.id, 0))
        for source, study in session.execute(query.order_by(func.lower(Source.name), Source.name))
    ]


def set_redaction(parts: Parts, workspace: str, source: str, redact: str) -> None:
    """Let uploads to a source be read at once, or wait for a person; raises NotFound, BadInput."""
    if redact not in get_args(Redacting):
        raise BadInput(f"'{redact}' is no way to redact; use automatic or suggest.")
    with parts.database.write() as session:
        found = session.scalar(select(Source).where(Source.workspace_id == workspace, Source.name == source))
        if found is None:
            raise NotFound(f"There is no source called {source}.")
        found.redact = redact


def looked_at(session: Session, workspace: str) -> frozenset[str]:
    """The names of the sources whose uploads wait until a person has looked at what is to be hidden."""
    query = select(Source.name).where(Source.workspace_id == workspace, Source.redact == "suggest")
    return frozenset(session.scalars(query))


def _documents(session: Session, workspace: str) -> dict[int, tuple[int, Any, Any]]:
    counted = select(
        Document.source_id, func.count(), func.min(Document.created_at), func.max(Document.created_at)
    ).where(Document.workspace_id == workspace)
    rows = session.execute(counted.group_by(Document.source_id))
    return {source: (amount, first, last) for source, amount, first, last in rows}


def _excerpts(session: Session, workspace: str) -> dict[int, int]:
    counted = select(Document.source_id, func.count()).join(Excerpt, Excerpt.document_id == Document.id)
    rows = session.execute(counted.where(Document.workspace_id == workspace).group_by(Document.source_id))
    return {row[0]: row[1] for row in rows}


def _document(
    source: tables.Source, study: tables.Study | None, held: tuple[int, Any, Any], excerpts: int
) -> dict[str, Any]:
    documents, first, last = held
    return {
        "source": source.name,
        "kind": source.kind,
        "documents": documents,
        "excerpts": excerpts,
        "first_at": moment(first),
        "last_at": moment(last),
        "keep_days": source.keep_days,
        "study": study.id if study else None,
        "study_keep_days": study.keep_days if study else None,
        "redact": source.redact,
        "readers": source.readers,
    }
