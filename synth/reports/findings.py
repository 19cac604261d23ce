"""All that a report counts, read from SQL before a word of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from synth.reports.affected import Affected, count_affected
from synth.reports.health import Health, check_health
from synth.reports.moves import Moves, find_moves
from synth.reports.reach import Reach, find_reach, first_heard
from synth.reports.series import Series, about, gather_series
from synth.reports.spans import Span
from synth.reports.words import Rise, find_rises
from synth.store import tables
from synth.store.counting import count, count_by


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


def find(session: Session, workspace: str, span: Span, now: datetime) -> Findings:
    """Count everything for the report of a span; raises BadInput where the store holds nothing that has a date."""
    reach = find_reach(session, workspace, now)
    oldest = first_heard(session, workspace, span.whole.where, now) if span.where else None
    series = gather_series(session, workspace, span, oldest or reach.oldest)
    moves = find_moves(session, workspace, series)
    named = session.get(tables.Workspace, workspace)
    return Findings(
        workspace=named.name if named else workspace,
        reach=reach,
        series=series,
        moves=moves,
        rises=find_rises(session, workspace, series, moves),
        volume=count_affected(session, workspace, span.filters(), "all feedback"),
        affected=_affected(session, workspace, series, moves),
        people=_people(session, workspace, series),
        sources=_sources(session, workspace, series),
        health=check_health(session, workspace, span, now),
    )


def _affected(session: Session, workspace: str, series: Series, moves: Moves) -> dict[str, Affected]:
    return {
        move.theme: count_affected(session, workspace, move.span.filters(about(move.theme)), series.names[move.theme])
        for move in moves.all
    }


def _people(session: Session, workspace: str, series: Series) -> dict[str, int]:
    mentioned = [theme for theme, mentions in series.themes.items() if mentions[-1]]
    return {theme: int(count(session, workspace, series.span.filters(about(theme)), "people")) for theme in mentioned}


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
