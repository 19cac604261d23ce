"""Timestamps as exports have them: one style is chosen for a whole column, and every cell is read in that style.

Numeric days and months (3/4/2026) are ambiguous in a cell and rarely in a column: a day above 12 settles it, and where
there is none, the order that keeps the column in sequence wins. Times without a zone are in the column's `zone`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from synth.errors import BadInput
from synth.intake.months import MONTHS, ZONES


EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
YEARS_AHEAD: Final = 2

_EXCEL_EPOCH: Final = datetime(1899, 12, 30)
_DIGIT: Final = re.compile(r"\d")
_REMARK: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]$")
_ORDINAL: Final = re.compile(r"(\d)(?:st|nd|rd|th|er|º|ª|°)\b")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?$")
_NUMERIC: Final = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{1,4})(?!\d)\.?")
_CJK: Final = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_TIME: Final = re.compile(
    r"(?<![\d.])(\d{1,2})\s?[:.h]\s?(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?(?!\d)\s*([ap])?(?(5)\.?m\b\.?)",
    re.IGNORECASE,
)
_HOUR: Final = re.compile(r"\b(\d{1,2})\s*([ap])\.?m\b\.?", re.IGNORECASE)
_OFFSET: Final = re.compile(r"(?:\b(?:gmt|utc))?\s*([+-])(\d{2}):?(\d{2})\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How one column writes its dates; `settled` is false while no value has shown which number is the day."""

    zone: tzinfo = UTC
    day_first: bool = True
    settled: bool = False
    any_language: bool = False


