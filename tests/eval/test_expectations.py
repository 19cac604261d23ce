from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from eval.expectations import Knowledge, first_named, judge, labels_of, read_direction
from eval.folders import Question
from synth.errors import BadInput
from synth.model import Answer, Citation, Claim, Count, Filters, Plan, ThemeCount

TEXTS = {f"d{n}": f"document {n} says that the bag is lost" for n in range(6)}
TRUTH: Mapping[str, Mapping[str, Any]] = {f"e{n}": {"label": "bag" if n < 4 else "food"} for n in range(6)}
KNOWN = Knowledge(TEXTS, TRUTH, lambda theme, _: ["e0", "e1", "e4"] if theme == "T1" else ["e4", "e5"])


def cited(number: int, quote: str = "the bag is lost", start: int = 21) -> Citation:
    return Citation(f"x{number}", f"d{number}", f"e{number}", "chat", quote, start, start + len(quote))


def answered(text: str = "Bags.", numbers: Sequence[int] = (0, 1, 2), **given: Any) -> Answer:
    plan = Plan("?", "what")
    return Answer("answered", plan, "extractive", (Claim(text, "not checked", tuple(map(cited, numbers))),), **given)


def verdict(answer: Answer, **expect: Any) -> bool:
    return judge(answer, Question("q", "?", expect), KNOWN).right


def test_the_example_quote_is_verbatim() -> None:
    assert TEXTS["d0"][21 : 21 + len("the bag is lost")] == "the bag is lost"


def test_a_count_must_have_the_value_and_the_unit() -> None:
    answer = answered(counts=(Count("all", 7.0, "mentions", Filters()), Count("all", 3.0, "people", Filters())))
    assert verdict(answer, kind="count", unit="mentions", any_of=[6, 7])
    assert verdict(answer, kind="count", unit="people", any_of=[3])
    assert not verdict(answer, kind="count", unit="people", any_of=[7])


def test_evidence_needs_three_documents_and_the_precision() -> None:
    expect = {"kind": "evidence_label", "any_of": ["bag"], "field": "label", "min_precision": 0.7}
    assert verdict(answered(numbers=(0, 1, 2)), **expect)
    assert verdict(answered(numbers=(0, 1, 2, 4)), **expect)
    assert not verdict(answered(numbers=(0, 1, 4)), **expect)
    assert not verdict(answered(numbers=(0, 1)), **expect)


def test_one_document_cited_three_times_is_one_document() -> None:
    expect = {"kind": "evidence_label", "any_of": ["bag"], "field": "label", "min_precision": 0.7}
    assert not verdict(answered(numbers=(0, 0, 0)), **expect)


def test_evidence_by_pattern_looks_at_the_whole_document() -> None:
    expect = {"kind": "evidence_pattern", "pattern": r"DOCUMENT [0-2]\b", "min_precision": 0.7}
    assert verdict(answered(numbers=(0, 1, 2)), **expect)
    assert not verdict(answered(numbers=(2, 3, 4)), **expect)


def test_the_first_option_named_is_the_choice() -> None:
    expect = {"kind": "choice", "options": ["United", "US Airways"], "value": "US Airways"}
    assert verdict(answered("More come from US Airways, while United has 3."), **expect)
    assert not verdict(answered("More come from United, while US Airways has 3."), **expect)
    assert not verdict(answered("Many."), **expect)


def test_options_are_whole_words_and_the_longer_one_wins_a_tie() -> None:
    assert first_named("Americans like it; American does not", ["American"]) == "American"
    assert first_named("Pro Plus is liked", ["Pro", "Pro Plus"]) == "Pro Plus"
    assert first_named("nothing", ["Pro"]) is None


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("It went up: from 3 to 9.", "up"),
        ("Complaints fell, they did not go up.", "down"),
        ("No change beyond chance.", "flat"),
        ("Updates were mentioned.", None),
    ],
)
def test_a_direction_is_read_from_its_words(text: str, direction: str | None) -> None:
    assert read_direction(text) == direction


def test_the_label_most_frequent_in_the_first_theme_named_is_compared() -> None:
    themes = (ThemeCount("T2", "Food on board", 9), ThemeCount("T1", "Lost bag", 3))
    assert verdict(answered("Most are about Lost bag.", themes=themes), kind="top_label", field="label", value="bag")
    named = answered("Most are about Food on board.", themes=themes)
    assert verdict(named, kind="top_label", field="label", value="food")
    assert not verdict(answered("Many.", themes=themes), kind="top_label", field="label", value="bag")
    assert not verdict(answered("Many."), kind="top_label", field="label", value="bag")


def test_an_abstention_or_a_count_of_nought_is_right_where_nothing_can_be_said() -> None:
    abstained = Answer("abstained", Plan("?", "what"), "extractive", reason="nothing")
    assert verdict(abstained, kind="abstain")
    assert verdict(answered(counts=(Count("none", 0.0, "mentions", Filters()),)), kind="abstain")
    assert not verdict(answered(counts=(Count("some", 2.0, "mentions", Filters()),)), kind="abstain")


def test_an_abstention_is_wrong_where_there_is_an_answer() -> None:
    abstained = Answer("abstained", Plan("?", "what"), "extractive", reason="nothing")
    assert not verdict(abstained, kind="count", unit="mentions", any_of=[0])


def test_a_quote_that_is_not_in_its_document_makes_any_answer_wrong() -> None:
    count = (Count("all", 7.0, "mentions", Filters()),)
    invented = Claim("Bags.", "not checked", (cited(0, "the bag was lost"),))
    shifted = Claim("Bags.", "not checked", (cited(0, start=20),))
    for claim in (invented, shifted):
        answer = Answer("answered", Plan("?", "what"), "extractive", (claim,), counts=count)
        assert not verdict(answer, kind="count", unit="mentions", any_of=[7])


def test_the_quotes_beside_an_abstention_are_checked_too() -> None:
    answer = Answer("abstained", Plan("?", "what"), "extractive", reason="nothing", nearest=(cited(0, "never said"),))
    assert not verdict(answer, kind="abstain")


def test_a_row_may_carry_several_labels() -> None:
    assert labels_of({"label": "a", "labels": ["a", "b"]}, "label") == {"a", "b"}
    assert labels_of({"mood": "sad"}, "mood") == {"sad"}
    assert labels_of({}, "label") == set()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadInput, match="expects 'guess'"):
        judge(answered(), Question("q", "?", {"kind": "guess"}), KNOWN)
