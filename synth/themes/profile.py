"""A theme as its page shows it: its numbers within some filters, by source, by segment and by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.insights.listing import list_insights
from synth.model import Condition, Filters, Unit
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count, count_by, days
from synth.store.filtering import Account, merge
from synth.themes.listing import LineageEvent, ThemeSummary, get_theme, lineage
from synth.themes.trends import SHOWN, Week, count_weeks, last_complete_week, weeks_up_to

UNITS: tuple[Unit, ...] = ("mentions", "people", "accounts", "revenue")


@dataclass(frozen=True, slots=True)
class Profile:
    """A theme with everything that is counted about it; `numbers` is unit to amount within the filters."""

    theme: ThemeSummary
    numbers: Mapping[Unit, float]
    sources: Mapping[str, float]  # mentions
    segments: Mapping[str | None, float]
    weeks: tuple[Week, ...]
    trend: tuple[int, ...]  # mentions in each of the weeks
    lineage: tuple[LineageEvent, ...]
    insights: tuple[tables.Insight, ...]
    others: Mapping[str, str]  # id to name of the themes that its lineage names


def read_profile(parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Profile:
    """One theme; raises NotFound. The filters narrow its numbers, not what it is."""
    with parts.database.read() as session:
        theme = get_theme(session, workspace, theme_id)
        mine = merge(filters, [Condition("theme", theme_id)])
        events = lineage(session, workspace, theme_id)
        weeks = _weeks(session, parts, workspace)
        return Profile(
            theme=theme,
            numbers=count_units(session, workspace, mine),
            sources=count_by(session, workspace, mine, tables.Source.name),
            segments=count_by(session, workspace, mine, Account.segment),
            weeks=weeks,
            trend=count_weeks(session, workspace, mine, weeks) if weeks else (),
            lineage=tuple(events),
            insights=tuple(list_insights(session, workspace, theme_id=theme_id)),
            others=_names(session, workspace, {other for event in events for other in event.others}),
        )


def count_units(session: Session, workspace: str, filters: Filters, **among: Any) -> dict[Unit, float]:
    """The same filters counted in every unit."""
    return {unit: count(session, workspace, filters, unit, **among) for unit in UNITS}


def _weeks(session: Session, parts: Parts, workspace: str) -> tuple[Week, ...]:
    newest: datetime | None = days(session, workspace)[1]
    if newest is None:
        return ()
    return weeks_up_to(last_complete_week(parts.now(), newest, parts.timezone), SHOWN, parts.timezone)


def _names(session: Session, workspace: str, ids: set[str]) -> dict[str, str]:
    query = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.id.in_(ids)
    )
    return {row.id: row.name for row in session.execute(query)}
