"""What a workspace looks like at a glance: its sizes, its themes with their weeks, and what the last week brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.answers.change import Change, compare_rates
from synth.model import Filters
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count, days
from synth.store.reading import count_jobs
from synth.themes.listing import ThemeList, ThemeSummary, list_themes
from synth.themes.trends import (
    SHOWN,
    Week,
    count_themes_by_week,
    count_weeks,
    first_heard,
    last_complete_week,
    weeks_up_to,
)

BASELINE = 4  # weeks the last one is compared with
FEWEST = 3  # mentions in the last week or on average before, below which no change is told


@dataclass(frozen=True, slots=True)
class Moved:
    """A theme whose share of the feedback changed: mentions in the week, and their mean in the weeks before."""

    theme: ThemeSummary
    mentions: int
    before: float
    change: Change
    is_new: bool  # not heard before this week


@dataclass(frozen=True, slots=True)
class News:
    """The last complete week against those before it; times of a change are those that chance does not explain."""

    week: Week
    mentions: int
    before: float
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the first page."""

    documents: int
    people: int
    accounts: int
    sources: int
    first: datetime | None
    last: datetime | None
    themes: ThemeList
    weeks: tuple[Week, ...]
    trends: Mapping[str, tuple[int, ...]]  # theme id to mentions in each of the weeks
    news: News | None
    busy: int  # jobs that wait or run


def read_overview(parts: Parts, workspace: str) -> Overview:
    """Everything the first page shows, of one state of the store."""
    with parts.database.read() as session:
        themes = list_themes(session, workspace)
        first, last = days(session, workspace)
        weeks = _weeks(parts, last)
        trends = count_themes_by_week(session, workspace, weeks) if weeks else {}
        jobs = count_jobs(session, workspace)
        sources = select(func.count(tables.Source.id)).where(tables.Source.workspace_id == workspace)
        return Overview(
            documents=int(count(session, workspace, Filters())),
            people=int(count(session, workspace, Filters(), "people")),
            accounts=int(count(session, workspace, Filters(), "accounts")),
            sources=session.scalar(sources) or 0,
            first=first,
            last=last,
            themes=themes,
            weeks=weeks,
            trends=trends,
            news=_news(session, workspace, themes.themes, weeks, trends) if weeks else None,
            busy=jobs["queued"] + jobs["running"],
        )


def _weeks(parts: Parts, newest: datetime | None) -> tuple[Week, ...]:
    if newest is None:
        return ()
    return weeks_up_to(last_complete_week(parts.now(), newest, parts.timezone), SHOWN, parts.timezone)


def _news(
    session: Session,
    workspace: str,
    themes: Sequence[ThemeSummary],
    weeks: Sequence[Week],
    trends: Mapping[str, Sequence[int]],
) -> News:
    totals = count_weeks(session, workspace, Filters(), weeks)
    heard = first_heard(session, workspace)
    moved = [
        _moved(theme, trends.get(theme.id, (0,) * len(weeks)), totals, heard.get(theme.id), weeks[-1])
        for theme in themes
    ]
    told = [each for each in moved if each.change.direction != "flat" and max(each.mentions, each.before) >= FEWEST]
    ordered = sorted(told, key=lambda each: (-each.change.ratio, each.theme.id))
    return News(weeks[-1], totals[-1], _mean(totals), tuple(ordered))


def _moved(
    theme: ThemeSummary, mentions: Sequence[int], totals: Sequence[int], heard: datetime | None, week: Week
) -> Moved:
    before, of = mentions[-1 - BASELINE : -1], totals[-1 - BASELINE : -1]
    change = compare_rates(sum(before), sum(of), mentions[-1], totals[-1])
    return Moved(theme, mentions[-1], _mean(mentions), change, is_new=heard is not None and heard >= week.since)


def _mean(amounts: Sequence[int]) -> float:
    return sum(amounts[-1 - BASELINE : -1]) / BASELINE
