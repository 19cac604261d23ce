"""All that a report counts, read from SQL before a word of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from synth.reports.affected import Affected, Whole, count_affected
from synth.reports.health import Health, check_health
from synth.reports.moves import Moves, find_moves
from synth.reports.reach import Reach
from synth.reports.series import Series, about, gather_series
from synth.reports.spans import Span
from synth.reports.words import Rise, find_rises
from synth.store import tables
from synth.store.counting import count_by, count_people_by_theme


@dataclass(frozen=True, slots=True)
class SourceVolume:
    """The documents of one source in the span, and the mean per span before; None where there is nothing before."""

    name: str
    mentions: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Findings:
    """The counts behind a report."""

    workspace: str
    reach: Reach
    series: Series
    moves: Moves
    rises: tuple[Rise, ...]
    volume: Affected
    affected: Mapping[str, Affected]  # of every theme that moved
    people: Mapping[str, int]  # of every theme that was mentioned in the span
    sources: tuple[SourceVolume, ...]
    health: Health


def find(session: Session, workspace: str, span: Span, reach: Reach, oldest: datetime, ahead: int) -> Findings:
    """Count everything for the report of a span in a store that reaches so far.

    The oldest that the report is of was written then; `ahead` documents are dated later than now.
    """
    series = gather_series(session, workspace, span, oldest)
    moves = find_moves(session, workspace, series)
    named, whole = session.get(tables.Workspace, workspace), Whole(session, workspace)
    return Findings(
        workspace=named.name if named else workspace,
        reach=reach,
        series=series,
        moves=moves,
        rises=find_rises(session, workspace, series, moves),
        volume=count_affected(session, workspace, span.filters(), "all feedback", whole),
        affected=_affected(series, moves, whole),
        people=_people(session, workspace, series),
        sources=_sources(session, workspace, series),
        health=check_health(session, workspace, span, ahead, series.ahead(1).filters() if series.before else None),
    )


def _affected(series: Series, moves: Moves, whole: Whole) -> dict[str, Affected]:
    return {
        move.theme: count_affected(
            whole.session, whole.workspace, move.span.filters(about(move.theme)), series.names[move.theme], whole
        )
        for move in moves.all
    }


def _people(session: Session, workspace: str, series: Series) -> dict[str, int]:
    people = count_people_by_theme(session, workspace, series.span.filters())
    return {theme: people[theme] for theme, mentions in series.themes.items() if mentions[-1]}


def _sources(session: Session, workspace: str, series: Series) -> tuple[SourceVolume, ...]:
    """Every source of the span and of the spans before, the largest first."""
    now = count_by(session, workspace, series.span.filters(), tables.Source.name)
    if not series.before:
        return tuple(SourceVolume(name, int(n), None) for name, n in now.items())
    before = count_by(session, workspace, series.ahead(1).filters(), tables.Source.name)
    found = [
        SourceVolume(name, int(now.get(name, 0)), before.get(name, 0) / series.before) for name in {**now, **before}
    ]
    return tuple(sorted(found, key=lambda source: (-source.mentions, -(source.mean or 0), source.name)))
