"""What a report raised against what is known to have happened: worked by hand, and lived through."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from plain import write_rows

from eval.folders import Known
from eval.replaying import Raised, Told, cut, live_through
from eval.running import Task
from eval.suites import events
from synth.embedding import HashingEmbedder
from synth.errors import BadInput
from synth.reports.spans import Span

MONDAY = date(2026, 8, 3)
WEEKS = tuple(Span(MONDAY, MONDAY + timedelta(weeks=1), "UTC").back(-number) for number in range(6))
TEXTS = {"s1": "our school cannot log in", "s2": "my class is waiting", "x1": "nice app", "x2": "too slow"}


def known(start: date, end: date | None = None) -> Known:
    return Known("school", "schools begin", start, end, re.compile(r"\b(school|class)", re.IGNORECASE))


def raised(week: int, documents: Sequence[str], kind: str = "rising") -> Raised:
    return Raised(WEEKS[week], "T1", "School", kind, "More school.", ("a quote",), tuple(documents))


def told(*each: Raised) -> Told:
    return Told(WEEKS, each, (0.1,) * len(WEEKS))


def test_an_event_raised_in_its_second_week_is_detected_and_its_delay_counted_to_the_end_of_that_week() -> None:
    event = known(WEEKS[2].first, WEEKS[4].end - timedelta(days=1))
    figures = events.measure(told(raised(3, ["s1", "s2", "x1"])), [event], TEXTS, seed=0)
    assert figures["detected"].value == 1.0
    assert figures["delay_days"].value == 14
    assert figures["false_alarms"].value == 0.0


def test_an_event_raised_in_its_third_week_is_named_and_not_detected() -> None:
    event = known(WEEKS[1].first)
    figures = events.measure(told(raised(3, ["s1"])), [event], TEXTS, seed=0)
    assert (figures["detected"].value, figures["named"].value) == (0.0, 1.0)


def test_a_week_of_which_an_event_holds_the_last_day_alone_is_not_its_first() -> None:
    sunday = WEEKS[1].end - timedelta(days=1)
    assert events.name_event(known(sunday), told(raised(3, ["s1"])), TEXTS).in_time
    assert events.name_event(known(sunday), told(raised(1, ["s1"])), TEXTS).in_time
    assert not events.name_event(known(sunday), told(raised(4, ["s1"])), TEXTS).in_time


def test_what_was_raised_before_an_event_or_mostly_about_something_else_does_not_name_it() -> None:
    event = known(WEEKS[2].first)
    assert events.name_event(event, told(raised(1, ["s1"])), TEXTS).first is None
    assert events.name_event(event, told(raised(2, ["s1", "x1", "x2"])), TEXTS).first is None
    assert events.name_event(event, told(raised(2, ["s1", "x1"])), TEXTS).first is not None


def test_false_alarms_are_counted_per_ten_weeks_outside_of_events() -> None:
    event = known(WEEKS[3].first, WEEKS[3].first)
    found = told(raised(1, ["x1"]), raised(2, ["s1"]), raised(3, ["x1"]), raised(3, ["s1"]))
    figures = events.measure(found, [event], TEXTS, seed=0)
    # Weeks 1, 2, 4 and 5 are quiet (week 0 has nothing to be compared with): two alarms in four weeks.
    assert figures["false_alarms"].value == 5.0
    assert figures["false_alarms"].n == 4
    assert figures["false_alarms"].better == "lower"
    assert figures["other_alarms"].value == 10.0


def test_without_a_named_event_the_delay_is_not_measured() -> None:
    figures = events.measure(told(), [known(WEEKS[2].first)], TEXTS, seed=0)
    assert figures["delay_days"].value is None
    assert figures["detected"].value == 0.0


def test_alarms_of_a_doubled_week_are_those_it_did_not_raise_before() -> None:
    before, after = told(raised(1, ["x1"])), told(raised(1, ["x1"]), raised(2, ["x1"]))
    assert events.more_alarms(after, before, [WEEKS[1]], seed=0).value == 0.0
    assert events.more_alarms(after, before, [WEEKS[1], WEEKS[2]], seed=0).value == 5.0


def test_a_doubled_week_holds_each_row_twice_under_another_name() -> None:
    rows = [{"id": "a", "text": "x", "author": "ann", "created_at": "2026-08-05T10:00:00+00:00"}]
    rows.append({"id": "b", "text": "y", "created_at": "2026-08-12T10:00:00+00:00"})
    doubled = events.double(rows, [WEEKS[0]])
    assert doubled == [*rows, {**rows[0], "id": "a again", "author": "ann again"}]


def test_long_feedback_is_cut_in_weeks_from_monday_and_short_feedback_in_days() -> None:
    def rows(*days: int) -> list[dict[str, Any]]:
        moments = [f"{MONDAY + timedelta(days=day)}T12:00:00+00:00" for day in days]
        return [{"id": str(n), "text": "x", "created_at": moment} for n, moment in enumerate(moments)]

    weeks = cut(rows(2, 60, 30), "UTC")
    assert (weeks[0].first, weeks[0].days, len(weeks)) == (MONDAY, 7, 9)
    days = cut(rows(2, 5), "UTC")
    assert [span.first.day for span in days] == [5, 6, 7, 8]
    assert cut([{"id": "1", "text": "x"}], "UTC") == ()


@pytest.fixture
def dated(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    """Seven days with the same messages about three subjects; a fourth begins on the sixth."""
    made = tmp_path / "dated"
    made.mkdir()
    stream = []
    for number in range(7):
        said = [row["text"] for row in rows[:36]]
        said += [f"the school class cannot join the lesson {place}" for place in range(20)] if number >= 5 else []
        day = f"{MONDAY + timedelta(days=number)}T12:00:00Z"
        stream += [{"id": f"{number}-{n}", "text": text, "created_at": day} for n, text in enumerate(said)]
    write_rows(made / "items.jsonl", stream)
    write_rows(made / "events.jsonl", [{"start": str(MONDAY + timedelta(days=5)), "pattern": "school|class"}])
    return made


class Listening(HashingEmbedder):
    """Keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.heard.update(texts)
        return super().embed(texts)


def test_while_living_through_nothing_is_known_of_the_weeks_to_come(dated: Path) -> None:
    rows = [json.loads(line) for line in (dated / "items.jsonl").read_text().splitlines()]
    spans, embedder, known_by_then = cut(rows, "UTC")[-3:], Listening(), []
    live_through(
        rows, spans, embedder, lambda _: known_by_then.append(any("lesson" in text for text in embedder.heard))
    )
    assert known_by_then == [False, True, True]


def test_a_new_subject_is_named_by_the_second_report_at_the_latest(dated: Path, make_task: Callable[..., Task]) -> None:
    found = events.run(make_task(dated))
    assert found.figures["detected"].value == 1.0
    assert found.figures["hindsight.detected"].value == 1.0
    assert found.figures["volume_alarms"].value == 0.0
    assert any("names" in case.title for case in found.cases)


def test_events_outside_of_the_feedback_are_refused(dated: Path, make_task: Callable[..., Task]) -> None:
    write_rows(dated / "events.jsonl", [{"start": "1999-01-01", "end": "1999-02-01", "pattern": "school"}])
    with pytest.raises(BadInput, match="No event lies within"):
        events.run(make_task(dated))
