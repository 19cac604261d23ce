"""The times a question names: single days and periods, ranges between two of them, and open ones since or before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from synth.answers.planning.days import Grain
from synth.answers.planning.phrasing import compile_words
from synth.answers.planning.relative_times import find_relative
from synth.answers.planning.written_dates import Point, find_written

_LEAD: Final = compile_words(
    r"\b(?:(?:in|im|on|am|at|as\s+of|during|within|throughout|over|for|from|of|by|between|von|vom|während|innerhalb"
    r"|über|aus|zwischen)\s+)?"
    r"(?:(?:the|all|year|month|both|des|der|dem|den|die|jahre?|monat|ganzen)\s+)*$"
)
_LEAD_OF_ADVERB: Final = compile_words(
    r"(?:last|previous|yesterday|today|gestern|heute|vorgestern|vor|\w+\s+\w+\s+ago)\b"
)
_ADVERB: Final = compile_words(r"(?:last|previous|yesterday|today|gestern|heute|vorgestern|vor|\w+\s+\w+\s+ago)\b")
_RANGE_LEAD: Final = compile_words(r"\b(?:between|from|zwischen|vom|von|ab)\s+(?:the\s+|dem\s+|den\s+)?$")
_JOINS: Final = compile_words(
    r"\s*(?:[-–—]|,?\s*\b(?:and|to|until|till?|through|thru|und|bis)\b)\s*(?:(?:on|the|zum|dem|den|einschließlich)\s+)?"
)
_WEAK_JOINS: Final = compile_words(r"\s*(?:\b(?:and|or|und|oder)\b|,)?\s*(?:(?:on|in|the|am|im|dem|den)\s+)?")
_SINCE: Final = compile_words(
    r"\b(?:ever\s+)?(?:since|starting(?:\s+(?:on|from|in))?|beginning(?:\s+(?:on|in))?|as\s+of|seit|ab)\s+(?:the\s+"
    r"|dem\s+|der\s+|beginn\s+)?$"
)
_FROM: Final = compile_words(r"\b(?:from|von|vom)\s+(?:the\s+|dem\s+)?$")
_ONWARDS: Final = compile_words(r"\s*(?:onwards?|on\b(?!\s+\w)|and\s+later|and\s+after|or\s+later|an\b)")
_AFTER: Final = compile_words(r"\b(?:after|later\s+than|nach)\s+(?:the\s+|dem\s+|der\s+)?$")
_BEFORE: Final = compile_words(r"\b(?:before|prior\s+to|earlier\s+than|vor)\s+(?:the\s+|dem\s+|der\s+)?$")
_UNTIL: Final = compile_words(
    r"\b(?:until|till?|up\s+(?:to|until)|through|bis(?:\s+(?:zum|zur|einschließlich|ende))?)\s+(?:the\s+|dem\s+)?$"
)
_NEAR: Final = 24  # characters before a time in which the words stand that open or close it


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time the question names: `question[start:end]` with its prepositions, and the days [since, until) it means.

    None is an open end. `said` is the time in the question's words. `relative` says that it depends on today (or that
    its year was not written); `parts` are the two times of a range, which a comparison may mean one by one.
    """

    start: int
    end: int
    said: str
    since: date | None
    until: date | None
    grain: Grain
    relative: bool = False
    parts: tuple["FoundTime", ...] = ()


def find_times(
    question: str, *, today: date, newest: date | None = None, day_first: bool = True
) -> tuple[FoundTime, ...]:
    """The times of the question in the order they are named; days are those of the zone that `today` is in.

    `newest` is the last day of "this week" and of "the past 7 days" (`today` where it is not given). A date without a
    year is the latest one that has begun. `day_first` reads 3/4 as 3 April; a number above 12 is a day in any case.
    """
    written = find_written(question, today, day_first=day_first)
    points = _choose([*written, *find_relative(question, today, newest or today)])
    found: list[FoundTime] = []
    index = 0
    while index < len(points):
        pair = points[index : index + 2]
        joined = _join(question, *pair) if len(pair) == 2 else None
        found.append(joined or _follow(question, found, _open(question, points[index])))
        index += 2 if joined else 1
    return tuple(found)


def _follow(text: str, found: Sequence[FoundTime], time: FoundTime) -> FoundTime:
    """The time, with the 'and' that joins it to the one named before it."""
    if found and _WEAK_JOINS.fullmatch(text, found[-1].end, time.start):
        return replace(time, start=found[-1].end)
    return time


