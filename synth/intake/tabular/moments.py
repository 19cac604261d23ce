"""One written date, read by rules: what a cell says about a moment, when it is known which number is the day."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from synth.intake.tabular.months import MONTHS, ZONES

NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?$")
NUMERIC_DATE: Final = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{1,4})(?!\d)\.?")
WORD: Final = re.compile(r"[^\W\d_]+|\d+")

_LONGEST: Final = 80  # characters; a longer text is no date
_DIGIT: Final = re.compile(r"\d")
_FOREIGN_DAY: Final = re.compile(r"\D{0,12}\d{1,2}\D{1,16}\d{4}\D{0,8}|\d{4}\D{1,16}\d{1,2}\D{0,8}")
_REMARK: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]$")
_ORDINAL: Final = re.compile(r"(\d)(?:st|nd|rd|th|er|º|ª|°)\b")
_EAST_ASIAN: Final = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_CLOCK: Final = re.compile(
    r"(?<![\d.])(\d{1,2})\s?[:.h]\s?(\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?(?!\d)\s*([ap])?(?(5)\.?m\b\.?)",
    re.IGNORECASE,
)
_HOUR: Final = re.compile(r"\b(\d{1,2})\s*([ap])\.?m\b\.?", re.IGNORECASE)
_OFFSET: Final = re.compile(r"(?:\b(?:gmt|utc))?\s*([+-])(\d{2}):?(\d{2})\b", re.IGNORECASE)


@lru_cache(maxsize=65536)
def read_written(text: str, day_first: bool, zone: tzinfo) -> datetime | None:
    """The aware moment that `text` names, in `zone` when it names none; None when no rule reads it."""
    text = _REMARK.sub("", text)
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return None
    try:
        if NUMBER.match(text):
            return _read_digits(text, zone)
        return _read_iso(text, zone) or _read_numeric(text, day_first, zone) or _read_named(text, zone)
    except (ValueError, OverflowError):
        return None


def read_number(number: float, zone: tzinfo) -> datetime | None:
    """Days since 1899-12-30, as spreadsheets count, or seconds since 1970 in four units."""
    if 20_000 <= number < 80_000:
        return datetime(1899, 12, 30, tzinfo=zone) + timedelta(milliseconds=round(number * 86_400_000))
    for unit in (1, 1e3, 1e6, 1e9):
        if 6e8 <= number / unit < 5e9:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def read_foreign(text: str, day_first: bool, zone: tzinfo) -> datetime | None:
    """A date with a month in any other language that dateparser knows; whole dates, none relative to today.

    Only what has the shape of a date is looked up: a text that is none costs dateparser up to a second.
    """
    bare, clock = _part_clock(text)
    day = _read_foreign_day(bare.strip(), day_first) if _FOREIGN_DAY.fullmatch(bare.strip()) else None
    try:
        return _add_clock(day.replace(tzinfo=zone), clock) if day else None
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def _read_foreign_day(text: str, day_first: bool) -> datetime | None:
    import dateparser  # type: ignore[import-untyped]

    found: datetime | None = dateparser.parse(
        text,
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "DMY" if day_first else "MDY",
        },
    )
    return found


def _read_iso(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _read_digits(text: str, zone: tzinfo) -> datetime | None:
    """20150224, 20150224113552, or a number."""
    if len(text) in (8, 14) and text.isdigit() and text[:2] in ("19", "20"):
        return datetime.strptime(text, "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S").replace(tzinfo=zone)
    return read_number(float(text.replace(",", ".")), zone)


def _read_numeric(text: str, day_first: bool, zone: tzinfo) -> datetime | None:
    """24.02.2015 11:35, 2/24/15 5 PM, 2015/2/24."""
    match = NUMERIC_DATE.search(text)
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
    return _add_clock(datetime(year, month, day, tzinfo=zone), rest.lstrip(" T"))


def _read_named(text: str, zone: tzinfo) -> datetime | None:
    """Feb 24, 2015 at 11:35 AM; 24. Februar 2015; Tue Feb 24 11:35:52 +0000 2015; 2015年2月24日."""
    if match := _EAST_ASIAN.search(text):
        year, month, day = map(int, match.groups())
        return _add_clock(datetime(year, month, day, tzinfo=zone), text[match.end() :])
    bare, clock = _part_clock(_ORDINAL.sub(r"\1", text.casefold()))
    words = WORD.findall(bare)
    names = [word for word in words if MONTHS.get(word)]
    numbers = [word for word in words if word.isdigit()]
    if len(names) != 1 or len(numbers) != 2 or max(map(len, numbers)) > 4:
        return None
    day_digits, year_digits = sorted(numbers, key=len)
    left = [word for word in words if word not in (*names, *numbers)]
    found = datetime(_complete_year(year_digits), MONTHS[names[0]], int(day_digits), tzinfo=zone)
    return _add_clock(found, " ".join((*left, clock)))


def _complete_year(digits: str) -> int:
    if len(digits) not in (2, 4):
        raise ValueError(digits)
    return int(digits) if len(digits) == 4 else 2000 + int(digits) - (100 if int(digits) >= 80 else 0)


def _part_clock(text: str) -> tuple[str, str]:
    """The text without its time of day and its offset from UTC, and these two."""
    clock = _CLOCK.search(text) or _HOUR.search(text)
    offset = _OFFSET.search(text, clock.end() if clock else 0)
    for part in (offset, clock):
        text = text.replace(part[0], " ", 1) if part else text
    return text, " ".join(part[0] for part in (clock, offset) if part)


def _add_clock(day: datetime, rest: str) -> datetime:
    """The day with the time of day and the zone that `rest` names; raises ValueError when words are left over."""
    offset = _OFFSET.search(rest)
    if offset:
        rest = rest.replace(offset[0], " ", 1)
        minutes = int(offset[2]) * 60 + int(offset[3])
        day = day.replace(tzinfo=timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes)))
    if clock := _CLOCK.search(rest):
        rest = rest.replace(clock[0], " ", 1)
        fraction = int((clock[4] or "0")[:6].ljust(6, "0"))
        day = day.replace(hour=_to_24(int(clock[1]), clock[5]), minute=int(clock[2]))
        day = day.replace(second=int(clock[3] or 0), microsecond=fraction)
    elif hour := _HOUR.search(rest):
        rest = rest.replace(hour[0], " ", 1)
        day = day.replace(hour=_to_24(int(hour[1]), hour[2]))
    return _add_zone(day, WORD.findall(rest.casefold()), known=bool(offset))


def _to_24(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half in "pP" else 0)


def _add_zone(moment: datetime, words: list[str], *, known: bool) -> datetime:
    for word in words:
        if word in ZONES and not known:
            moment = moment.replace(tzinfo=timezone(timedelta(hours=ZONES[word])))
        elif word not in ZONES and MONTHS.get(word) != 0:
            raise ValueError(word)
    return moment
