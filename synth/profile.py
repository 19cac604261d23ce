"""A theme as its page shows it: its numbers within some filters, by source, by segment and by week."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.orm import Session

from synth.insights.listing import list_insights
from synth.model import Condition, Filters
from synth.parts import Parts
from synth.reports.reported import Trend, read_reported
from synth.reports.series import SHOWN
from synth.reports.spans import Span
from synth.reports.weeks import choose_span
from synth.saying.reading import Saying, keep_saying
from synth.store import tables
from synth.store.counting import count_stretches, days
from synth.store.filtering import is_open, merge
from synth.themes.listing import LineageEvent, ThemeSummary, find_theme, keep_theme, lineage
from synth.themes.reading import theme_names


@dataclass(frozen=True, slots=True)
class Profile:
    """A theme with everything that is counted about it."""

    theme: ThemeSummary
    area: str | None  # the name of its area
    saying: Saying  # within the filters
    trend: Trend
    lineage: tuple[LineageEvent, ...]
    insights: tuple[tables.Insight, ...]
    others: Mapping[str, str]  # id to name of the themes that its lineage names


def read_profile(parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Profile:
    """One theme; raises NotFound. The filters narrow its numbers, not what it is."""
    with parts.database.read() as session:
        theme = keep_theme(session, parts, workspace, theme_id)
        said = keep_saying(session, parts, workspace, theme_id, filters)
        events = lineage(session, workspace, theme_id)
        return Profile(
            theme=theme,
            area=_area(session, workspace, theme),
            saying=said,
            trend=_trend(session, parts, workspace, theme_id, filters),
            lineage=tuple(events),
            insights=tuple(list_insights(session, workspace, theme_id=theme_id)),
            others=theme_names(session, workspace, {other for event in events for other in event.others}),
        )


def read_trend(parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Trend:
    """The weeks of a theme within the filters; raises NotFound."""
    with parts.database.read() as session:
        find_theme(session, workspace, theme_id)
        return _trend(session, parts, workspace, theme_id, filters)


def recent_weeks(session: Session, parts: Parts, workspace: str) -> tuple[Span, ...]:
    """Up to twelve weeks that are over and reach no further back than the feedback, oldest first."""
    oldest, newest = days(session, workspace)
    if oldest is None or newest is None:
        return ()
    last = choose_span(parts.now(), parts.zone(workspace), newest)
    return tuple(week for back in range(SHOWN - 1, -1, -1) if (week := last.back(back)).until > oldest)


def _trend(session: Session, parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Trend:
    """Reports know no filters, so within some there is nothing to compare with."""
    weeks, mine = recent_weeks(session, parts, workspace), merge(filters, [Condition("theme", theme_id)])
    within = _within(mine, weeks[0].joined(weeks[-1])) if weeks else mine
    return Trend(
        weeks=weeks,
        today=_keep_weeks(session, parts, workspace, within, weeks),
        reported=read_reported(session, workspace, theme_id, weeks) if is_open(filters) else (None,) * len(weeks),
    )


def _keep_weeks(
    session: Session, parts: Parts, workspace: str, within: Filters, weeks: tuple[Span, ...]
) -> tuple[int, ...]:
    """The mentions of each week, counted once until something changes."""
    if not weeks:
        return ()
    starts = [week.since for week in weeks]
    make = partial(count_stretches, session, workspace, within, starts)
    return tuple(parts.kept.read(f"weeks from {starts[0]} within {within}", session, workspace, make))


def _within(filters: Filters, weeks: Span) -> Filters:
    """The part of the filters' time that lies in the weeks."""
    since = max(weeks.since, filters.since) if filters.since else weeks.since
    until = min(weeks.until, filters.until) if filters.until else weeks.until
    return replace(filters, since=since, until=until)


def _area(session: Session, workspace: str, theme: ThemeSummary) -> str | None:
    area = session.get(tables.Area, (workspace, theme.area)) if theme.area else None
    return area.name if area and theme.state == "active" else None
