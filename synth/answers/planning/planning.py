"""From a question to a plan, by rules over its words and the values that occur: no model, no database."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Protocol

from synth.answers.lists import join_subjects
from synth.answers.planning.asked import read_asked, read_unit
from synth.answers.planning.days import say_days, shift, to_moment
from synth.answers.planning.fillers import HOLE, SPEAKER
from synth.answers.planning.known_values import key_words
from synth.answers.planning.matching import FoundValue, find_values
from synth.answers.planning.phrasing import ACCOUNTS, PEOPLE, TEXTS, compile_words, tidy
from synth.answers.planning.ratings import find_ratings
from synth.answers.planning.remains import find_about
from synth.answers.planning.rivals import find_subjects
from synth.answers.planning.times import FoundTime, find_times, hull
from synth.answers.planning.unknowns import Mention, find_breakdown, find_kind, find_languages, find_unknown
from synth.answers.planning.vocabulary import Vocabulary
from synth.errors import BadInput
from synth.intake.tabular.dates import get_zone
from synth.model import Asked, Condition, Filters, Plan

Days = tuple[date | None, date | None]

LONGEST_QUESTION: Final = 2000  # characters
HISTORIC_AFTER: Final = timedelta(days=35)  # from the newest document on, "last week" is counted back from it
MOST_OPTIONS: Final = 20  # values of a key that are compared when none are named

_SENTENCE: Final = re.compile(r"(?<=[?!])\s+|(?<=[^\W\d_]{4}\.)\s+(?=[A-ZÄÖÜ])")
_ASKS: Final = compile_words(
    r"(?:how|what|which|who|whose|why|when|where|did|do|does|is|are|has|have|was|were|compare|show|give|list|count"
    r"|tell|find|summari[sz]e|any"
    r"|wie|was|welche\w*|wer|warum|wieso|weshalb|wann|seit\s+wann|hat|haben|sind|ist|zeige?|nenne|vergleiche?|worüber"
    r"|gibt)\b"
)
_COMPARES_ALL: Final = compile_words(
    r"^(?:which|what|welche[rs]?)\s+(?P<noun>[^\W\d_]+)\s+(?:gets?|got|has|have|had|receives?|received|sees?|hat"
    r"|haben|bekommt|bekommen|erhält|erhalten)\s+(?:the\s+|die\s+)?"
    r"(?:most|fewest|least|meisten|wenigsten)\s+(?:complaints?|praise|mentions?|messages?|tweets?|reviews?|tickets?"
    r"|feedback|comments?|beschwerden|lob|nachrichten|bewertungen)\b"
)
_DIRECTION: Final = compile_words(r"^(?:did|do|does|is|are|has|have|were|was|sind|ist|haben|hat)\b")
_RANKS: Final = compile_words(
    r"(?:which|what|welche[rs]?)\s+(?P<noun>[\w-]+)(?P<second>\s+[\w-]+)?\b.*\b(?:most|fewest|least|highest|lowest|best|worst|meisten"
    r"|wenigsten|häufigsten)\b"
)
_MAKERS: Final = compile_words(
    r"airlines?|carriers?|compan(?:y|ies)|brands?|products?|apps?|channels?|platforms?|stores?|shops?|services?"
    r"|banks?|hotels?|restaurants?|providers?|vendors?|tools?|firma|marke|anbieter"
)
_ANYONE: Final = compile_words(rf"we|you|they|i|it|{PEOPLE}|{ACCOUNTS}|{TEXTS}")
_NARROWS: Final = compile_words(r"(?:only|just|nur)\b")
_SERIES: Final = compile_words(
    r"\b(?:per|by|pro)\s+(?:day|week|month|quarter|year|tag|woche|monat|quartal|jahr)\b|\bover\s+time\b"
    r"|\bim\s+(?:zeit)?verlauf\b"
)
_HOLDS: Final = ("what", "top", "who", "compare")  # what a question that holds subjects against each other looks like
_PERIODIC: Final = ("day", "week", "month", "quarter", "half", "year")


class Spanning(Protocol):
    """Something found in a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _Named:
    """The filters found in a text, what is left of it (they stand there as HOLE), and what is to be said about them."""

    mentions: tuple[Mention, ...]
    values: tuple[FoundValue, ...]
    breakdown: Mention | None
    left: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Clock:
    """The day relative times are counted from, the newest day they reach, and whether both are those of old"
    " documents.
    """

    today: date
    newest: date
    historic: bool


