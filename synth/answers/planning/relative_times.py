"""Times counted from today, in English and German: yesterday, last week, the past 7 days, vor zwei Monaten, since"
" the 5th.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from synth.answers.planning.days import MONTHS, NUMBERS, WEEKDAYS, Grain, add_months, read_number, shift, start_of
from synth.answers.planning.phrasing import compile_words
from synth.answers.planning.written_dates import Point

Span = tuple[date, date, Grain]
Reader = Callable[[re.Match[str], date, date], Span]

_NUMBER: Final = (
    r"(?P<number>\d{1,3}|(?:a\s+)?couple(?:\s+of)?|(?:a\s+)?few|several|"
    + "|".join(sorted((word for word in NUMBERS if word not in ("couple", "few", "several")), key=len, reverse=True))
    + ")"
)
_UNIT: Final = (
    r"(?P<unit>hours?|days?|weeks?|fortnights?|months?|quarters?|years?|stunden?|tagen?|tag|wochen?|monate?[sn]?"
    r"|quartalen?|quartals?"
    r"|jahre?[sn]?)\b"
)
_WEEKDAY: Final = "(?P<weekday>" + "|".join(WEEKDAYS) + r")s?\b"
_MONTH: Final = (
    "(?P<month>" + "|".join(sorted((name for name in MONTHS if len(name) > 3), key=len, reverse=True)) + r")\b"
)
_LAST: Final = r"(?:last|previous|letzte[nmrs]?|vergangene[nmrs]?|vorige[nmrs]?)"
_THIS: Final = r"(?:this|current|the\s+current|diese[nmrs]?|aktuelle[nmrs]?|laufende[nmrs]?)"
_GRAINS: Final[dict[str, Grain]] = {
    "d": "day",
    "t": "day",
    "w": "week",
    "m": "month",
    "q": "quarter",
    "y": "year",
    "j": "year",
}


def find_relative(text: str, today: date, newest: date) -> Iterator[Point]:
    """Every relative time of the text, in no order and possibly overlapping.

    `today` is the day that yesterday and last week are counted from; `newest` is the last day of this week and of the
    past seven days. The two differ when the newest document is taken for the present.
    """
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            try:
                since, until, grain = read(match, today, newest)
            except (ValueError, OverflowError):
                continue
            start, end = match.span("span") if "span" in pattern.groupindex else match.span()
            yield Point(start, end, since, until, grain, relative=True)


def _grain(unit: str) -> Grain:
    return _GRAINS[unit[0].casefold()]


def _day(day: date) -> Span:
    return day, day + timedelta(days=1), "day"


def _read_rolling(match: re.Match[str], _today: date, newest: date) -> Span:
    """The N days, weeks or months that end with the newest day."""
    unit = match["unit"].casefold()
    number = read_number(match["number"]) if match["number"] else _vague(unit)
    end = newest + timedelta(days=1)
    if unit[0] in "hs":
        return end - timedelta(days=-(-number // 24)), end, "span"
    if unit.startswith("fort"):
        return end - timedelta(days=14 * number), end, "span"
    return shift(end, _grain(unit), -number), end, "span"


def _vague(unit: str) -> int:
    """How many of them 'recent weeks' are; one for 'the past week'."""
    return {"days": 7, "tagen": 7, "weeks": 4, "wochen": 4, "months": 3, "monaten": 3}.get(unit, 1)


def _read_ago(match: re.Match[str], today: date, _newest: date) -> Span:
    """The day, week, month or year that many before the present one."""
    unit = match["unit"].casefold()
    if unit[0] in "hs":
        return _day(today)
    grain = _grain(unit)
    since = start_of(shift(today, grain, -read_number(match["number"])), grain)
    return since, shift(since, grain, 1), grain


def _read_last(match: re.Match[str], today: date, _newest: date) -> Span:
    grain = _grain(match["unit"])
    since = shift(start_of(today, grain), grain, -2 if match["twice"] else -1)
    return since, shift(since, grain, 1), grain


def _read_this(match: re.Match[str], _today: date, newest: date) -> Span:
    grain = _grain(match["unit"])
    since = start_of(newest, grain)
    return since, shift(since, grain, 1), grain


def _read_weekend(match: re.Match[str], today: date, _newest: date) -> Span:
    """The latest weekend that has begun; the last one is over."""
    monday = start_of(today, "week")
    saturday = monday + timedelta(days=5)
    if saturday > today or not match["this"]:
        saturday -= timedelta(days=7)
    return saturday, saturday + timedelta(days=2), "span"


def _read_weekday(match: re.Match[str], today: date, _newest: date) -> Span:
    back = (today.weekday() - WEEKDAYS[match["weekday"].casefold()]) % 7
    return _day(today - timedelta(days=back or 7))


def _read_last_month(match: re.Match[str], today: date, _newest: date) -> Span:
    """Last October: the latest one that is over, or this year's with 'this'."""
    month = MONTHS[match["month"].casefold()]
    since = date(today.year, month, 1)
    if not match["this"] and add_months(since, 1) > today:
        since = add_months(since, -12)
    return since, add_months(since, 1), "month"


