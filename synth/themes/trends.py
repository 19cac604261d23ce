"""Counts by ISO week in the zone of the workspace: one query for all weeks, or for all weeks of all themes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, distinct, func
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.store import tables
from synth.store.filtering import Document, select_documents

SHOWN = 12  # weeks of a trend


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week: its Monday, and the moments it begins and ends (exclusive) in the zone of the workspace."""

    monday: date
    since: datetime
    until: datetime

    @property
    def id(self) -> str:
        """2026-W47."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


def week_of(day: date, timezone: str) -> Week:
    """The week a day is in."""
    monday = day - timedelta(days=day.weekday())
    return Week(monday, _midnight(monday, timezone), _midnight(monday + timedelta(days=7), timezone))


def last_complete_week(now: datetime, newest: datetime, timezone: str) -> Week:
    """The newest week that is over: the one before this, or that of the newest document where it is older."""
    zone = ZoneInfo(timezone)
    before_this = now.astimezone(zone).date() - timedelta(days=7)
    return week_of(min(before_this, newest.astimezone(zone).date()), timezone)


def weeks_up_to(last: Week, number: int, timezone: str) -> tuple[Week, ...]:
    """That many weeks, the oldest first."""
    mondays = [last.monday - timedelta(weeks=back) for back in range(number - 1, -1, -1)]
    return tuple(week_of(monday, timezone) for monday in mondays)


def count_weeks(session: Session, workspace: str, filters: Filters, weeks: Sequence[Week]) -> tuple[int, ...]:
    """How many documents within the filters each week has; the weeks follow each other."""
    week = _week_number(weeks)
    query = _in_weeks(select_documents(workspace, filters, week.label("week"), _documents()), weeks)
    found: dict[int, int] = {row.week: row.amount for row in session.execute(query.group_by(week))}
    return tuple(found.get(number, 0) for number in range(len(weeks)))


def count_themes_by_week(session: Session, workspace: str, weeks: Sequence[Week]) -> dict[str, tuple[int, ...]]:
    """Theme id to how many documents speak to it in each week; the weeks follow each other."""
    week, theme = _week_number(weeks), tables.Assignment.theme_id
    query = (
        _in_weeks(select_documents(workspace, Filters(), theme, week.label("week"), _documents()), weeks)
        .join(tables.Excerpt, tables.Excerpt.document_id == Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .group_by(theme, week)
    )
    found: dict[str, list[int]] = {}
    for row in session.execute(query):
        found.setdefault(row.theme_id, [0] * len(weeks))[row.week] = row.amount
    return {theme_id: tuple(amounts) for theme_id, amounts in found.items()}


def first_heard(session: Session, workspace: str) -> dict[str, datetime]:
    """Theme id to the time of its oldest document."""
    theme = tables.Assignment.theme_id
    query = (
        select_documents(workspace, Filters(), theme, func.min(Document.created_at).label("first"))
        .join(tables.Excerpt, tables.Excerpt.document_id == Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .group_by(theme)
    )
    return {row.theme_id: row.first for row in session.execute(query) if row.first is not None}


def _in_weeks(query: Select[Any], weeks: Sequence[Week]) -> Select[Any]:
    return query.where(Document.created_at >= weeks[0].since, Document.created_at < weeks[-1].until)


def _week_number(weeks: Sequence[Week]) -> ColumnElement[int]:
    """The place of a document's week; the borders come from Python, as SQLite knows no time zones."""
    return case(*((Document.created_at < week.until, number) for number, week in enumerate(weeks)))


def _documents() -> ColumnElement[int]:
    return func.count(distinct(Document.id)).label("amount")


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
