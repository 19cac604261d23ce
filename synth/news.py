"""What is new since somebody was last on the overview, and when that was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.rows import insert_new

AWAY = timedelta(minutes=30)  # without a look at the overview: the next one is another visit
STEP = timedelta(minutes=5)  # looks within it are written down as one
LISTED = 5  # of each kind are named; the others are counted


@dataclass(frozen=True, slots=True)
class Named:
    """One of the things that are new: its id and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Some:
    """How many of a kind there are, and the newest of them by name."""

    amount: int = 0
    first: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What has come since a moment."""

    since: datetime
    documents: int  # taken in
    excerpts: int
    born: Some  # themes that are shown and were not there
    ended: Some  # themes that were merged, retired or excluded
    drafted: Some  # insights that were made
    turned: Some  # insights that evidence made ageing or contradicted
    reports: Some

    @property
    def quiet(self) -> bool:
        """True when nothing came."""
        kinds = (self.born, self.ended, self.drafted, self.turned, self.reports)
        return not (self.documents or any(kind.amount for kind in kinds))


def note_visit(parts: Parts, workspace: str, name: str) -> datetime | None:
    """Write down that somebody looks at the overview; returns when they were here before, None on the first visit."""
    now = parts.now()
    with parts.database.read() as session:
        held = session.get(tables.Visit, (workspace, name))
        seen, before = (held.seen_at, held.before_at) if held else (None, None)
    if seen is not None and now - seen < STEP:
        return before
    came_back = seen is not None and now - seen >= AWAY
    before = seen if came_back else before
    with parts.database.write() as session:
        row = {"workspace_id": workspace, "name": name, "seen_at": now, "before_at": before}
        insert_new(session, tables.Visit, [row])
        session.merge(tables.Visit(**row))
    return before


def read_news(session: Session, parts: Parts, workspace: str, since: datetime) -> News:
    """Everything that came after the moment; feedback is counted once until something changes."""
    insight, report = tables.Insight, tables.Report
    mine = insight.workspace_id == workspace
    documents, excerpts = parts.kept.read(
        f"came since {since}", session, workspace, lambda: _count_came(session, workspace, since)
    )
    return News(
        since=since,
        documents=documents,
        excerpts=excerpts,
        born=_themes(session, workspace, since),
        ended=_ended(session, workspace, since),
        drafted=_some(session, select(insight.id, insight.title).where(mine, insight.created_at > since)),
        turned=_turned(session, workspace, since),
        reports=_some(
            session,
            select(report.id, report.id).where(report.workspace_id == workspace, report.created_at > since),
        ),
    )


def _count_came(session: Session, workspace: str, since: datetime) -> tuple[int, int]:
    """The documents and the excerpts that were taken in after the moment."""
    document = tables.Document
    came = (document.workspace_id == workspace, document.ingested_at > since)
    excerpts = select(func.count(tables.Excerpt.seq)).join(document, document.id == tables.Excerpt.document_id)
    documents = select(func.count(document.id)).where(*came)
    return session.scalar(documents) or 0, session.scalar(excerpts.where(*came)) or 0


def _themes(session: Session, workspace: str, since: datetime) -> Some:
    theme = tables.Theme
    query = select(theme.id, theme.name).where(theme.workspace_id == workspace, theme.state == "active")
    return _some(session, query.where(theme.created_at > since).order_by(theme.created_at.desc()))


def _ended(session: Session, workspace: str, since: datetime) -> Some:
    """Themes whose last event came from a run or a decision after the moment, and that are shown no longer."""
    theme, lineage, run, decision = tables.Theme, tables.Lineage, tables.Run, tables.Decision
    causes = select(run.id).where(run.workspace_id == workspace, run.state == "published", run.finished_at > since)
    decided = select(decision.id).where(
        decision.workspace_id == workspace, decision.undone_at.is_(None), decision.created_at > since
    )
    touched = select(lineage.theme_id).where(
        lineage.workspace_id == workspace, lineage.run_id.in_(causes) | lineage.run_id.in_(decided)
    )
    query = select(theme.id, theme.name).where(theme.workspace_id == workspace, theme.state != "active")
    return _some(session, query.where(theme.id.in_(touched), theme.created_at <= since).order_by(theme.id))


def _turned(session: Session, workspace: str, since: datetime) -> Some:
    insight, event = tables.Insight, tables.InsightEvent
    changed = select(event.insight_id).where(
        event.workspace_id == workspace, event.at > since, event.action.in_(("ageing", "contradicted"))
    )
    query = select(insight.id, insight.title).where(insight.workspace_id == workspace, insight.id.in_(changed))
    return _some(session, query.where(insight.freshness != "fresh").order_by(insight.id))


def _some(session: Session, query: Select[*tuple[Any, ...]]) -> Some:
    found: Sequence[Any] = session.execute(query).all()
    return Some(len(found), tuple(Named(row[0], row[1]) for row in found[:LISTED]))