def _read_day_of_month(match: re.Match[str], today: date, _newest: date) -> Span:
    """The 5th: of this month, or of the one before while it has not come."""
    number = int(match["day"])
    for back in range(3):
        first = add_months(today.replace(day=1), -back)
        if add_months(first, 1) - timedelta(days=1) >= first + timedelta(days=number - 1) <= today:
            return _day(first + timedelta(days=number - 1))
    raise ValueError(match[0])


def _read_days_back(back: int) -> Reader:
    return lambda _match, today, _newest: _day(today - timedelta(days=back))


def _read_today(_match: re.Match[str], _today: date, newest: date) -> Span:
    return _day(newest)


def _read_year_to_date(_match: re.Match[str], _today: date, newest: date) -> Span:
    return start_of(newest, "year"), newest + timedelta(days=1), "span"


_FORMS: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = tuple(
    (compile_words(pattern), read)
    for pattern, read in (
        (r"\b(?:the\s+)?day\s+before\s+yesterday\b|\bvorgestern\b", _read_days_back(2)),
        (r"\byesterday\b|\bgestern\b", _read_days_back(1)),
        (r"\btoday\b|\bheute\b", _read_today),
        (r"\b(?:so\s+far\s+this\s+year|(?:the\s+)?year\s+to\s+date|ytd)\b", _read_year_to_date),
        (
            rf"\b(?:the\s+|de[nrm]\s+|die\s+)?(?:last|past|previous|letzten|vergangenen|vorigen)\s+{_NUMBER}\s+{_UNIT}",
            _read_rolling,
        ),
        (rf"\b(?:the\s+)?(?:past|recent)\s+(?P<number>)?{_UNIT}", _read_rolling),
        (rf"\b(?:over|in|during|within)\s+the\s+last\s+(?P<number>)?{_UNIT}", _read_rolling),
        (rf"\b(?:in|während|über)\s+den\s+letzten\s+(?P<number>)?{_UNIT}", _read_rolling),
        (rf"\bseit\s+{_NUMBER}\s+{_UNIT}", _read_rolling),
        (rf"\b(?:about\s+)?{_NUMBER}\s+{_UNIT}\s+ago\b", _read_ago),
        (rf"\bvor\s+{_NUMBER}\s+{_UNIT}", _read_ago),
        (rf"\b(?:the\s+)?(?P<twice>)?{_LAST}\s+{_UNIT}(?!\s+before\b)", _read_last),
        (rf"\b(?:the\s+)?{_UNIT}\s+(?P<twice>before\s+last|before\s+that|before(?=\s*[?.]?\s*$))", _read_last),
        (rf"\b(?P<twice>vorletzte[nmrs]?)\s+{_UNIT}", _read_last),
        (rf"\b{_THIS}\s+{_UNIT}(?:\s+so\s+far)?", _read_this),
        (
            rf"\b(?:(?P<this>this|diese[sm]?)|{_LAST}|(?:on|over|am)(?:\s+the)?)\s+(?:weekend|wochenende)\b",
            _read_weekend,
        ),
        (rf"\b(?P<span>(?:{_LAST}|this|diesen)\s+{_WEEKDAY})", _read_weekday),
        (
            (
                rf"\b(?:on|since|seit|am|until|till|bis|before|after|between|and|from|to|than|oder"
                rf"|or)\s+(?P<span>{_WEEKDAY})"
            ),
            _read_weekday,
        ),
        (rf"\b(?:(?P<this>this|diese[nmrs]?)|{_LAST})\s+{_MONTH}(?!\s*\d)", _read_last_month),
        (
            (
                r"\bthe\s+(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\b(?!\s+(?:percentile|time|floor|attempt"
                r"|of\s+(?!the\s+month)))"
            ),
            _read_day_of_month,
        ),
        (
            (
                r"\b(?:seit|am|ab|bis|vom|und|zum|vor|nach|zwischen)\s+(?P<span>(?:dem\s+|zum\s+|den\s+)?(?P<day>[12]?\d"
                r"|3[01])\.)(?!\s*[\dA-ZÄ])"
            ),
            _read_day_of_month,
        ),
    )
)
