"""What feedback cannot tell, and what the store does not speak of."""

from pathlib import Path

import pytest

from synth.answers.figures import find_figure
from synth.answers.lists import split_list
from synth.engine import WORKSPACE, Engine
from synth.model import Condition, Filters
from tests.factories import take_in


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("What is our churn rate?", "churn rate"),
        ("What is the retention rate of people who complained?", "retention rate"),
        ("How high was the conversion rate in November?", "conversion rate"),
        ("What's our market share?", "market share"),
        ("What is the average rating?", "average rating"),
        ("Wie hoch ist unsere Abwanderungsrate?", "Abwanderungsrate"),
        ("What do people say about the response rate?", None),
        ("What is the biggest problem?", None),
        ("What is said about delivery?", None),
    ],
)
def test_a_figure_that_is_no_count_of_feedback_is_recognised(question: str, figure: str | None) -> None:
    assert find_figure(question) == figure


@pytest.mark.parametrize(
    ("about", "parts"),
    [
        ("bread, rolls or cakes in the shop", ("bread in the shop", "rolls in the shop", "cakes in the shop")),
        ("bread, rolls and cakes", ("bread", "rolls", "cakes")),
        ("bread or cakes", ("bread", "cakes")),
        ("stale or burnt bread", ("stale or burnt bread",)),
        ("stale bread and late vans", ("stale bread and late vans",)),
        ('"bread, rolls or cakes"', ('"bread, rolls or cakes"',)),
        ("being charged twice", ("being charged twice",)),
    ],
)
def test_a_list_is_searched_part_by_part_and_a_phrase_as_a_whole(about: str, parts: tuple[str, ...]) -> None:
    assert split_list(about) == parts


def ask_of(engine: Engine, question: str) -> tuple[str, str]:
    answer = engine.ask(WORKSPACE, question, Filters())
    return answer.status, answer.reason or ""


def test_a_figure_is_refused_with_what_can_be_counted(told: Engine) -> None:
    status, reason = ask_of(told, "What is our churn rate?")
    assert status == "abstained"
    assert "churn rate" in reason
    assert "counted" in reason


def test_what_is_praised_is_shown_by_clear_praise_that_asks_nothing(engine: Engine, tmp_path: Path) -> None:
    praise = [
        "Thank you, I love the great new board!",
        "Great job, we love it, thank you.",
        "Wonderful, thanks, love it!",
    ]
    rest = ["The board is slow.", "Great, thanks, but is it free?", "We happily pay by card."]
    path = tmp_path / "said.csv"
    path.write_text("\n".join(["text", *(f'"{text}"' for text in praise + rest)]), "utf-8")
    take_in(engine, path)
    answer = engine.ask(WORKSPACE, "What do people praise?", Filters())
    quotes = {citation.quote for claim in answer.claims for citation in claim.citations}
    assert quotes == set(praise)
    assert answer.plan.filters.where == (Condition("sentiment", "clearly positive"),)
