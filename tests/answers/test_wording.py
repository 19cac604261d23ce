"""The sentences of an answer: numbers, times, filters and every kind of headline, one and many."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from synth.answers.calibration import interval
from synth.answers.headline import write_headline
from synth.answers.tally import Tally
from synth.answers.wording import say_amount, say_filters, say_list, say_number, say_share, say_time
from synth.engine import WORKSPACE, Engine
from synth.model import Condition, Count, Filters, Plan, ThemeCount
from tests.factories import rows_of


def count(value: float, unit: Any = "mentions", of: float | None = 100, label: str = "x") -> Count:
    return Count(label, value, unit, Filters(), of)


def headline(asked: Any, main: Count, *, about: str = "uploads", people: float = 0, themes: Any = (), parts: Any = (),
             first: datetime | None = None, filters: Filters | None = None) -> str:  # fmt: skip
    plan = Plan("?", asked, main.unit, about, filters or Filters())
    return write_headline(plan, Tally(main, count(people, "people"), themes, parts, first), timezone="UTC")


THEMES = (ThemeCount("T1", "Uploads stop", 30), ThemeCount("T2", "Slow", 12), ThemeCount("T3", "Tax", 2))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (headline("count", count(1)), "1 mention speaks about “uploads”."),
        (headline("count", count(1204), people=30), "1,204 mentions by 30 people speak about “uploads”."),
        (headline("count", count(2), people=1), "2 mentions by 1 person speak about “uploads”."),
        (headline("count", count(3), people=3), "3 mentions speak about “uploads”."),
        (headline("count", count(1, "people")), "1 person speaks about “uploads”."),
        (headline("who", count(2, "accounts")), "2 accounts speak about “uploads”."),
        (headline("count", count(96000, "revenue")), "96,000 of yearly revenue speaks about “uploads”."),
        (headline("count", count(96000, "revenue"), about=""), "96,000 of yearly revenue matches."),
        (headline("count", count(1), about=""), "1 mention matches."),
        (headline("count", count(7), about=""), "7 mentions match."),
        (headline("what", count(40), themes=THEMES),
         "40 mentions speak about “uploads”, 30 of them under “Uploads stop”."),
        (headline("what", count(200), themes=THEMES), "200 mentions speak about “uploads”."),
        (headline("share", count(1)), "1 % — 1 of 100 mentions — speaks about “uploads”."),
        (headline("share", count(25)), "25 % — 25 of 100 mentions — speak about “uploads”."),
        (headline("share", count(1, of=1)), "100 % — 1 of 1 mention — speaks about “uploads”."),
        (
            headline("top", count(44), about="", themes=THEMES),
            "Most mentions are about Uploads stop (30), Slow (12) and Tax (2), out of 44 mentions.",
        ),
        (headline("top", count(44), about=""), "44 mentions match."),
        (
            headline("since", count(5), first=datetime(2026, 11, 3, 23, 59, tzinfo=UTC)),
            "It was first said on 3 Nov 2026; since then 5 mentions speak about “uploads”.",
        ),
        (headline("since", count(5)), "5 mentions speak about “uploads”."),
        (
            headline("compare", count(9), parts=(count(3, label="Small"), count(6, label="Large"))),
            ("More come from Large: 6 of 100 mentions (6 %) about “uploads”, while Small has 3 of 100 (3 %). "
             "By share, there is no clear difference."),
        ),
        (
            headline("compare", count(9), parts=(count(1, label="B"), count(1, label="A"), count(0, label="C"))),
            ("As many come from A: 1 of 100 mentions (1 %) about “uploads”, while B has 1 of 100 (1 %) "
            "and C has 0 of 100 (0 %). By share, nobody clearly leads."),
        ),
        (
            headline("compare", count(9), parts=(count(3, label="Small", of=10), count(6, label="Large"))),
            ("More come from Large: 6 of 100 mentions (6 %) about “uploads”, while Small has 3 of 10 (30 %). "
            "By share, Small leads: 1.5 to 20 times as often as Large."),
        ),
        (
            headline("compare", count(9), parts=(count(400, label="A", of=1000), count(300, label="B", of=1000))),
            ("More come from A: 400 of 1,000 mentions (40 %) about “uploads”, while B has 300 of 1,000 (30 %). "
            "By share, A leads: 15 to 55 % more often than B."),
        ),
        (headline("share", replace(count(25), low=9, high=60)),
         "About 25 % (9–60 %) — 25 of 100 mentions — speak about “uploads”."),
        (
            headline("trend", count(9), parts=(count(5, of=100, label="in May"), count(40, of=100, label="in June"))),
            ("It went up: from 5 of 100 mentions (in May) to 40 of 100 (in June) about “uploads”, "
            "3.0 to 18 times as often."),
        ),
        (
            headline("trend", count(9), parts=(count(5, of=100, label="in May"), count(6, of=100, label="in June"))),
            ("No clear change: from 5 of 100 mentions (in May) to 6 of 100 (in June) about “uploads”; "
            "anything from 62 % less often to 3.7 times as often is possible."),
        ),
        (
            headline("trend", count(9), parts=(count(40, of=100, label="in May"), count(5, of=100, label="in June"))),
            ("It went down: from 40 of 100 mentions (in May) to 5 of 100 (in June) about “uploads”, "
            "67 to 94 % less often."),
        ),
        (
            headline("trend", count(9), parts=(count(20, label="in May"), count(240, of=2000, label="in June"))),
            ("It went down as a share: from 20 of 100 mentions (in May) to 240 of 2,000 (in June) about “uploads”, "
            "8 to 63 % less often."),
        ),
        (
            headline("count", count(4), filters=Filters(where=(Condition("segment", "Small"),))),
            "4 mentions speak about “uploads” (segment Small).",
        ),
    ],
)  # fmt: skip
def test_a_headline_says_what_was_counted(sentence: str, expected: str) -> None:
    assert sentence == expected


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (7.0, "7"), (1234, "1,234"), (12.5, "12.5"), (1e6, "1,000,000"), (2100.55, "2,100.6")],
)
def test_a_number_is_written_as_people_read_it(number: float, said: str) -> None:
    assert say_number(number) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (1, 0, "—"),
        (0, 5, "0 %"),
        (1, 8, "12 %"),
        (1, 80, "1.2 %"),
        (5, 100, "5 %"),
        (99.96, 1000, "10.0 %"),
        (8, 8, "100 %"),
    ],
)
def test_a_share_has_one_decimal_where_it_is_small(part: float, whole: float, said: str) -> None:
    assert say_share(part, whole) == said


def test_amounts_and_lists_are_one_or_many() -> None:
    assert [say_amount(n, "people") for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    assert [say_list(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_times_are_days_of_the_zone_with_the_last_one_included() -> None:
    since, until = datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert say_time(Filters(since, until), "Europe/Berlin") == "on 1 Nov 2026"
    assert say_time(Filters(since, until), "UTC") == "31 Oct 2026 to 1 Nov 2026"
    assert say_time(Filters(since=since), "UTC") == "since 31 Oct 2026"
    assert say_time(Filters(until=until), "Europe/Berlin") == "until 1 Nov 2026"
    assert say_time(Filters(), "UTC") == ""


def test_filters_are_said_with_the_names_of_themes() -> None:
    filters = Filters(where=(Condition("theme", "T1"), Condition("rating", "2", "<="), Condition("plan", "Team", "!=")))
    assert say_filters(filters, "UTC", names={"T1": "Uploads"}) == "theme Uploads, rating <= 2, plan != Team"


def test_a_subject_that_is_a_theme_is_counted_by_it_and_said_so(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "How many mentions are there of duplicate calendar events?")
    (main, *_), (largest, *_) = answer.counts, answer.themes
    assert main.method == f"on the theme “{largest.name}” ({largest.id})"
    assert (main.value, largest.mentions) == (largest.mentions, main.value)
    assert main.low <= main.value <= main.high < 3 * main.value  # type: ignore[operator]
    assert answer.claims[0].text.endswith(f", counted as the theme “{largest.name}”.")
    behind = told.behind(WORKSPACE, main.filters, about=answer.plan.about)
    assert (behind.numbers["mentions"], behind.method) == (main.value, main.method)
    placed = [row[0] for row in rows_of(told, "SELECT excerpt_id FROM assignments LIMIT 20")]
    told.keep_verdicts(WORKSPACE, dict.fromkeys(placed[:19], "right") | {placed[19]: "wrong"}, by="Ana")
    judged = told.ask(WORKSPACE, "How many mentions are there of duplicate calendar events?").counts[0].method
    assert judged.endswith("; of 20 excerpts drawn by lot, people found 19 rightly on their themes")
    within = told.ask(WORKSPACE, "How many mentions are there of duplicate calendar events?",
                      Filters(where=(Condition("theme", largest.id),)))  # fmt: skip
    assert within.counts[0].method.startswith("near in meaning to")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, (34, 250)),  # by the cut alone, in two figures
        ({"clear": False}, (8, 180)),
        ({"basis": "theme", "other": 100}, (37, 160)),
        ({"basis": "both", "other": 400}, (46, 340)),  # around 200: the cut misses much
        ({"basis": "both", "other": 4}, (4, 100)),  # the number shown lies within
        ({"of": 120}, (34, 120)),  # no more than there is
    ],
)
def test_the_interval_lies_around_what_both_ways_count(given: Any, shown: tuple[float, float]) -> None:
    assert interval(100, "mentions", given.pop("of", None), **given) == shown
    assert interval(0, "mentions", 10) is None
    assert interval(100, "revenue", None) is None


def test_a_count_by_meaning_says_between_what_it_lies_and_an_exact_one_does_not(told: Engine) -> None:
    by_meaning = told.ask(WORKSPACE, "What do people say about photo upload?")
    main = by_meaning.counts[0]
    assert main.low is not None
    assert main.high is not None
    assert main.low <= main.value <= main.high
    assert by_meaning.claims[0].text.startswith(f"About {main.value:g} mentions ({main.low:g}–{main.high:g})")
    exact = told.ask(WORKSPACE, "How many mentions are there?")
    assert (exact.counts[0].low, exact.counts[0].high) == (None, None)
    assert not exact.claims[0].text.startswith("About")