def plan_question(question: str, vocabulary: Vocabulary, *, now: datetime, timezone: str = "UTC") -> Plan:
    """The plan of a question in English or German; raises BadInput when it is empty or too long.

    Days are those of `timezone`. Relative times refer to `now`, or to the newest document where that is old; the notes
    of the plan say so.
    """
    zone = get_zone(timezone)
    text = _keep_questions(_check(question))
    clock = _set_clock(vocabulary, now.astimezone(zone).date())
    day_first = not timezone.startswith(("America/", "US/"))
    times = find_times(text, today=clock.today, newest=clock.newest, day_first=day_first)
    named = _find_named(blank(text, times, " "), vocabulary)
    rivals = _find_rivals(text, named, vocabulary)
    asked: Asked = (
        "compare" if rivals and named.breakdown else read_asked(text, rivals=bool(rivals), periods=len(times) > 1)
    )
    options = rivals if asked == "compare" else ()
    subjects = () if rivals or asked not in _HOLDS else find_subjects(named.left)
    asked = "compare" if subjects else asked
    periods = _find_periods(text, asked, times)
    since, until = (None, None) if periods else hull(times)
    conditions = dict.fromkeys(condition for mention in named.mentions for condition in mention.conditions)
    return Plan(
        question=question.strip(),
        asked=asked,
        unit=read_unit(named.left, asked),
        about=join_subjects(subjects) if subjects else find_about(named.left, asked),
        filters=_filters(since, until, zone, [each for each in conditions if each not in options]),
        options=options,
        periods=tuple(_filters(*period, zone) for period in periods),
        unknown=tuple(dict.fromkeys(mention.unknown for mention in named.mentions if mention.unknown)),
        notes=(*named.notes, *_speaker_notes(named.left), *_time_notes(times, periods, clock, vocabulary)),
    )


def _check(question: str) -> str:
    if len(question) > LONGEST_QUESTION:
        raise BadInput(f"Ask in at most {LONGEST_QUESTION:,} characters; this question has {len(question):,}.")
    text = tidy(question)
    if not re.search(r"\w", text):
        raise BadInput("The question is empty; ask what people say, how many, who, why or since when.")
    return text


def _keep_questions(text: str) -> str:
    """The sentences that ask or narrow ('Only Enterprise.'), where there are several; all of them where none asks."""
    sentences = _SENTENCE.split(text)
    asking = [sentence for sentence in sentences if sentence.endswith("?") or _ASKS.match(sentence)]
    if not asking:
        return text
    return " ".join(sentence for sentence in sentences if sentence in asking or _NARROWS.match(sentence))


def _set_clock(vocabulary: Vocabulary, today: date) -> _Clock:
    last = vocabulary.last_day
    if last is None or today - last <= HISTORIC_AFTER:
        return _Clock(today, today, historic=False)
    return _Clock(last + timedelta(days=1), last, historic=True)


def blank(text: str, spans: Iterable[Spanning], fill: str) -> str:
    """The text with each span replaced by `fill` and spaces, so that all offsets stay."""
    for span in spans:
        text = text[: span.start] + fill.ljust(span.end - span.start) + text[span.end :]
    return text


def _find_named(text: str, vocabulary: Vocabulary) -> _Named:
    """The filters of a text without its times: languages, ratings, values, and what the store does not have."""
    spans: list[Spanning] = [*find_languages(text, vocabulary), *find_kind(text, vocabulary)]
    left = blank(text, spans, HOLE)
    ratings = find_ratings(left, vocabulary.rating, vocabulary.values.get("source", ()))
    left = blank(left, ratings, HOLE)
    values = find_values(left, vocabulary)
    left = blank(left, values, HOLE)
    breakdown = find_breakdown(left, vocabulary)
    left = blank(left, [breakdown] if breakdown else [], HOLE)
    others = find_unknown(left, vocabulary)
    mentions = [each for each in spans if isinstance(each, Mention)]
    mentions += [
        Mention(each.start, each.end, each.conditions, None if each.conditions else text[each.start : each.end])
        for each in ratings
    ]
    mentions += [Mention(each.start, each.end, each.conditions) for each in values]
    notes = tuple(each.note for found in (ratings, values) for each in found if each.note)
    return _Named((*mentions, *others), values, breakdown, blank(left, others, HOLE), notes)


