"""The calendar in words: names of months, weekdays and numbers in English and German, and arithmetic on days."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

Grain = Literal["day", "week", "month", "quarter", "half", "year", "span"]
EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 2100

_MONTHS: Final = (
    "january jan januar jänner jaenner",
    "february feb februar",
    "march mar märz maerz mrz mär",
    "april apr",
    "may mai",
    "june jun juni",
    "july jul juli",
    "august aug",
    "september sep sept",
    "october oct oktober okt",
    "november nov",
    "december dec dezember dez",
)
_WEEKDAYS: Final = (
    "monday mondays montag",
    "tuesday tuesdays dienstag",
    "wednesday wednesdays mittwoch",
    "thursday thursdays donnerstag",
    "friday fridays freitag",
    "saturday saturdays samstag sonnabend",
    "sunday sundays sonntag",
)
_NUMBERS: Final = (
    (1, "one a an ein eine einen einem einer"),
    (2, "two couple zwei"),
    (3, "three few several drei paar einigen"),
    (4, "four vier"),
    (5, "five fünf fuenf"),
    (6, "six sechs"),
    (7, "seven sieben"),
    (8, "eight acht"),
    (9, "nine neun"),
    (10, "ten zehn"),
    (11, "eleven elf"),
    (12, "twelve zwölf zwoelf"),
)
_NAMES: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _number(rows: tuple[str, ...], first: int) -> dict[str, int]:
    return {name: number for number, names in enumerate(rows, start=first) for name in names.split()}


MONTHS: Final[Mapping[str, int]] = _number(_MONTHS, 1)
WEEKDAYS: Final[Mapping[str, int]] = _number(_WEEKDAYS, 0)
NUMBERS: Final[Mapping[str, int]] = {name: number for number, names in _NUMBERS for name in names.split()}


def read_number(word: str) -> int:
    """7 for '7' and 'seven'; 1 for anything else."""
    return int(word) if word.isdigit() else NUMBERS.get(word.casefold().split()[-1], 1)


def add_months(day: date, months: int) -> date:
    """The same day some months later or earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def start_of(day: date, grain: Grain) -> date:
    """The first day of the week (Monday), month, quarter, half or year that `day` lies in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(grain)
    return day.replace(month=(day.month - 1) // months * months + 1, day=1) if months else day


def shift(day: date, grain: Grain, count: int) -> date:
    """`day` moved by that many days, weeks, months, quarters, halves or years."""
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(grain)
    if months:
        return add_months(day, months * count)
    return day + timedelta(days=count * (7 if grain == "week" else 1))


def to_moment(day: date, zone: tzinfo) -> datetime:
    """The midnight with which a day begins in that zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def say_days(since: date | None, until: date | None) -> str:
    """The days [since, until) in words: '9–15 November 2026', 'from 5 November 2026 on', 'before 5 November 2026'."""
    if since is None or until is None:
        return f"from {_say_day(since)} on" if since else f"before {_say_day(until)}" if until else "any time"
    last = until - timedelta(days=1)
    if since >= last:
        return _say_day(since)
    if (since.year, since.month) == (last.year, last.month):
        return f"{since.day}–{_say_day(last)}"
    first = f"{since.day} {_NAMES[since.month - 1]}"
    return f"{first if since.year == last.year else _say_day(since)} – {_say_day(last)}"


def _say_day(day: date) -> str:
    return f"{day.day} {_NAMES[day.month - 1]} {day.year}"
