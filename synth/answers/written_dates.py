"""Dates, weeks, months, quarters and years as people write them, in English and German."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from synth.answers.days import EARLIEST_YEAR, LATEST_YEAR, MONTHS, Grain, shift
from synth.answers.phrasing import compile_words

Build = Callable[[int], date]

_MONTH: Final = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_DAY: Final = r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\.?"
_NEXT: Final = r"\s*(?:-|–|—|,|\band\b|\bto\b|\bor\b|\buntil\b|\btill?\b|\bthrough\b|\bund\b|\bbis\b|\boder\b)\s*(?:the|dem|zum|den)?\s*"
_YEAR: Final = r"(?:(?:,\s*|\s+|'|/|\s+of\s+|\s+in\s+)(?P<year>(?:19|20)\d\d)(?![\d.,]\d|\d))?"
_BEFORE_BARE: Final = compile_words(
    r"\b(?:in|during|since|until|till|before|after|by|from|between|and|to|through|for|over|of|last|this|than|versus|vs\.?|with|early|late"
    r"|mid|im|seit|ab|bis|vor|nach|von|vom|zwischen|und|letzten|diesen|diesem|anfang|mitte|ende|zum|gegenüber|als|monat)\s+$"
)
_BEFORE_NUMBERS: Final = compile_words(
    r"\b(?:on|since|until|till|before|after|by|from|between|and|to|through|the|am|seit|ab|bis|vor|nach|vom|zwischen|und|dem|den|zum)\s+$"
)
_BEFORE_YEAR: Final = compile_words(
    r"\b(?:in|during|since|until|till|before|after|by|from|between|and|to|through|for|of|year|seit|ab|bis|vor|nach|von|zwischen|und"
    r"|jahr|jahre|than|vs\.?)\s+$"
)
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4}
_LOWER_CASE_WORDS: Final = frozenset({"may", "march", "mar", "mai", "dec", "sep", "jan", "august"})


@dataclass(frozen=True, slots=True)
class Point:
    """One written time: `text[start:end]` and the days [since, until) it means.

    `build` gives the first day for a year, where none was written and `since` is the latest such day before `today`.
    """

    start: int
    end: int
    since: date
    until: date
    grain: Grain
    relative: bool = False
    build: Build | None = None

    def in_year(self, year: int) -> "Point":
        """The same time in the year given, where none was written."""
        if self.build is None:
            return self
        since = self.build(year)
        return Point(self.start, self.end, since, shift(since, self.grain, 1), self.grain)


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], bool], Build]
    grain: Grain
    before: re.Pattern[str] | None = None


def find_written(text: str, today: date, *, day_first: bool) -> Iterator[Point]:
    """Every time that is written in the text, in no order and possibly overlapping."""
    yield from _find_shared(text, today)
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            if form.before is None or _may_stand(form, match):
                yield from _read(match, form.grain, lambda found, form=form: form.read(found, day_first), today)


def _may_stand(form: _Form, match: re.Match[str]) -> bool:
    """Whether a word that could be an ordinary one ('may', '9/10') stands where a time is expected."""
    assert form.before is not None
    if match.re.groupindex.get("year") and match["year"]:
        return not match[0][0].islower() or match[0][:3].casefold() not in ("may", "mar")
    if match[0].casefold().rstrip(".") in _LOWER_CASE_WORDS and match[0][0].islower():
        return bool(re.search(r"\b(?:in|during|since|until|im|seit)\s+$", match.string[: match.start()], re.IGNORECASE))
    return bool(form.before.search(match.string, max(0, match.start() - 20), match.start()))


def _read(match: re.Match[str], grain: Grain, read: Callable[[re.Match[str]], Build], today: date) -> Iterator[Point]:
    try:
        build = read(match)
        point = place(match.start(), match.end(), grain, build, match.groupdict().get("year"), today)
    except (ValueError, OverflowError):
        return
    if EARLIEST_YEAR <= point.since.year <= LATEST_YEAR:
        yield point


def place(start: int, end: int, grain: Grain, build: Build, year: str | None, today: date) -> Point:
    """The point in the year written, or else in the latest year in which it has begun by `today`."""
    if year:
        since = build(_complete(year))
        return Point(start, end, since, shift(since, grain, 1), grain)
    for guess in range(today.year, today.year - 8, -1):
        try:
            since = build(guess)
        except ValueError:
            continue
        if since <= today:
            return Point(start, end, since, shift(since, grain, 1), grain, relative=True, build=build)
    raise ValueError(f"no year for {start}:{end}")


def _complete(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


_DAYS_THEN_MONTH: Final = compile_words(
    rf"(?<![\w.])(?P<first>{_DAY}){_NEXT}(?P<second>{_DAY})\s*(?:of\s+)?(?P<month>{_MONTH}){_YEAR}"
)
_MONTH_THEN_DAYS: Final = compile_words(
    rf"\b(?P<month>{_MONTH})\s*(?P<first>{_DAY}){_NEXT}(?P<second>{_DAY})(?!\s*(?:{_MONTH}))(?!\d){_YEAR}"
)


def _find_shared(text: str, today: date) -> Iterator[Point]:
    """Two days that share a month: '17 and 19 February 2015', 'Feb 17–19'."""
    for pattern in (_DAYS_THEN_MONTH, _MONTH_THEN_DAYS):
        for match in pattern.finditer(text):
            for name in ("first", "second"):
                month, day = _month(match["month"]), int(re.sub(r"\D", "", match[name]))
                try:
                    build = _day_of(month, day)
                    point = place(match.start(name), match.end(name), "day", build, match["year"], today)
                except (ValueError, OverflowError):
                    continue
                start = match.start() if name == "first" else point.start
                yield Point(start, match.end() if name == "second" else point.end, *_rest(point))


def _rest(point: Point) -> tuple[date, date, Grain, bool, Build | None]:
    return point.since, point.until, point.grain, point.relative, point.build


def _month(word: str) -> int:
    return MONTHS[word.casefold().rstrip(".")]


def _day_of(month: int, day: int) -> Build:
    return lambda year: date(year, month, day)


def _read_named_day(match: re.Match[str], day_first: bool) -> Build:
    return _day_of(_month(match["month"]), int(match["day"]))


def _read_iso(match: re.Match[str], day_first: bool) -> Build:
    return _day_of(int(match["month"]), int(match["day"]))


def _read_numeric(match: re.Match[str], day_first: bool) -> Build:
    first, second = int(match["one"]), int(match["two"])
    if "." in match[0] or first > 12 or (day_first and second <= 12):
        first, second = second, first
    return _day_of(first, second)


def _read_month(match: re.Match[str], day_first: bool) -> Build:
    return _day_of(_month(match["month"]), 1)


def _read_month_number(match: re.Match[str], day_first: bool) -> Build:
    return _day_of(int(match["month"]), 1)


def _read_week(match: re.Match[str], day_first: bool) -> Build:
    week = int(match["week"])
    return lambda year: date.fromisocalendar(year, week, 1)


def _read_week_of(match: re.Match[str], day_first: bool) -> Build:
    build = _day_of(_month(match["month"]), int(match["day"]))
    return lambda year: build(year) - timedelta(days=build(year).weekday())


def _read_quarter(match: re.Match[str], day_first: bool) -> Build:
    word = (match["number"] or match["ordinal"] or match["count"]).casefold()
    number = int(word) if word.isdigit() else _ORDINALS[word.rstrip("sr") if word not in _ORDINALS else word]
    return _day_of(3 * number - 2, 1)


def _read_half(match: re.Match[str], day_first: bool) -> Build:
    word = (match["number"] or match["ordinal"]).casefold()
    number = int(word) if word.isdigit() else _ORDINALS[word.rstrip("sr") if word not in _ORDINALS else word]
    return _day_of(6 * number - 5, 1)


def _read_year(match: re.Match[str], day_first: bool) -> Build:
    return _day_of(1, 1)


_OF_YEAR: Final = r"(?:(?:\s*/\s*|\s+|,\s*|-)(?:(?:of|in|von|des Jahres)\s+)?(?P<year>(?:19|20)\d\d)\b)?"
_FORMS: Final = (
    _Form(compile_words(r"(?<![\d.-])(?P<year>(?:19|20)\d\d)([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"), _read_iso, "day"),
    _Form(
        compile_words(rf"(?<![\w.:/])(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?(?P<month>{_MONTH}){_YEAR}"),
        _read_named_day,
        "day",
    ),
    _Form(
        compile_words(rf"\b(?P<month>{_MONTH})\s*(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|[.,/]\d){_YEAR}"),
        _read_named_day,
        "day",
    ),
    _Form(
        compile_words(r"(?<![\d./-])(?P<one>\d{1,2})([./-])(?P<two>\d{1,2})\2(?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])"),
        _read_numeric,
        "day",
    ),
    _Form(
        compile_words(r"(?<![\d./-])(?P<one>\d{1,2})(?:/(?P<two>\d{1,2})(?![\d./-]|\s*(?:stars?\b|\w+ers\b)))"),
        _read_numeric,
        "day",
        _BEFORE_NUMBERS,
    ),
    _Form(compile_words(r"(?<![\d./-])(?P<one>\d{1,2})\.(?P<two>\d{1,2})\.(?!\d)"), _read_numeric, "day", _BEFORE_NUMBERS),
    _Form(
        compile_words(
            rf"\b(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?(?P<month>{_MONTH}){_YEAR}"
        ),
        _read_week_of,
        "week",
    ),
    _Form(
        compile_words(
            rf"\b(?:the\s+)?week\s+(?:of|from|starting|beginning)\s+(?P<month>{_MONTH})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){_YEAR}"
        ),
        _read_week_of,
        "week",
    ),
    _Form(compile_words(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/ ]?(?:W|KW|CW)[- ]?(?P<week>\d{1,2})\b"), _read_week, "week"),
    _Form(
        compile_words(rf"\b(?:calendar\s+week|week|kalenderwoche|woche|kw|cw|w)(?:\s+(?:no\.?|number|nr\.?))?\s?#?(?P<week>\d{{1,2}})\b{_OF_YEAR}"),
        _read_week,
        "week",
    ),
    _Form(compile_words(r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})(?![\d-])"), _read_month_number, "month"),
    _Form(compile_words(rf"\b(?P<month>{_MONTH}){_YEAR}(?!\s*\d{{1,2}}(?:\D|$))"), _read_month, "month", _BEFORE_BARE),
    _Form(
        compile_words(
            r"\b(?:the\s+)?(?:Q(?P<number>[1-4])\b|(?P<ordinal>first|second|third|fourth|erste[sn]?|zweite[sn]?|dritte[sn]?|vierte[sn]?"
            rf"|)(?P<count>[1-4])?(?:\.|st|nd|rd|th)?\s*(?:quarter|quartal)\b){_OF_YEAR}"
        ),
        _read_quarter,
        "quarter",
    ),
    _Form(compile_words(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/ ]?Q(?P<number>[1-4])\b(?P<ordinal>)(?P<count>)"), _read_quarter, "quarter"),
    _Form(
        compile_words(
            r"\b(?:the\s+)?(?:H(?P<number>[12])\b|(?P<ordinal>first|second|erste[nr]?|zweite[nr]?)\s+(?:half|halbjahr|jahreshälfte|hälfte)\b)"
            rf"{_OF_YEAR}"
        ),
        _read_half,
        "half",
    ),
    _Form(compile_words(r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)(?![\d/%-]|[.,:]\d|\s+(?:%|users|people|customers|times))"), _read_year, "year", _BEFORE_YEAR),
)
