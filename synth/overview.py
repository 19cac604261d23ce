"""What a workspace looks like at a glance: its sizes, its themes week by week, and what the last week brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.answers.unread import count_unread, write_unread
from synth.model import Filters
from synth.parts import Parts
from synth.reports.moves import Moves, find_moves
from synth.reports.series import Series, gather_series
from synth.reports.weeks import choose_span
from synth.store import tables
from synth.store.counting import count, days
from synth.store.reading import count_jobs
from synth.themes.keeping import waiting_runs
from synth.themes.listing import ThemeList, list_themes
from synth.themes.moods import Mood, count_moods


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the first page; without a dated document there are no weeks and no moves."""

    documents: int
    people: int
    sources: int
    first: datetime | None
    last: datetime | None
    themes: ThemeList
    moods: Mapping[str, Mood]  # of each theme by its id
    series: Series | None
    moves: Moves | None
    busy: int  # jobs that wait or run
    waiting: tuple[str, ...]  # runs that wait for a person
    unread: str | None  # what is in languages the model does not read


def read_overview(parts: Parts, workspace: str) -> Overview:
    """Everything the first page shows, of one state of the store."""
    with parts.database.read() as session:
        first, last = days(session, workspace)
        series = _series(session, parts, workspace, first, last)
        jobs = count_jobs(session, workspace)
        sources = select(func.count(tables.Source.id)).where(tables.Source.workspace_id == workspace)
        return Overview(
            documents=int(count(session, workspace, Filters())),
            people=int(count(session, workspace, Filters(), "people")),
            sources=session.scalar(sources) or 0,
            first=first,
            last=last,
            themes=list_themes(session, workspace),
            moods=count_moods(session, workspace, Filters()),
            series=series,
            moves=find_moves(session, workspace, series) if series else None,
            busy=jobs["queued"] + jobs["running"],
            waiting=tuple(run.id for run in waiting_runs(session, workspace)),
            unread=write_unread(count_unread(session, workspace, parts.embedder.version, Filters())),
        )


def _series(
    session: Session, parts: Parts, workspace: str, first: datetime | None, last: datetime | None
) -> Series | None:
    if last is None:
        return None
    return gather_series(session, workspace, choose_span(parts.now(), parts.timezone, last), first)
