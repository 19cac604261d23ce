"""Living through dated feedback again: its weeks taken in one by one, and the product's report read after each.

The store never holds what had not been said yet, the product's clock stands at the morning after the span that is
reported, and what its schedule queues is done, so that themes, names and reports are those a team would have had then.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eval.folders import Row, Upload, as_jsonl
from eval.running import open_engine_of, take_in, theme_documents, work
from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine
from synth.reports.spans import Span

ALARMS = ("new", "rising")  # the sections of a report that call for attention
WEEK, DAY = 7, 1
LEAST_WEEKS = 8  # of data that are told week by week; shorter ones day by day
_MORNING = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Raised:
    """A theme or word that a report raised: the span, how, what it said, and the documents behind it."""

    span: Span
    id: str
    name: str
    kind: str  # new, rising, or word
    said: str
    quotes: tuple[str, ...]
    documents: tuple[str, ...]  # external ids of those in the days that were compared


@dataclass(frozen=True, slots=True)
class Told:
    """What the reports of the spans raised, and what each step took."""

    spans: tuple[Span, ...]
    raised: tuple[Raised, ...]
    seconds: tuple[float, ...]

    def of(self, span: Span) -> list[Raised]:
        """What the report of one span raised."""
        return [each for each in self.raised if each.span == span]


class Hand:
    """The hand of the product's clock: it goes at its own pace from now, or from the morning after a span."""

    def __init__(self) -> None:
        self._began, self._moment = time.monotonic(), datetime.now(UTC)

    def set(self, span: Span) -> None:
        """Put it at the morning after the span."""
        self._began, self._moment = time.monotonic(), span.until + _MORNING

    def now(self) -> datetime:
        """The time."""
        return (self._moment + timedelta(seconds=time.monotonic() - self._began)).astimezone(UTC)


def cut(rows: Sequence[Row], timezone: str) -> tuple[Span, ...]:
    """The weeks of the feedback, first to last without a gap; its days, where it covers less than LEAST_WEEKS."""
    days = sorted(day for row in rows if (day := day_of(row, timezone)) is not None)
    if not days:
        return ()
    first, last = days[0] - timedelta(days=days[0].weekday()), days[-1]
    length = WEEK if (last - first).days >= LEAST_WEEKS * WEEK else DAY
    first = first if length == WEEK else days[0]
    count = (last - first).days // length + 1
    start = Span(first, first + timedelta(days=length), timezone)
    return tuple(start.back(-place) for place in range(count))


def day_of(row: Row, timezone: str) -> date | None:
    """The day a row was written on, in the zone; None where it has no date."""
    written = row.get("created_at")
    return datetime.fromisoformat(written).astimezone(ZoneInfo(timezone)).date() if written else None


def span_days(span: Span) -> Iterator[date]:
    """Its days, first to last."""
    return (span.first + timedelta(days=number) for number in range(span.days))


def live_through(rows: Sequence[Row], spans: Sequence[Span], embedder: Embedder, say: Callable[[str], None]) -> Told:
    """Take in all that lies before the spans at once, then span by span, and read the report of each."""
    batches = _batches(rows, spans)
    hand = Hand()
    hand.set(spans[0])
    raised: list[Raised] = []
    seconds: list[float] = []
    with open_engine_of(embedder, clock=hand.now) as engine:
        _take(engine, "before", batches[None])
        for span in spans:
            hand.set(span)
            start = time.perf_counter()
            _take(engine, span.id, batches[span])
            engine.tend(WORKSPACE)
            work(engine)
            raised += read_report(engine, span)
            seconds.append(time.perf_counter() - start)
            say(f"  {span.id}: {len(batches[span])} taken in, {seconds[-1]:.1f} s")
    return Told(tuple(spans), tuple(raised), tuple(seconds))


def look_back(engine: Engine, spans: Sequence[Span]) -> Told:
    """Read the reports of the spans from a store that knows everything."""
    return Told(tuple(spans), tuple(each for span in spans for each in read_report(engine, span)), ())


def read_report(engine: Engine, span: Span) -> Iterator[Raised]:
    """What the product's report of a span raises; nothing where nobody has said anything yet."""
    if not engine.imports(WORKSPACE).rows:
        return
    first, last = span.first.isoformat(), (span.end - timedelta(days=1)).isoformat()
    report = json.loads(engine.report(WORKSPACE, since=first, until=last, format="json"))
    for kind in ALARMS:
        for theme in report[kind]:
            yield _theme(engine, span, kind, theme)
    for word in report["rising_words"]:
        yield _word(engine, span, word)


def _batches(rows: Sequence[Row], spans: Sequence[Span]) -> Mapping[Span | None, list[Row]]:
    """The rows of each span; those without a date and those before the first under None, those after the last gone."""
    place = {day: span for span in spans for day in span_days(span)}
    batches: dict[Span | None, list[Row]] = defaultdict(list)
    for row in rows:
        day = day_of(row, spans[0].timezone)
        if day is None or day < spans[0].first:
            batches[None].append(row)
        elif day in place:
            batches[place[day]].append(row)
    return batches


def _take(engine: Engine, name: str, rows: Sequence[Row]) -> None:
    if rows:
        take_in(engine, [Upload(f"{name}.jsonl", as_jsonl(rows))])


def _theme(engine: Engine, span: Span, kind: str, theme: Mapping[str, Any]) -> Raised:
    documents = theme_documents(engine, theme["id"], _compared(span, theme).filters())
    return _raised(span, theme["id"], theme["name"], kind, theme["claim"], documents)


def _word(engine: Engine, span: Span, word: Mapping[str, Any]) -> Raised:
    documents = [str(engine.document(WORKSPACE, id)["external_id"]) for id in word["documents"]]
    return _raised(span, word["word"], word["word"], "word", word["claim"], documents)


def _compared(span: Span, told: Mapping[str, Any]) -> Span:
    """The days of a theme or word that were compared with those before."""
    return span.back(told["spans"]["now"] - 1).joined(span)


def _raised(span: Span, id: str, name: str, kind: str, claim: Mapping[str, Any], documents: Sequence[str]) -> Raised:
    quotes = tuple(citation["quote"] for citation in claim["citations"])
    return Raised(span, id, name, kind, claim["text"], quotes, tuple(documents))
