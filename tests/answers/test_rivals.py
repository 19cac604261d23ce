"""Two or more subjects held against each other: how a question says so, and what is counted and told of each."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from synth.answers.headline import write_headline
from synth.answers.planning.rivals import find_subjects
from synth.answers.tally import Tally
from synth.engine import WORKSPACE, Engine
from synth.model import NO_FILTERS, Count, Plan
from tests.factories import take_rows


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("Do people complain more about video or about notifications?", ("video", "notifications")),
        ("What is mentioned more often, crashes or login?", ("crashes", "login")),
        ("Which is the bigger problem: crashes or login?", ("crashes", "login")),
        ("Is the price or the support the bigger problem?", ("price", "support")),
        ("Compare complaints about crashes and login.", ("crashes", "login")),
        ("crashes vs. slow loading", ("crashes", "slow loading")),
        ("Are there more complaints about late flights than about lost luggage?", ("late flights", "lost luggage")),
        ("Are refunds or cancellations mentioned more?", ("refunds", "cancellations")),
        ("Is support mentioned more often than price?", ("support", "price")),
        ("What is worse, the food, the seats or the wifi?", ("food", "seats", "wifi")),
        ("Beschweren sich mehr Leute über Abstürze oder über den Preis?", ("Abstürze", "Preis")),
        ("Was ist das größere Problem, Abstürze oder der Preis?", ("Abstürze", "Preis")),
    ],
)
def test_subjects_that_are_held_against_each_other_are_read(question: str, subjects: tuple[str, ...]) -> None:
    assert find_subjects(question) == subjects


@pytest.mark.parametrize(
    "question",
    [
        "What do people say about crashes and login?",
        "How many complain about crashes or login?",
        "Is login mentioned more or less often than before?",
        "Are there more complaints about login than usual?",
        "Did complaints about login go up or down?",
        "Do they complain more about login?",
        "What do people want more of?",
        "Show me more or better examples",
        "Who complains more about lost bags, or is it nobody?",
    ],
)
def test_other_questions_hold_nothing_against_each_other(question: str) -> None:
    assert find_subjects(question) == ()


def test_each_subject_is_counted_and_the_one_with_more_is_named(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "Do people complain more about photo upload or about a zeppelin hangar?")
    assert (answer.status, answer.plan.asked) == ("answered", "compare")
    counts = {count.label: count for count in answer.counts}
    assert list(counts) == ["photo upload", "zeppelin hangar"]
    assert (counts["photo upload"].value > 0, counts["zeppelin hangar"].value) == (True, 0)
    assert answer.claims[0].text.startswith("More is said about “photo upload”: about ")
    assert "“zeppelin hangar” has 0" in answer.claims[0].text
    alone = told.ask(WORKSPACE, "How many mentions are there of photo upload?").counts[0]
    behind = told.behind(WORKSPACE, counts["photo upload"].filters, about="photo upload")
    assert counts["photo upload"].value == alone.value == behind.numbers["mentions"]


@pytest.mark.parametrize(
    ("ranges", "ending"),
    [
        (((90, 70, 120), (40, 20, 60)), "about 90 mentions (70–120); “B” has about 40 (20–60)."),
        (
            ((90, 50, 120), (40, 20, 60)),
            "“B” has about 40 (20–60). The ranges overlap, so it may be the other way round.",
        ),
        (((90, 50, 120), (40, 20, 60), (9, 2, 20)), "about 9 (2–20). The ranges overlap, so it may be another."),
    ],
)
def test_ranges_that_overlap_leave_open_which_has_more(ranges: Sequence[tuple[int, int, int]], ending: str) -> None:
    parts = tuple(
        Count(label, value, "mentions", NO_FILTERS, of=500, low=low, high=high)
        for label, (value, low, high) in zip("ABC", ranges, strict=False)
    )
    numbers = Tally(parts[0], parts[0], (), parts=parts, rivals=True)
    said = write_headline(Plan("A or B?", "compare", about="A or B"), numbers, timezone="UTC")
    assert said.startswith(f"{'Most' if len(ranges) > 2 else 'More'} is said about “A”: about 90 mentions")
    assert said.endswith(ending)


def test_a_follow_up_holds_the_same_subjects_against_each_other(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "Which is the bigger problem: photo upload or duplicate events?")
    assert answer.claims[0].text.startswith("As much is said about both: ")
    assert {claim.text.split("”")[0] for claim in answer.claims[1:]} == {"“photo upload", "“duplicate events"}
    follow = told.ask(WORKSPACE, "and for Enterprise?", follows=answer.id)
    assert (follow.plan.asked, follow.plan.about) == ("compare", "photo upload or duplicate events")
    assert [count.label for count in follow.counts] == ["photo upload", "duplicate events"]


def test_where_nothing_speaks_of_any_the_answer_says_so(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "Is there more about zeppelin hangars or about oyster forks?")
    assert answer.status == "abstained"


def test_what_says_the_very_word_is_counted_with_what_is_near_in_meaning(engine: Engine, tmp_path: Path) -> None:
    others = ["The van was late and nobody called", "Our crew waits for the new tablet", "Billing took two weeks again"]
    rows = [{"id": f"P{n}", "text": f"{others[n % 3]}, and the printer in room {n} made it worse"} for n in range(12)]
    rows += [{"id": f"O{n}", "text": f"{others[n % 3]} in week {n}"} for n in range(30)]
    take_rows(engine, rows)
    answer = engine.ask(WORKSPACE, "How many mentions are there of the printer?")
    assert answer.counts[0].value == 12
    assert answer.counts[0].low <= 12 <= answer.counts[0].high  # type: ignore[operator]
