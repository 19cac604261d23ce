import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.reports.chance import discoveries, mid_p

COUNT = st.integers(0, 60)
VOLUME = st.integers(1, 5000)


def test_the_mid_p_value_is_that_of_the_binomial():
    expected = math.comb(5, 5) * 0.25**5 / 2
    assert mid_p(5, 100, 0, 300, "up") == pytest.approx(expected)
    assert mid_p(0, 100, 5, 300, "down") == pytest.approx(0.75**5 / 2)


@given(COUNT, VOLUME, COUNT, VOLUME)
def test_both_sides_together_are_certain(after, after_of, before, before_of):
    up = mid_p(after, after_of, before, before_of, "up")
    down = mid_p(after, after_of, before, before_of, "down")
    assert up + down == pytest.approx(1)


def test_without_anything_to_compare_nothing_is_surprising():
    assert mid_p(5, 10, 0, 0, "up") == 1.0
    assert mid_p(0, 0, 5, 10, "down") == 1.0


def test_discoveries_are_those_of_benjamini_and_hochberg():
    assert discoveries([0.01, 0.04, 0.03, 0.005], 0.05) == [True, True, True, True]
    assert discoveries([0.2, 0.011, 0.9, 0.9], 0.05) == [False, True, False, False]
    assert discoveries([0.2, 0.02, 0.9, 0.9], 0.05) == [False, False, False, False]
    assert discoveries([], 0.05) == []


@given(st.lists(st.floats(0, 1)), st.floats(0.01, 0.5))
def test_a_smaller_value_never_falls_where_a_larger_one_stands(values, rate):
    stands = discoveries(values, rate)
    kept = [value for value, stand in zip(values, stands, strict=True) if stand]
    lost = [value for value, stand in zip(values, stands, strict=True) if not stand]
    assert not kept or not lost or max(kept) < min(lost)
