"""What a workspace looks like at a glance: its sizes, its themes week by week, and what the last week brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.answers.unread import count_unread, write_unread
from synth.model import Filters
from synth.news import News, read_news
from synth.parts import Parts
from synth.reports.moves import Moves, find_moves
from synth.reports.series import Series, gather_series
from synth.reports.spans import Span
from synth.reports.weeks import choose_span
from synth.store import tables
from synth.store.counting import count_units, days
from synth.store.reading import count_jobs
from synth.themes.atlas import Placed, read_map
from synth.themes.keeping import waiting_runs
from synth.themes.listing import ThemeList, keep_themes
from synth.themes.moods import Mood, count_moods

_HALF = 0.98  # half the width of a 95 % interval of the root of a count, which wavers by a half whatever the count


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a workspace, and is the same until it changes or another week is over."""

    documents: int
    people: int
    accounts: int
    revenue: float
    sources: int
    themes: ThemeList
    moods: Mapping[str, Mood]  # of each theme by its id
    series: Series | None  # without a dated document there are no weeks and no moves
    moves: Moves | None
    unread: str | None  # what is in languages the model does not read


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the first page."""

    counted: Counted
    first: datetime | None
    last: datetime | None
    busy: int  # jobs that wait or run
    waiting: tuple[str, ...]  # runs that wait for a person
    news: News | None  # None on somebody's first visit


def read_overview(parts: Parts, workspace: str, since: datetime | None = None) -> Overview:
    """Everything the first page shows, of one state of the store; what is new after `since` where it is known."""
    with parts.database.read() as session:
        first, last = days(session, workspace)
        jobs = count_jobs(session, workspace)
        return Overview(
            counted=_keep(session, parts, workspace, first, last),
            first=first,
            last=last,
            busy=jobs["queued"] + jobs["running"],
            waiting=tuple(run.id for run in waiting_runs(session, workspace)),
            news=read_news(session, parts, workspace, since) if since else None,
        )


def read_wavering(parts: Parts, workspace: str) -> float:
    """How much more than chance the mentions of themes waver from week to week; 1 where that is not known."""
    with parts.database.read() as session:
        counted = _keep(session, parts, workspace, *days(session, workspace))
    return counted.series.dispersion if counted.series else 1.0


def read_theme_map(parts: Parts, workspace: str) -> tuple[Placed, ...]:
    """Where the active themes lie on their map."""
    with parts.database.read() as session:
        return parts.kept.read("map", session, workspace, lambda: read_map(session, workspace, parts.embedder.version))


def likely(mentions: float, dispersion: float) -> tuple[float, float]:
    """Between what the mentions of a theme in a week waver by chance alone, in 95 of 100 such weeks.

    The root of a count has nearly the same spread whatever the count (Anscombe 1948); `dispersion` is how much more
    than chance the mentions of this workspace waver.
    """
    root, half = sqrt(mentions + 3 / 8), _HALF * sqrt(dispersion)
    return max(0.0, max(0.0, root - half) ** 2 - 3 / 8), (root + half) ** 2 - 3 / 8


def _keep(session: Session, parts: Parts, workspace: str, first: datetime | None, last: datetime | None) -> Counted:
    """What was counted when the workspace was the same as now, else counted now."""
    span = choose_span(parts.now(), parts.zone(workspace), last) if last else None
    name = f"overview {span.id if span else ''}"
    return parts.kept.read(name, session, workspace, lambda: _count(session, parts, workspace, span, first))


def _count(session: Session, parts: Parts, workspace: str, span: Span | None, first: datetime | None) -> Counted:
    series = gather_series(session, workspace, span, first) if span else None
    sources = select(func.count(tables.Source.id)).where(tables.Source.workspace_id == workspace)
    amounts = count_units(session, workspace, Filters())
    themes, moods = keep_themes(session, parts, workspace), count_moods(session, workspace, Filters())
    return Counted(
        documents=int(amounts["mentions"]),
        people=int(amounts["people"]),
        accounts=int(amounts["accounts"]),
        revenue=amounts["revenue"],
        sources=session.scalar(sources) or 0,
        themes=themes,
        moods={theme.id: moods.get(theme.id, Mood()) for theme in themes.themes},
        series=series,
        moves=find_moves(session, workspace, series) if series else None,
        unread=write_unread(count_unread(session, workspace, parts.embedder.version, Filters())),
    )
