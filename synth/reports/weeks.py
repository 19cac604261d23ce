"""Which days a report covers: an ISO week or a range of days in the workspace's zone, and only what is over."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from synth.answers.planning.days import EARLIEST_YEAR, LATEST_YEAR
from synth.errors import BadInput
from synth.reports.spans import Span

WEEK = timedelta(weeks=1)
LONGEST = 366  # days in one report
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def choose_span(
    now: datetime,
    timezone: str,
    newest: datetime | None,
    *,
    week: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Span:
    """The week or the days asked for; else the last complete week, or that of the newest document if it is older.

    Raises BadInput for what is no week or range, and for one that is not over.
    """
    if week and (since or until):
        raise BadInput("Give a week, or the first and the last day, not both.")
    if week:
        return _checked(parse_week(week, timezone), now)
    if since and until:
        return _checked(_parse_days(since, until, timezone), now)
    if since or until:
        raise BadInput("Give both the first and the last day of the report, such as 2026-11-01 and 2026-11-14.")
    complete = last_complete_week(now, timezone)
    return week_of(newest, timezone) if newest and newest < complete.since else complete


def parse_week(written: str, timezone: str) -> Span:
    """The week written as 2026-W46; raises BadInput."""
    found = _WEEK.fullmatch(written)
    if found is None:
        raise BadInput(f"'{written}' is not an ISO week; write it as 2026-W46.")
    year, week = int(found[1]), int(found[2])
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise BadInput(f"'{written}' is out of range; reports cover the years {EARLIEST_YEAR} to {LATEST_YEAR}.")
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        raise BadInput(f"{year} has no week {week}; its last one is {year}-W{_last_week(year)}.") from None
    return Span(monday, monday + WEEK, timezone)


def week_of(moment: datetime, timezone: str) -> Span:
    """The ISO week a moment lies in."""
    day = moment.astimezone(ZoneInfo(timezone)).date()
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + WEEK, timezone)


def last_complete_week(now: datetime, timezone: str) -> Span:
    """The week before the running one."""
    return week_of(now, timezone).back(1)


def _parse_days(since: str, until: str, timezone: str) -> Span:
    first, last = _parse_day(since), _parse_day(until)
    if first > last:
        raise BadInput(f"The range {since} to {until} ends before it begins.")
    if (last - first).days >= LONGEST:
        raise BadInput(f"A report covers at most {LONGEST} days; {since} to {until} are {(last - first).days + 1}.")
    return Span(first, last + timedelta(days=1), timezone)


def _parse_day(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise BadInput(f"'{written}' is not a day; write it as 2026-11-22.") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise BadInput(f"'{written}' is out of range; reports cover the years {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return day


def _checked(span: Span, now: datetime) -> Span:
    """The span, if it is over; only what is complete can be compared."""
    if span.until <= now:
        return span
    today = now.astimezone(ZoneInfo(span.timezone)).date()
    if span.is_week:
        raise BadInput(f"{span.id} is not over; the last complete week is {last_complete_week(now, span.timezone).id}.")
    raise BadInput(f"{span.end - timedelta(days=1)} is not over; the last complete day is {today - timedelta(days=1)}.")


def _last_week(year: int) -> int:
    return date(year, 12, 28).isocalendar().week
