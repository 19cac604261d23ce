"""What a question counts and filters by, where the words around a value used to mislead."""

from datetime import UTC, datetime

import pytest

from synth.answers.planning.planning import plan_question
from synth.answers.planning.vocabulary import Vocabulary
from synth.model import Plan

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
BAKERY = Vocabulary(
    values={
        "source": ("help_desk", "store_reviews", "exit_survey", "tickets"),
        "segment": ("Chain", "Enterprise"),
        "job": ("Baker", "Driver"),
    },
    rating=(0, 10),
    rare=frozenset({("job", "Driver")}),
)


def plan(question: str) -> Plan:
    return plan_question(question, BAKERY, now=NOW)


def filters(question: str) -> set[str]:
    return {f"{each.key}{each.operator}{each.value}" for each in plan(question).filters.where}


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many different people wrote tickets?", "people"),
        ("How many accounts filed tickets?", "accounts"),
        ("How many customers sent tickets in October 2026?", "people"),
        ("How many people submitted tickets?", "people"),
        ("How many tickets were made in October 2026?", "mentions"),
        ("How many tickets came in during October 2026?", "mentions"),
        ("How many tickets were submitted?", "mentions"),
        ("How many tickets came from customers?", "mentions"),
    ],
)
def test_a_source_is_kept_after_words_of_writing_and_its_verb_is_no_subject(question: str, unit: str) -> None:
    assert filters(question) == {"source=tickets"}
    assert (plan(question).about, plan(question).unit) == ("", unit)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many tickets came from Enterprise customers?", "mentions"),
        ("How many Enterprise customers wrote tickets?", "people"),
        ("How many of the tickets from Enterprise accounts are there?", "mentions"),
    ],
)
def test_the_noun_after_how_many_is_what_is_counted(question: str, unit: str) -> None:
    assert filters(question) == {"segment=Enterprise", "source=tickets"}
    assert (plan(question).about, plan(question).unit) == ("", unit)


@pytest.mark.parametrize("said", ["store_reviews", "store reviews", "store-reviews", "Store Reviews"])
def test_a_source_is_known_by_its_name_with_or_without_an_underscore(said: str) -> None:
    assert filters(f"How many {said} are there?") == {"source=store_reviews"}
    assert plan(f"How many {said} are there?").about == ""


@pytest.mark.parametrize(
    "question",
    [
        "How many store reviews have a rating of 1?",
        "How many store reviews gave a rating of 1?",
        "How many store_reviews do we have with a rating of 1?",
    ],
)
def test_a_rating_in_words_is_a_filter(question: str) -> None:
    assert filters(question) == {"rating=1", "source=store_reviews"}
    assert (plan(question).about, plan(question).unknown) == ("", ())


@pytest.mark.parametrize("said", ["1-star tickets are there", "tickets are rated 1 star", "tickets gave 1 star"])
def test_stars_are_a_rating_outside_the_surveys(said: str) -> None:
    assert filters(f"How many {said}?") == {"rating=1", "source!=exit_survey", "source=tickets"}
    assert plan(f"How many {said}?").about == ""


@pytest.mark.parametrize(
    ("question", "expected", "noted"),
    [
        ("What do bakers say about flour?", {"job=Baker"}, False),
        ("What do drivers say about flour?", set(), True),
        ("What do drivers think of the flour?", set(), True),
        ("What do people with job Driver say about flour?", {"job=Driver"}, False),
        ("What do offices say about flour?", set(), True),
    ],
)
def test_who_speaks_is_a_filter_only_where_enough_is_marked_so(question: str, expected: set[str], noted: bool) -> None:
    read = plan(question)
    assert filters(question) == expected
    assert read.about == "flour"
    assert any("was not taken for a filter" in note for note in read.notes) is noted


def test_where_we_hear_more_is_about_the_subject_only() -> None:
    read = plan("Where do we hear more about stale bread: tickets or store_reviews?")
    assert (read.asked, read.about, len(read.options)) == ("compare", "stale bread", 2)