def get_zone(name: str) -> tzinfo:
    """The time zone of that IANA name; raises BadInput when there is none."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"There is no time zone {name!r}; use a name such as Europe/Berlin or America/New_York."
        ) from error


def choose_style(values: Sequence[object], *, zone: tzinfo = UTC, named: bool = True) -> DateStyle | None:
    """The style in which most of `values` (none of them empty) can be read; None when that is half of them or fewer.

    `named` says that the column is called a date: then bare numbers count (seconds since 1970, days of a spreadsheet),
    and months in other languages are looked up.
    """
    given = [value for value in values if named or not _is_number(value)]
    style = _choose_order(given, DateStyle(zone=zone))
    if _reads_most(values, given, style):
        return style
    foreign = replace(style, any_language=True)
    if named and 2 * sum(map(_has_foreign_word, given)) > len(values) and _reads_most(values, given, foreign):
        return foreign
    return None


def settle_order(style: DateStyle, values: Iterable[object]) -> DateStyle:
    """`style` with the order of day and month that the first value with a number above 12 shows, if there is one."""
    for value in values:
        vote = _vote(value)
        if vote is not None:
            return replace(style, day_first=vote, settled=True)
    return style


def read_date(value: object, style: DateStyle) -> datetime | None:
    """The moment in UTC that `value` names, or None when nobody can read it."""
    moment = _read_moment(value, style)
    if moment is None:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=style.zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def latest_date() -> datetime:
    """The latest moment an export can plausibly name: some years from now, for wrong clocks and planned dates."""
    return datetime.now(UTC) + timedelta(days=366 * YEARS_AHEAD)


def _read_moment(value: object, style: DateStyle) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _read_number(float(value))
    return _read_written(str(value).strip(), style)


@lru_cache(maxsize=65536)
def _read_written(text: str, style: DateStyle) -> datetime | None:
    text = _REMARK.sub("", text)
    if len(text) > 80 or not _DIGIT.search(text):
        return None
    if _NUMBER.match(text):
        return _read_digits(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = _read_numeric(text, style.day_first) or _read_named(text)
        return moment or (_read_any_language(text, style) if style.any_language else None)
    except (ValueError, OverflowError):
        return None


def _read_digits(text: str) -> datetime | None:
    """20150224, 20150224113552, seconds since 1970 in four units, or days of a spreadsheet."""
    if len(text) in (8, 14) and text.isdigit() and text[:2] in ("19", "20"):
        try:
            return datetime.strptime(text, "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S")
        except ValueError:
            return None
    return _read_number(float(text.replace(",", ".")))


def _read_number(number: float) -> datetime | None:
    if 20_000 <= number < 80_000:
        return _EXCEL_EPOCH + timedelta(milliseconds=round(number * 86_400_000))
    for unit in (1, 1e3, 1e6, 1e9):
        if 6e8 <= number / unit < 5e9:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def _read_numeric(text: str, day_first: bool) -> datetime | None:
    match = _NUMERIC.search(text)
    if not match:
        return None
    first, _, second, third = match.groups()
    if len(first) > 2:
        year, month, day = int(first), int(second), int(third)
    elif day_first:
        day, month, year = int(first), int(second), _complete_year(third)
    else:
        month, day, year = int(first), int(second), _complete_year(third)
    rest = text[: match.start()] + " " + text[match.end() :]
    return _add_time(datetime(year, month, day), rest.lstrip(" T"))


def _complete_year(digits: str) -> int:
    if len(digits) not in (2, 4):
        raise ValueError(digits)
    return int(digits) if len(digits) == 4 else 2000 + int(digits) - (100 if int(digits) >= 80 else 0)


def _add_time(day: datetime, rest: str) -> datetime:
    """The day with the time of day and the zone that `rest` names; raises ValueError when words are left over."""
    if offset := _OFFSET.search(rest):
        rest = rest.replace(offset[0], " ", 1)
        minutes = int(offset[2]) * 60 + int(offset[3])
        day = day.replace(tzinfo=timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)))
    if clock := _TIME.search(rest):
        rest = rest.replace(clock[0], " ", 1)
        fraction = int((clock[4] or "0")[:6].ljust(6, "0"))
        day = day.replace(hour=_to_24(int(clock[1]), clock[5]), minute=int(clock[2]))
        day = day.replace(second=int(clock[3] or 0), microsecond=fraction)
    elif hour := _HOUR.search(rest):
        rest = rest.replace(hour[0], " ", 1)
        day = day.replace(hour=_to_24(int(hour[1]), hour[2]))
    return _add_zone(day, _WORD.findall(rest.casefold()))


def _to_24(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in "pP" else 0)


def _add_zone(moment: datetime, words: list[str]) -> datetime:
    for word in words:
        if word in ZONES and moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone(timedelta(hours=ZONES[word])))
        elif word not in ZONES and MONTHS.get(word) != 0:
            raise ValueError(word)
    return moment


def _read_named(text: str) -> datetime | None:
    """Feb 24, 2015 at 11:35 AM; 24. Februar 2015; Tue Feb 24 11:35:52 +0000 2015; 2015年2月24日."""
    if match := _CJK.search(text):
        year, month, day = map(int, match.groups())
        return _add_time(datetime(year, month, day), text[match.end() :])
    bare, clock = _part_clock(_ORDINAL.sub(r"\1", text.casefold()))
    words = _WORD.findall(bare)
    names = [word for word in words if MONTHS.get(word)]
    numbers = [word for word in words if word.isdigit()]
    if len(names) != 1 or len(numbers) != 2 or max(map(len, numbers)) > 4:
        return None
    day_digits, year_digits = sorted(numbers, key=len)
    left = [word for word in words if word not in (*names, *numbers)]
    found = datetime(_complete_year(year_digits), MONTHS[names[0]], int(day_digits))
    return _add_time(found, " ".join((*left, clock)))


def _part_clock(text: str) -> tuple[str, str]:
    """The text without its time of day and its offset from UTC, and these two."""
    clock = _TIME.search(text) or _HOUR.search(text)
    offset = _OFFSET.search(text, clock.end() if clock else 0)
    for part in (offset, clock):
        text = text.replace(part[0], " ", 1) if part else text
    return text, " ".join(part[0] for part in (clock, offset) if part)


def _read_any_language(text: str, style: DateStyle) -> datetime | None:
    bare, clock = _part_clock(text)
    day = _read_foreign_day(bare, style.day_first)
    return _add_time(day, clock) if day else None


@lru_cache(maxsize=65536)
def _read_foreign_day(text: str, day_first: bool) -> datetime | None:
    """Any other language that dateparser knows; whole dates only, nothing relative to today."""
    import dateparser

    found: datetime | None = dateparser.parse(
        text,
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "DMY" if day_first else "MDY",
        },
    )
    return found


def _reads_most(values: Sequence[object], given: Sequence[object], style: DateStyle) -> bool:
    return 2 * sum(read_date(value, style) is not None for value in given) > len(values)


def _choose_order(values: Sequence[object], style: DateStyle) -> DateStyle:
    votes = [vote for vote in map(_vote, values) if vote is not None]
    if votes:
        return replace(style, day_first=2 * sum(votes) >= len(votes), settled=True)
    numeric = [value for value in values if isinstance(value, str) and _is_ambiguous(value)]
    if not numeric:
        return replace(style, settled=True)
    orders = [replace(style, day_first=first) for first in _likely_orders(numeric, style.zone)]
    return min(orders, key=lambda order: _unrest(numeric, order))


def _vote(value: object) -> bool | None:
    """True when this value can only be read day first, False when only month first."""
    match = _NUMERIC.search(value) if isinstance(value, str) else None
    if not match or len(match[1]) > 2 or (int(match[1]) > 12) == (int(match[3]) > 12):
        return None
    return int(match[1]) > 12


def _is_ambiguous(text: str) -> bool:
    match = _NUMERIC.search(text)
    return bool(match and len(match[1]) <= 2 and match[1] != match[3])


def _likely_orders(values: list[str], zone: tzinfo) -> tuple[bool, bool]:
    """The usual order first: slashes are mostly American, dots and dashes and zones elsewhere are not."""
    overseas = str(zone).startswith(("Europe/", "Africa/", "Asia/", "Australia/"))
    american = all("/" in value for value in values) and not overseas
    return (False, True) if american else (True, False)


def _unrest(values: list[str], style: DateStyle) -> tuple[int, float]:
    """How many values lie in the future, and how far one jumps from row to row, in seconds."""
    moments = [moment for value in values if (moment := read_date(value, style))]
    now = datetime.now(UTC)
    steps = sum(abs((after - before).total_seconds()) for before, after in zip(moments, moments[1:], strict=False))
    return sum(moment > now for moment in moments), steps


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_NUMBER.match(value.strip())))


def _has_foreign_word(value: object) -> bool:
    """Whether digits stand beside a word that is no month here but may be one in another language."""
    if not isinstance(value, str) or len(value) > 60 or not re.search(r"\d{4}", value):
        return False
    return any(word.isalpha() and word not in MONTHS and word not in ZONES for word in _WORD.findall(value.casefold()))
