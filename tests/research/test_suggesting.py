"""Suggested codes: from the nearest coded segments and from what codes mean, always the machine's."""

import numpy as np
import pytest

from synth.embedding import HashingEmbedder
from synth.errors import BadInput
from synth.research.suggesting import suggest, suggest_codes

EAST, NORTH = np.asarray([1, 0], np.float32), np.asarray([0, 1], np.float32)


def test_the_code_of_the_nearest_segments_comes_first_and_says_why() -> None:
    first, second = suggest(EAST, ["a", "b", "a"], np.stack([EAST, NORTH, EAST]), {})
    assert (first.code, first.because, first.origin) == ("a", (0, 2), "machine")
    assert second.code == "b"
    assert first.score + second.score == pytest.approx(1.0)


def test_a_code_nobody_used_yet_is_suggested_by_its_meaning() -> None:
    assert suggest(EAST, [], np.zeros((0, 2), np.float32), {"a": NORTH, "b": EAST})[0].code == "b"
    assert {each.code for each in suggest(EAST, ["a"], NORTH[None], {"b": EAST})} == {"a", "b"}


def test_meaning_decides_between_codes_that_are_equally_near() -> None:
    near = np.stack([EAST, EAST])
    assert suggest(EAST, ["a", "b"], near, {"a": NORTH, "b": EAST})[0].code == "b"


def test_texts_are_coded_by_texts() -> None:
    coded = [("the upload hangs at night", "upload"), ("the invoice is wrong", "billing")]
    (found,) = suggest_codes(HashingEmbedder(), ["my upload hangs"], coded, {"billing": "invoices and money"}, most=1)
    assert [each.code for each in found] == ["upload"]


def test_an_empty_segment_is_refused() -> None:
    with pytest.raises(BadInput, match="empty"):
        suggest_codes(HashingEmbedder(), [" "], [("a text", "a")], {})
