"""What is taken out of a document of JSON, and what stays."""

from typing import Any

import pytest

from synth.wire.stripping import Traces, strip

NAMES = frozenset({"Ann", "Quentin Kern"})
GONE = Traces(frozenset({"x1", "d1"}), frozenset({"zorbulating", "answered"}), NAMES, "it is stuck again")


def citation(excerpt: str, document: str = "d9") -> dict[str, Any]:
    return {"excerpt_id": excerpt, "document_id": document, "quote": "…"}


def claim(text: str, *excerpts: str, counter: str | None = None) -> dict[str, Any]:
    against = citation(counter) if counter else None
    return {"text": text, "citations": [citation(each) for each in excerpts], "counter": against}


def test_a_claim_keeps_the_quotes_of_others_and_goes_with_its_last() -> None:
    left = strip({"claims": [claim("a", "x1", "x2"), claim("b", "x1"), claim("c", "x2", counter="x1")]}, GONE)
    assert left == {"claims": [claim("a", "x2"), claim("c", "x2")]}


def test_a_claim_that_says_a_word_nobody_else_said_goes_with_it() -> None:
    assert strip({"claims": [claim("The Zorbulating thing", "x1", "x2"), claim("plain", "x2")]}, GONE) == {
        "claims": [claim("plain", "x2")]
    }


def test_ids_in_lists_go_and_what_tells_a_lost_claim() -> None:
    told = {"excerpts": ["x1", "x2"], "rising": [{"name": "T", "claim": claim("a", "x1")}], "counts": [{"value": 3}]}
    assert strip(told, GONE) == {"excerpts": ["x2"], "rising": [], "counts": [{"value": 3}]}


def test_a_citation_of_an_erased_document_goes_by_its_document() -> None:
    assert strip({"nearest": [citation("x5", "d1"), citation("x6")]}, GONE) == {"nearest": [citation("x6")]}


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Ann says so", True),
        ("I cannot plan the annual announcement", False),
        ("an ann in small letters", False),
        ("as quentin kern has it", True),
        ("Quentin Kernel is another", False),
        ("a zorbulating one", True),
        ("typical: “it is stuck again”.", True),
        ("typical: “it works again now”.", False),
    ],
)
def test_a_name_is_found_as_a_whole_and_a_short_one_in_its_case(text: str, speaks: bool) -> None:
    assert GONE.speaks(text) is speaks


def test_words_that_code_knows_things_by_stay() -> None:
    told = {"status": "answered", "reason": "answered", "themes": [{"id": "T1", "name": "Zorbulating"}], "n": 3}
    assert GONE.without(told) == {
        "status": "answered",
        "reason": "[erased]",
        "themes": [{"id": "T1", "name": "[erased]"}],
        "n": 3,
    }
