"""Retention: what was said longer ago than its source or study is kept is erased, by the same job with a receipt."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, NotFound
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.rows import next_numbers

EXPIRED: Final = "expired"
LONGEST: Final = 36_500  # days
ACTOR: Final = "retention"
Document, Source = tables.Document, tables.Source


def retain(parts: Parts, workspace: str, source: str, days: int | None) -> None:
    """Keep what a source says for so many days, or without an end; raises NotFound, BadInput."""
    if days is not None and not 0 < days <= LONGEST:
        raise BadInput(f"A source is kept for 1 to {LONGEST:,} days, or without an end.")
    with parts.database.write() as session:
        found = session.scalar(select(Source).where(Source.workspace_id == workspace, Source.name == source))
        if found is None:
            raise NotFound(f"There is no source called {source}.")
        found.keep_days = days


def list_retention(session: Session, workspace: str) -> list[dict[str, Any]]:
    """The sources with how many documents each has and how long they are kept."""
    counted = select(Document.source_id, func.count()).where(Document.workspace_id == workspace)
    documents = {row[0]: row[1] for row in session.execute(counted.group_by(Document.source_id))}
    kept = _kept(session, workspace)
    sources = session.scalars(select(Source).where(Source.workspace_id == workspace).order_by(Source.name))
    return [
        {
            "source": source.name,
            "kind": source.kind,
            "documents": documents.get(source.id, 0),
            "keep_days": kept.get(source.id),
        }
        for source in sources
    ]


def find_expired(session: Session, workspace: str, now: datetime) -> list[str]:
    """The documents whose time is over at that moment: from when they were said, or else taken in."""
    said = func.coalesce(Document.created_at, Document.ingested_at)
    found: list[str] = []
    for source, days in _kept(session, workspace).items():
        mine = Document.source_id == source, said < now - timedelta(days=days)
        found += session.scalars(select(Document.id).where(*mine).order_by(Document.id))
    return found


def request_expiry(parts: Parts, workspace: str) -> str | None:
    """Queue the erasure of what has expired; returns its id, None where there is nothing or one waits already."""
    now = parts.now()
    with parts.database.write() as session:
        waiting = select(tables.Erasure.id).where(
            tables.Erasure.workspace_id == workspace, tables.Erasure.kind == EXPIRED, tables.Erasure.state != "done"
        )
        if session.scalar(waiting) or not find_expired(session, workspace, now):
            return None
        id = f"E{next_numbers(session, workspace, 'erasure', 1)[0]}"
        row = {
            "workspace_id": workspace,
            "id": id,
            "kind": EXPIRED,
            "subject": now.isoformat(),
            "actor": ACTOR,
            "reason": "the time it is kept for is over",
            "state": "waiting",
            "receipt": {},
            "created_at": now,
        }
        session.execute(insert(tables.Erasure), [row])
        ledger.enqueue(session, workspace, "erase", {"erasure": id}, key=f"erase:{id}", now=now, subject=id)
    return id


def _kept(session: Session, workspace: str) -> dict[int, int]:
    """How many days each source is kept that has an end: the shorter of its own and its study's."""
    study = tables.Study
    query = (
        select(Source.id, Source.keep_days, study.keep_days)
        .outerjoin(study, (study.workspace_id == Source.workspace_id) & (study.name == Source.name))
        .where(Source.workspace_id == workspace)
    )
    found: dict[int, int] = {}
    for id, *days in session.execute(query):
        ends = [each for each in days if each is not None]
        if ends:
            found[id] = min(ends)
    return found
