"""The days a report covers: ISO weeks and ranges of days in the workspace's zone, and how time is said in a sentence."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from synth.answers.days import EARLIEST_YEAR, LATEST_YEAR, say_days, to_moment
from synth.errors import BadInput
from synth.model import Condition, Filters

WEEK = timedelta(weeks=1)
LONGEST = 366  # days in one report
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_NUMBERS = ("", "", "two ", "three ", "four ")


@dataclass(frozen=True, slots=True)
class Span:
    """The days [first, end) of a zone."""

    first: date
    end: date
    timezone: str

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.first).days

    @property
    def is_week(self) -> bool:
        """True for Monday to Sunday."""
        return self.days == 7 and self.first.weekday() == 0

    @property
    def id(self) -> str:
        """2026-W46 for a week, else 2026-11-01..2026-11-14."""
        if not self.is_week:
            return f"{self.first}..{self.end - timedelta(days=1)}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def since(self) -> datetime:
        """The moment it begins, in UTC."""
        return to_moment(self.first, ZoneInfo(self.timezone))

    @property
    def until(self) -> datetime:
        """The moment it is over, in UTC."""
        return to_moment(self.end, ZoneInfo(self.timezone))

    def filters(self, *where: Condition) -> Filters:
        """What was said in it."""
        return Filters(self.since, self.until, where)

    def back(self, count: int) -> "Span":
        """The span of the same length that many lengths earlier."""
        shift = timedelta(days=self.days * count)
        return Span(self.first - shift, self.end - shift, self.timezone)

    def joined(self, last: "Span") -> "Span":
        """From the first day of this one to the last day of another."""
        return Span(self.first, last.end, self.timezone)

    def said(self) -> str:
        """'9–15 November 2026'."""
        return say_days(self.first, self.end)

    def title(self) -> str:
        """'Week 46: 9–15 November 2026', or the days alone."""
        return f"Week {self.first.isocalendar().week}: {self.said()}" if self.is_week else self.said()

    def this(self) -> str:
        """'this week'."""
        return "this week" if self.is_week else "that day" if self.days == 1 else f"in these {self.days} days"

    def last(self) -> str:
        """'last week'."""
        return "last week" if self.is_week else "the day before" if self.days == 1 else f"in the {self.days} days before"

    def both(self) -> str:
        """'this week and last'."""
        if self.is_week:
            return "this week and last"
        return "that day and the day before" if self.days == 1 else f"in the last {2 * self.days} days"

    def each(self) -> str:
        """'a week', after a mean."""
        return "a week" if self.is_week else "a day" if self.days == 1 else f"per {self.days} days"

    def plural(self, count: int) -> str:
        """'12 weeks', '1 week', '28 days'."""
        noun, many = ("week", count) if self.is_week else ("day", count * self.days)
        return f"{many} {noun}{'' if many == 1 else 's'}"

    def before(self, count: int) -> str:
        """'the four weeks before'."""
        if not self.is_week and self.days > 1:
            return f"the {self.days * count} days before"
        noun = "week" if self.is_week else "day"
        return f"the {_NUMBERS[count]}{noun}{'' if count == 1 else 's'} before"


def choose_span(
    now: datetime,
    timezone: str,
    newest: datetime | None,
    *,
    week: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Span:
    """The week or the days asked for; else the last complete week, or the one the newest document is in if that is older.

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
