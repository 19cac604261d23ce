"""Questions about everything, what changed, why, and what is liked; and units the data does not have."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from synth.answers.change import compare_rates
from synth.answers.reasons import gives_reason
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from tests.factories import PHOTO, feedback_rows, take_rows


def ask(engine: Engine, question: str) -> Any:
    return engine.ask(WORKSPACE, question)


@pytest.fixture
def moved(tmp_path: Path) -> Any:
    """Two months: in the first people speak of the calendar, in the second nearly all of them of photos."""
    engine = open_engine(
        Settings(home=tmp_path / "home"), embedder=HashingEmbedder(), clock=lambda: datetime(2026, 11, 2, tzinfo=UTC)
    )
    rows = []
    for place, row in enumerate(feedback_rows(4)):
        late = 4 if "alendar" in row["text"] else 20 if "hoto" in row["text"] else 12  # of 24 in the second month
        rows.append(row | {"date": f"2026-{'10' if place % 24 < late else '09'}-{place % 27 + 1:02}"})
    take_rows(engine, rows)
    yield engine
    engine.close()


def test_what_changed_is_answered_by_the_themes_that_moved(moved: Engine) -> None:
    answer = ask(moved, "What changed between September 2026 and October 2026?")
    headline, *told = [claim.text for claim in answer.claims]
    assert headline.startswith("More about ")
    assert ", and less about " in headline
    assert headline.endswith(
        "than chance explains: 36 mentions (1 Oct 2026 to 31 Oct 2026) after 36 (1 Sep 2026 to 30 Sep 2026)."
    )
    assert any(text.endswith(": 16 of 36 mentions, after 4 of 36, up to 13 times as often.") for text in told)
    for claim in answer.claims:
        assert all(citation.created_at and citation.created_at.month == 10 for citation in claim.citations)


def test_nothing_moved_is_said_so(moved: Engine) -> None:
    answer = ask(moved, "What changed in the last two weeks?")
    assert answer.claims[0].text.startswith("No theme is spoken of more or less than chance explains: ")


def test_a_reason_for_everything_names_the_largest_themes(told: Engine) -> None:
    answer = ask(told, "Why do people complain?")
    assert "; most are about " in answer.claims[0].text


def test_people_are_not_counted_where_nobody_is_named(engine: Engine) -> None:
    take_rows(engine, [{"id": str(n), "text": PHOTO[n % len(PHOTO)]} for n in range(12)])
    answer = ask(engine, "How many people complain about the photo upload?")
    assert answer.status == "answered"
    assert answer.plan.unit == "mentions"
    assert "No person is known in this data: mentions are counted, not people." in answer.plan.notes


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What do users like about the app?", ""),
        ("What do people like most about the calendar?", "calendar"),
        ("What do customers enjoy?", ""),
    ],
)
def test_what_is_liked_is_praise(told: Engine, question: str, about: str) -> None:
    plan = ask(told, question).plan
    assert plan.about == about
    assert ("sentiment", "clearly positive") in [(each.key, each.value) for each in plan.filters.where]


def test_what_people_would_like_to_have_is_no_praise(told: Engine) -> None:
    plan = ask(told, "What features do people like to have in the calendar?").plan
    assert not plan.filters.where


def test_more_since_a_day_is_a_trend_with_the_time_before(told: Engine) -> None:
    plan = ask(told, "Is the photo upload stuck more since 1 November 2026?").plan
    assert (plan.asked, len(plan.periods)) == ("trend", 2)
    assert plan.periods[0].until == plan.periods[1].since == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_filter_at_the_end_is_no_part_of_what_gets_worse(told: Engine) -> None:
    plan = ask(told, "Is the photo upload getting worse with one star?").plan
    assert plan.about == "photo upload"
    assert [(each.key, each.value) for each in plan.filters.where] == [("rating", "1")]


def test_coming_through_a_source_is_no_subject(told: Engine) -> None:
    assert ask(told, "How many messages came through feedback?").plan.about == ""


def test_a_short_history_is_compared_half_by_half(engine: Engine) -> None:
    rows = [{"id": str(n), "text": PHOTO[n % len(PHOTO)], "created_at": f"2026-11-{n % 8 + 1:02}"} for n in range(24)]
    take_rows(engine, rows)
    plan = ask(engine, "Is the photo upload getting worse?").plan
    assert [(each.since.day, each.until.day) for each in plan.periods if each.since and each.until] == [(1, 5), (5, 9)]
    assert plan.notes[-1] == "No times were named: the last 4 days of the data are compared with the 4 days before."


def test_customer_service_is_a_subject_and_customers_are_not(told: Engine) -> None:
    assert ask(told, "Is customer service getting worse?").plan.about == "customer service"
    assert ask(told, "What do customers say about invoices?").plan.about == "invoices"


def test_a_comparison_shows_and_counts_what_it_compares(told: Engine) -> None:
    answer = ask(told, "Do Enterprise or Small customers complain more about duplicate events?")
    assert answer.plan.asked == "compare"
    parts = {count.label: count.value for count in answer.counts[-2:]}
    assert answer.counts[0].value == sum(parts.values())
    assert [count.of for count in answer.counts[-2:]] == [24, 24]  # all that each of them said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Delays due to a faulty engine light, again and again", True),
        ("It keeps crashing because the cache is full", True),
        ("what is the reason for the delay", False),
        ("Why is it delayed because of rain?", False),
        ("Delays to the max", False),
    ],
)
def test_a_text_that_gives_a_reason(text: str, expected: bool) -> None:
    assert gives_reason(text) is expected


def test_many_comparisons_need_more_to_be_sure() -> None:
    assert compare_rates(10, 100, 22, 100).direction == "up"
    assert compare_rates(10, 100, 22, 100, among=100).direction == "flat"


@pytest.mark.parametrize(
    "question", ["Why are people angry?", "What annoys customers?", "Why are users annoyed by the app?"]
)
def test_anger_is_a_mood_and_no_subject(told: Engine, question: str) -> None:
    plan = told.ask(WORKSPACE, question).plan
    assert (plan.about, [(each.key, each.value) for each in plan.filters.where]) == ("", [("sentiment", "negative")])


def test_a_complaint_about_the_website_is_about_the_website(told: Engine) -> None:
    assert told.ask(WORKSPACE, "Why are people annoyed by the website?").plan.about == "website"