def _find_rivals(text: str, named: _Named, vocabulary: Vocabulary) -> tuple[Condition, ...]:
    """What could be compared: two or more values of one key, or all of a key that is asked for one by one."""
    by_key: dict[str, dict[Condition, None]] = {}
    for value in named.values:
        if value.operator == "=":
            by_key.setdefault(value.key, {}).update(dict.fromkeys(value.conditions))
    several = [tuple(conditions) for conditions in by_key.values() if len(conditions) > 1]
    if several:
        return max(several, key=len)
    key = named.breakdown.key if named.breakdown else _find_key_compared(text, vocabulary)
    values = vocabulary.values.get(key or "", ())
    return tuple(Condition(key or "", value) for value in values) if 1 < len(values) <= MOST_OPTIONS else ()


def _find_key_compared(text: str, vocabulary: Vocabulary) -> str | None:
    """The key whose values are meant by 'Which segment has the most complaints?'; makers and apps are sources."""
    match = _RANKS.match(text)
    nouns = (match["noun"] + (match["second"] or ""), match["noun"]) if match else ()
    for key in vocabulary.values:
        if key not in ("person", "account") and any(
            re.fullmatch(key_words(key), noun, re.IGNORECASE) for noun in nouns
        ):
            return key
    match = _COMPARES_ALL.match(text)
    return "source" if match and _MAKERS.fullmatch(match["noun"]) else None


def _find_periods(text: str, asked: Asked, times: Sequence[FoundTime]) -> tuple[Days, ...]:
    """The two times a question of change is about: both that are named, or the one named and the one before it."""
    if asked != "trend":
        return ()
    parts = (times[0].parts or times) if len(times) == 1 else times
    closed = [time for time in parts if time.since and time.until]
    if len(closed) >= 2 and not _SERIES.search(text):
        return _apart(*closed[:2])
    if len(times) == 1 and closed == [times[0]] and times[0].grain in _PERIODIC and _DIRECTION.match(text):
        return (_previous(times[0]), (times[0].since, times[0].until))
    return ()


def _apart(first: FoundTime, second: FoundTime) -> tuple[Days, ...]:
    """Two periods in order; where 'last month' and 'the previous month' are the same, the earlier one is before it."""
    if first.since == second.since:
        return (_previous(first), (first.since, first.until))
    return tuple((time.since, time.until) for time in sorted((first, second), key=lambda time: time.since or date.min))


def _previous(time: FoundTime) -> Days:
    assert time.since is not None
    return shift(time.since, time.grain, -1), time.since


def _filters(since: date | None, until: date | None, zone: tzinfo, where: Iterable[Condition] = ()) -> Filters:
    first, last = (to_moment(day, zone) if day else None for day in (since, until))
    return Filters(first, last, tuple(where))


def _speaker_notes(left: str) -> Iterator[str]:
    """What is said of a group that the question names as speakers and that no value stands for."""
    match = SPEAKER.search(left)
    if match and not _ANYONE.fullmatch(match["speaker"]):
        yield f"“{match['speaker']}” was not taken for a filter: nothing in the data is marked so."


def _time_notes(
    times: Sequence[FoundTime], periods: Sequence[Days], clock: _Clock, vocabulary: Vocabulary
) -> Iterator[str]:
    back = f", counted back from the newest document ({say_days(clock.newest, clock.today)})" if clock.historic else ""
    for time in times:
        if time.relative:
            yield f"“{time.said}” was read as {say_days(time.since, time.until)}{back}."
    if len(times) == 1 and periods and not times[0].parts:
        yield f"“{times[0].said}” was compared with {say_days(*periods[0])}."
    first, last = vocabulary.first_day, vocabulary.last_day
    if first and last and times and all(_is_outside(time, first, last) for time in times):
        yield f"The documents are from {say_days(first, last + timedelta(days=1))}; none is from {times[0].said}."


def _is_outside(time: FoundTime, first: date, last: date) -> bool:
    return bool((time.until and time.until <= first) or (time.since and time.since > last))