def _choose(points: Iterable[Point]) -> list[Point]:
    """The longest points that do not overlap, in the order of the text."""
    chosen: list[Point] = []
    for point in sorted(points, key=lambda point: (point.start - point.end, point.start)):
        if all(point.end <= other.start or point.start >= other.end for other in chosen):
            chosen.append(point)
    return sorted(chosen, key=lambda point: point.start)


def _join(text: str, first: Point, second: Point) -> FoundTime | None:
    """The range from one point to the next, where the words between and before them say so; both ends belong to it."""
    between = text[first.end : second.start]
    lead = _RANGE_LEAD.search(text, max(0, first.start - _NEAR), first.start)
    weak = _WEAK_JOINS.fullmatch(between) is not None
    if not _JOINS.fullmatch(between) or (weak and not lead):
        return None
    first, second = _share_year(*_in_order(first, second))
    if second.since < first.since:
        return None
    parts = tuple(_found(text, point, point.start, point.since, point.until) for point in (first, second))
    start = lead.start() if lead else _lead(text, first)
    relative = first.relative or second.relative
    return FoundTime(start, second.end, text[start : second.end], first.since, second.until, "span", relative, parts)


def _in_order(first: Point, second: Point) -> tuple[Point, Point]:
    """From Monday to Wednesday: where Monday is nearer to today, the one before it is meant."""
    back = first.since - second.since
    if first.build or second.build or not timedelta(0) < back < timedelta(days=7) or first.grain != "day":
        return first, second
    return replace(first, since=first.since - timedelta(days=7), until=first.until - timedelta(days=7)), second


def _share_year(first: Point, second: Point) -> tuple[Point, Point]:
    """A year that is written once holds for both ends; the range does not run backwards."""
    try:
        if first.build and not second.build:
            first = _not_after(first, second)
        elif second.build:
            second = _not_before(first, second)
    except ValueError:
        pass
    return first, second


def _not_after(first: Point, second: Point) -> Point:
    same = first.in_year(second.since.year)
    return same if same.since <= second.since else first.in_year(second.since.year - 1)


def _not_before(first: Point, second: Point) -> Point:
    if first.build and second.since >= first.since:
        return second
    if first.build:
        return second if second.since >= first.since else second.in_year(first.since.year + 1)
    same = second.in_year(first.since.year)
    return same if same.since >= first.since else second.in_year(first.since.year + 1)


def _open(text: str, point: Point) -> FoundTime:
    """The point itself, or all that is since, after, before or until it."""
    head = text[max(0, point.start - _NEAR) : point.start]
    offset = point.start - len(head)
    if match := _SINCE.search(head):
        return _found(text, point, offset + match.start(), point.since, None)
    if (match := _FROM.search(head)) and (tail := _ONWARDS.match(text, point.end)):
        return _found(text, replace(point, end=tail.end()), offset + match.start(), point.since, None)
    if match := _AFTER.search(head):
        return _found(text, point, offset + match.start(), point.until, None)
    if match := _BEFORE.search(head):
        return _found(text, point, offset + match.start(), None, point.since)
    if match := _UNTIL.search(head):
        return _found(text, point, offset + match.start(), None, point.until)
    return _found(text, point, _lead(text, point), point.since, point.until)


def _lead(text: str, point: Point) -> int:
    """Where the prepositions begin that lead to the time."""
    pattern = _LEAD_OF_ADVERB if _ADVERB.match(text, point.start) else _LEAD
    match = pattern.search(text, max(0, point.start - _NEAR), point.start)
    return match.start() if match else point.start


def _found(text: str, point: Point, start: int, since: date | None, until: date | None) -> FoundTime:
    grain: Grain = point.grain if since and until else "span"
    return FoundTime(start, point.end, text[point.start : point.end], since, until, grain, point.relative)


def hull(times: Sequence[FoundTime]) -> tuple[date | None, date | None]:
    """One range for several times: open ends meet ("since May, before July"), closed ones are taken together."""
    closed = [time for time in times if time.since and time.until]
    lows = [time.since for time in times if time.since and not time.until]
    highs = [time.until for time in times if time.until and not time.since]
    since = max(lows) if lows else min((time.since for time in closed if time.since), default=None)
    until = min(highs) if highs else max((time.until for time in closed if time.until), default=None)
    return since, until
