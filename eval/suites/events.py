"""Known events in dated feedback: is each named by the reports in time, and are they quiet where nothing happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eval.folders import Known, Row, Upload, as_jsonl, find, hash_files, open_collection, open_events
from eval.metrics import percentile
from eval.replaying import Hand, Raised, Told, cut, day_of, live_through, look_back, span_days
from eval.results import Case, Figure, SuiteResult, sampled, share, timed
from eval.running import RememberingEmbedder, Suite, Task, as_items, open_engine_of, take_in
from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.reports.spans import Span

SHARE = 0.5  # of the documents behind what is raised, that match the pattern of an event it names
IN_TIME = 2  # whole spans of an event within which it has to be named
AROUND = 26  # spans lived through ahead of the first event and after the last
DOUBLED = 5  # every fifth quiet span is doubled: what is compared with it stays as it was
PER = 10  # spans that false alarms are counted over
WORST = 60
_EXAMPLES = 3
_SHOWN = 400  # characters of a text


@dataclass(frozen=True, slots=True)
class Named:
    """When an event was first named, by what; the spans in which that is in time."""

    event: Known
    first: Raised | None
    in_time: bool

    @property
    def delay(self) -> int | None:
        """Days from its beginning to the end of the span whose report names it first."""
        return (self.first.span.end - self.event.start).days if self.first else None


def run(task: Task) -> SuiteResult:
    """Read the reports around the events: knowing everything, living through them, and with quiet spans doubled."""
    events = open_events(task.folder)
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    embedder = RememberingEmbedder(task.embedder)
    hand = Hand()
    with open_engine_of(embedder, clock=hand.now) as engine:
        take_in(engine, collection.uploads)
        rows = as_items(engine)
        spans = choose_spans(cut(rows, engine.parts.zone(WORKSPACE)), events)
        hand.set(spans[-1])
        known = look_back(engine, spans)
    task.say(f"events: {len(spans)} spans lived through, one by one")
    lived = live_through(rows, spans, embedder, task.say)
    loud = quiet(spans, events)[::DOUBLED]
    hand.set(spans[-1])
    with open_engine_of(embedder, clock=hand.now) as engine:
        take_in(engine, [Upload("doubled.jsonl", as_jsonl(double(rows, loud)))])
        louder = look_back(engine, loud)
    texts = {row["id"]: row["text"] for row in rows}
    return SuiteResult(
        suite="events",
        data=task.folder.name,
        sha256=hash_files([*collection.files, find(task.folder, "events.jsonl")]),
        rows=len(rows),
        figures={
            **measure(lived, events, texts, seed=task.seed),
            **{f"hindsight.{name}": each for name, each in measure(known, events, texts, seed=task.seed).items()},
            "volume_alarms": more_alarms(louder, known, loud, seed=task.seed),
            "step_seconds.p50": timed(percentile(lived.seconds, 0.50), n=len(spans)),
            "step_seconds.p95": timed(percentile(lived.seconds, 0.95), n=len(spans)),
        },
        parameters={**task.parameters(), "spans": len(spans), "days_each": spans[0].days, "share": SHARE},
        cases=_cases(lived, events, texts),
        notes=_NOTES,
    )


def choose_spans(spans: Sequence[Span], events: Sequence[Known]) -> tuple[Span, ...]:
    """Those from AROUND ahead of the first event to AROUND after the last; raises BadInput where none lies in them."""
    within = [place for place, span in enumerate(spans) if _goes_on(span, events)]
    if not within:
        raise BadInput("No event lies within the days of the feedback; the suite `events` has nothing to wait for.")
    return tuple(spans[max(0, within[0] - AROUND) : within[-1] + 1 + AROUND])


def quiet(spans: Sequence[Span], events: Sequence[Known]) -> list[Span]:
    """The spans none of whose days lies in an event, and that have a span before them to compare with."""
    return [span for span in spans[1:] if not _goes_on(span, events)]


def double(rows: Sequence[Row], spans: Sequence[Span]) -> list[Row]:
    """The rows, those of the spans twice: the same words from as many others."""
    days = {day for span in spans for day in span_days(span)}
    again = [
        {**row, "id": f"{row['id']} again", **({"author": f"{row['author']} again"} if "author" in row else {})}
        for row in rows
        if day_of(row, spans[0].timezone) in days
    ]
    return [*rows, *again]


def measure(told: Told, events: Sequence[Known], texts: Mapping[str, str], *, seed: int) -> dict[str, Figure]:
    """What was named of the events, how late, and how often something was raised where nothing is known."""
    named = [name_event(event, told, texts) for event in events]
    delays = {each.event.id: float(each.delay) for each in named if each.delay is not None}
    return {
        "detected": share({each.event.id: each.in_time for each in named}),
        "named": share({each.event.id: each.first is not None for each in named}),
        "delay_days": replace(sampled(delays, seed=seed), better="lower", note="" if delays else "no event was named"),
        "false_alarms": _alarms(told, quiet(told.spans, events), seed=seed),
        "other_alarms": replace(_alarms(told, _busy(told.spans, events), events, texts, seed=seed), nature="fact"),
    }


def name_event(event: Known, told: Told, texts: Mapping[str, str]) -> Named:
    """When an event was first named while it lasted.

    The span it begins in counts as its first where it holds most of that span's days, else the next one does.
    """
    lasting = [span for span in told.spans if _goes_on(span, [event])]
    raised = [each for span in lasting for each in told.of(span) if names(each, event, texts)]
    begun = sum(event.lasts(day) for day in span_days(lasting[0])) * 2 > lasting[0].days if lasting else True
    in_time = lasting[: IN_TIME if begun else IN_TIME + 1]
    return Named(event, raised[0] if raised else None, bool(raised) and raised[0].span in in_time)


def names(raised: Raised, event: Known, texts: Mapping[str, str]) -> bool:
    """Whether what was raised is about the event."""
    return matching(raised, event, texts) >= SHARE


def matching(raised: Raised, event: Known, texts: Mapping[str, str]) -> float:
    """The share of the documents behind it that match the pattern of an event."""
    found = [bool(event.pattern.search(texts.get(key, ""))) for key in raised.documents]
    return sum(found) / len(found) if found else 0.0


def more_alarms(louder: Told, told: Told, spans: Sequence[Span], *, seed: int) -> Figure:
    """How many more themes and words are raised where every row was doubled than where none was, per PER spans."""
    more = {span.id: PER * float(max(0, len(louder.of(span)) - len(told.of(span)))) for span in spans}
    return replace(sampled(more, seed=seed), better="lower", note="" if more else "no such span")


def _alarms(
    told: Told,
    spans: Sequence[Span],
    events: Sequence[Known] = (),
    texts: Mapping[str, str] | None = None,
    *,
    seed: int,
) -> Figure:
    """What was raised and names none of the events, per PER spans."""
    counts = {
        span.id: PER
        * float(sum(not any(names(each, event, texts or {}) for event in events) for each in told.of(span)))
        for span in spans
    }
    return replace(sampled(counts, seed=seed), better="lower", note="" if counts else "no such span")


def _goes_on(span: Span, events: Sequence[Known]) -> bool:
    return any(event.lasts(day) for event in events for day in span_days(span))


def _busy(spans: Sequence[Span], events: Sequence[Known]) -> list[Span]:
    return [span for span in spans[1:] if _goes_on(span, events)]


def _cases(told: Told, events: Sequence[Known], texts: Mapping[str, str]) -> list[Case]:
    """Events not named in time, then false alarms, then all else that was raised, each in the order of time."""
    late = [_event_case(each) for event in events if not (each := name_event(event, told, texts)).in_time]
    silent = set(quiet(told.spans, events))
    raised = sorted(told.raised, key=lambda each: (each.span not in silent, each.span.first))
    return [*late, *(_raised_case(each, events, texts, false=each.span in silent) for each in raised)][:WORST]


def _event_case(named: Named) -> Case:
    first = named.first
    when = f"first named in {first.span.id}, as “{first.name}”" if first else "not named while it lasted"
    event = named.event
    shown = (("from", f"{event.start} to {event.end or 'the end'}"), ("pattern", event.pattern.pattern))
    return Case(event.id, 0.0, f"{event.what}: {when}", shown)


def _raised_case(raised: Raised, events: Sequence[Known], texts: Mapping[str, str], *, false: bool) -> Case:
    event = max(events, key=lambda event: (_goes_on(raised.span, [event]), matching(raised, event, texts)))
    match = matching(raised, event, texts)
    verdict = "false alarm" if false else f"names “{event.what}”" if match >= SHARE else "about something else"
    title = f"{raised.span.id}, {raised.kind}: “{raised.name}” ({verdict})"
    shown = [("said", raised.said), *(("quoted", quote[:_SHOWN]) for quote in raised.quotes)]
    shown += [("behind it", texts.get(key, "")[:_SHOWN]) for key in raised.documents[:_EXAMPLES]]
    return Case(f"{raised.span.id}.{raised.id}", round(match, 4), title, tuple(shown))


_NOTES = (
    "Lived: every span was taken in and reported before the next one was known. hindsight.*: all was taken in first.",
    (
        f"An event is named when at least {SHARE:.0%} of the documents behind a new or rising theme, "
        "or behind a word said more than before, match its pattern; "
        f"detected: by the report of its {IN_TIME}nd span at the latest."
    ),
    (
        f"false_alarms: raised in spans outside of the events, per {PER} spans; other_alarms: within events, "
        f"about something else. volume_alarms: how many more are raised when every row of a quiet span is doubled."
    ),
)
SUITE = Suite(
    "events",
    "items.jsonl[.gz] with created_at, or exported files; events.jsonl",
    "detected, named, delay_days, false_alarms (per 10 weeks), other_alarms, the same in hindsight.*, volume_alarms, "
    "step_seconds",
    run,
)
