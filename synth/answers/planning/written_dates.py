"""Dates, weeks, months, quarters and years as people write them, in English and German."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from synth.answers.planning.days import EARLIEST_YEAR, LATEST_YEAR, MONTHS, Grain, shift
from synth.answers.planning.phrasing import compile_words

Build = Callable[[int], date]

_MONTH: Final = "(?P<month>(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W\d_]))\.?"
_DAY: Final = r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
_OTHER_DAY: Final = r"(?:the\s+)?(?P<other>\d{1,2})(?:st|nd|rd|th)?\.?"
_NEXT: Final = r"\s*(?:[-–—,]|\b(?:and|to|or|until|till?|through|und|bis|oder)\b)\s*(?:(?:the|dem|zum|den)\s+)?"
_FULL_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_YEAR: Final = rf"(?:(?:,\s*|\s+|'|\s*/\s*|-)(?:(?:of|in|von|des\s+jahres)\s+)?{_FULL_YEAR}(?![.,]?\d))?"
_ORDINAL: Final = (
    r"(?P<ordinal>first|second|third|fourth|[1-4](?:st|nd|rd|th|\.)|erste[nrs]?|zweite[nrs]?|dritte[nrs]?|vierte[nrs]?)"
)
_ORDINALS: Final[Mapping[str, int]] = {
    "fir": 1,
    "sec": 2,
    "thi": 3,
    "fou": 4,
    "ers": 1,
    "zwe": 2,
    "dri": 3,
    "vie": 4,
    **{f"{number}{ending}": number for number in range(1, 5) for ending in ("st", "nd", "rd", "th", ".")},
}

_FORMS: Final[tuple[tuple[Grain, str], ...]] = (
    ("day", rf"(?<![\d.-]){_FULL_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d)"),
    ("day", rf"(?<![\w.:/-]){_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}"),
    ("day", rf"\b{_MONTH}\s*{_DAY}(?![\d:%]|[,/]?\d){_YEAR}"),
    (
        "day",
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<mark>[./-])(?P<two>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])",
    ),
    ("week", rf"\b(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+{_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}"),
    ("week", rf"\b(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+(?:the\s+)?{_MONTH}\s*{_DAY}(?!\d){_YEAR}"),
    ("week", rf"(?<!\d){_FULL_YEAR}[-/ ]?(?:W|KW|CW)[- ]?(?P<week>\d{{1,2}})\b"),
    (
        "week",
        (
            rf"\b(?:(?:calendar\s+)?week|(?:kalender)?woche|kw|cw|w)(?:\s+(?:no\.?"
            rf"|nr\.?))?\s?#?(?P<week>\d{{1,2}})\b{_YEAR}"
        ),
    ),
    ("month", rf"(?<!\d){_FULL_YEAR}-(?P<month>\d{{1,2}})(?![\d-])"),
    ("month", rf"(?<!\d )(?<!\d\. )(?<!\d[a-z][a-z] )\b{_MONTH}(?=[\s,/'-]+(?:of\s+|in\s+)?(?:19|20)\d\d){_YEAR}"),
    ("quarter", rf"\b(?:the\s+)?(?:Q(?P<quarter>[1-4])|{_ORDINAL}\s*quart(?:er|al))\b{_YEAR}"),
    ("quarter", rf"(?<!\d){_FULL_YEAR}[-/ ]?Q(?P<quarter>[1-4])\b"),
    ("half", rf"\b(?:the\s+)?(?:H(?P<half>[12])|{_ORDINAL}\s+(?:half|halbjahr|(?:jahres)?hälfte)(?:\s+of)?)\b{_YEAR}"),
)
_BEFORE: Final = (
    r"\b(?:on|in|during|since|until|till|before|after|by|from|between|and|to|through|for|over|of|than|compare"
    r"|comparing|versus|vs\.?|with|year"
    r"|vergleiche|im|am|seit|ab|bis|vor|nach|von|vom|zwischen|und|zum|gegenüber|als|jahre?|early|mid|late|anfang"
    r"|mitte|ende)[\s-]+(?:the\s+|dem\s+|den\s+)?$"
)
_BARE: Final[tuple[tuple[Grain, str], ...]] = (
    ("day", r"(?<![\d./-])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?![\d/-]|\.\d|\s*(?:stars?|[^\W\d_]+ers|people)\b)"),
    ("day", r"(?<![\d./-])(?P<one>\d{1,2})\.(?P<two>\d{1,2})\.(?!\d)"),
    ("month", rf"\b{_MONTH}(?!\s*\d|-[^\W\d_])"),
    ("year", rf"(?<![\d.,/-]){_FULL_YEAR}(?![\d/%-]|[.,:]\d|\s+(?:%|users|people|customers|times|mentions|tweets))"),
)
_SHARED: Final = (
    rf"(?<![\w.])(?P<first>{_DAY}){_NEXT}{_OTHER_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}",
    rf"\b(?P<first>{_MONTH}\s*{_DAY}){_NEXT}{_OTHER_DAY}(?!\d|\s*(?:of\s+)?[A-Za-zä]{{3}}){_YEAR}",
)
_PATTERNS: Final = tuple((grain, compile_words(pattern)) for grain, pattern in _FORMS)
_BARE_PATTERNS: Final = tuple((grain, compile_words(pattern)) for grain, pattern in _BARE)
_SHARED_PATTERNS: Final = tuple(compile_words(pattern) for pattern in _SHARED)
_BEFORE_BARE: Final = compile_words(_BEFORE)
_BEFORE_A_WORD: Final = compile_words(r"\b(?:in|during|since|until|before|after|im|seit|bis)\s+$")
_PART: Final = compile_words(
    r"\b(?:(?P<early>early|(?:the\s+)?(?:beginning|start)\s+of|anfang)|(?P<mid>mid|(?:the\s+)?middle\s+of|mitte)"
    r"|(?P<late>late|(?:the\s+)?end\s+of|ende))[\s-]+$"
)
_ORDINARY: Final = frozenset(["may", "march", "mar", "mai", "dec", "sep", "jan", "august", "second"])


@dataclass(frozen=True, slots=True)
class Point:
    """One time: `text[start:end]` and the days [since, until) it means.

    `build` gives its first day in another year, where none was written and the latest one begun by today was taken.
    """

    start: int
    end: int
    since: date
    until: date
    grain: Grain
    relative: bool = False
    build: Build | None = None

    def in_year(self, year: int) -> "Point":
        """The same time in that year, where none was written."""
        if self.build is None:
            return self
        since = self.build(year)
        return replace(self, since=since, until=shift(since, self.grain, 1), relative=False, build=None)


def find_written(text: str, today: date, *, day_first: bool) -> Iterator[Point]:
    """Every time that is written in the text, in no order and possibly overlapping."""
    for shared in _SHARED_PATTERNS:
        for match in shared.finditer(text):
            yield from _read_shared(match, today)
    for grain, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield from _read(match, grain, today, day_first)
    for grain, pattern in _BARE_PATTERNS:
        for match in pattern.finditer(text):
            if _stands_as_time(match):
                yield from _read(match, grain, today, day_first)


def _stands_as_time(match: re.Match[str]) -> bool:
    """Whether a word or number that could be an ordinary one ('may', '9/10') follows a word that leads to a time."""
    ordinary = match[0].casefold().rstrip(".") in _ORDINARY and match[0][0].islower()
    before = _BEFORE_A_WORD if ordinary else _BEFORE_BARE
    return bool(before.search(match.string, max(0, match.start() - 20), match.start()))


def _read_shared(match: re.Match[str], today: date) -> Iterator[Point]:
    """Two days that share a month: '17 and 19 February 2015', 'Feb 17–19'."""
    month = MONTHS[match["month"].casefold()]
    ends = ((match["day"], match.start(), match.end("first")), (match["other"], match.start("other"), match.end()))
    for day, start, end in ends:
        yield from _place(start, end, "day", _day_of(month, int(day)), match["year"], today)


def _read(match: re.Match[str], grain: Grain, today: date, day_first: bool) -> Iterator[Point]:
    named = match.groupdict()
    build = _build(named, grain, day_first)
    for point in _place(match.start(), match.end(), grain, build, named.get("year"), today):
        yield _narrow(match.string, point) if grain == "month" else point


def _narrow(text: str, point: Point) -> Point:
    """The first ten days, the next ten or the rest of a month, where 'early', 'mid' or 'late' stands before it."""
    part = _PART.search(text, max(0, point.start - 20), point.start)
    if not part:
        return point
    first = {"early": 0, "late": 20, "end": 20}.get(part.lastgroup or "", 10)
    since = point.since + timedelta(days=first)
    until = point.until if first == 20 else since + timedelta(days=10)
    return Point(part.start(), point.end, since, until, "span", point.relative)


def _build(named: Mapping[str, str | None], grain: Grain, day_first: bool) -> Build:
    if grain == "week":
        return _week_of(named)
    if grain in ("quarter", "half"):
        months = 3 if grain == "quarter" else 6
        return _day_of(months * (_nth(named, grain) - 1) + 1, 1)
    if "one" in named:
        return _day_of(*_order(int(named["one"] or 0), int(named["two"] or 0), day_first or named.get("mark") == "."))
    month = named.get("month") or "1"
    return _day_of(int(month) if month.isdigit() else MONTHS[month.casefold()], int(named.get("day") or 1))


def _week_of(named: Mapping[str, str | None]) -> Build:
    """Week 43, or the week in which a day lies."""
    if week := named.get("week"):
        return lambda year: date.fromisocalendar(year, int(week), 1)
    day = _build(named, "day", day_first=True)
    return lambda year: day(year) - timedelta(days=day(year).weekday())


def _nth(named: Mapping[str, str | None], grain: Grain) -> int:
    """Which quarter or half; 5 for 'third half', which no year has."""
    ordinal = (named.get("ordinal") or "").casefold()
    number = int(named.get(grain) or _ORDINALS.get(ordinal) or _ORDINALS[ordinal[:3]])
    return number if grain == "quarter" or number <= 2 else 5


def _order(one: int, two: int, day_first: bool) -> tuple[int, int]:
    """Month and day of two numbers: one above 12 is the day, whatever the habit."""
    return (two, one) if one > 12 or (day_first and two <= 12) else (one, two)


def _day_of(month: int, day: int) -> Build:
    return lambda year: date(year, month, day)


def _place(start: int, end: int, grain: Grain, build: Build, year: str | None, today: date) -> Iterator[Point]:
    """The point in the year written, or else in the latest year in which it has begun; nothing for 31 February."""
    written = [int(year) if len(year) == 4 else 2000 + int(year)] if year else range(today.year, today.year - 8, -1)
    for each in written:
        try:
            since = build(each)
        except ValueError:
            continue
        if EARLIEST_YEAR <= since.year <= LATEST_YEAR and (year or since <= today):
            yield Point(start, end, since, shift(since, grain, 1), grain, not year, None if year else build)
            return
