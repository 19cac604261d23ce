import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.reports.chance import discoveries, mid_p
from synth.reports.moves import _rising
from synth.reports.series import Series
from synth.reports.spans import Span

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


def series_of(*themes: tuple[int, ...]) -> Series:
    """Themes with these mentions in weeks of a hundred documents each."""
    weeks = len(themes[0])
    week = Span(date(2026, 11, 9), date(2026, 11, 16), "UTC")
    named = {f"T{number}": mentions for number, mentions in enumerate(themes, start=1)}
    spans = tuple(week.back(steps) for steps in reversed(range(weeks)))
    return Series(spans, (100,) * weeks, named, dict.fromkeys(named, "Name"), {}, 0)


def test_counts_that_hold_steady_are_not_wavering() -> None:
    assert series_of((10,) * 12, (4,) * 12).dispersion == 1.0


def test_counts_that_jump_waver_by_pearsons_measure() -> None:
    jumping = (2, 18) * 6
    # ten weeks of mean 10 are read: ten times 8² / 10 over nine degrees of freedom, in each of the two themes
    assert series_of(jumping, jumping).dispersion == pytest.approx(10 * 64 / 10 / 9)


def test_a_short_past_says_nothing_about_wavering() -> None:
    assert series_of((1, 9, 1, 9, 5, 5)).dispersion == 1.0


def test_a_rise_among_wavering_counts_is_less_sure() -> None:
    steady = mid_p(20, 100, 40, 400, "up")
    wavering = mid_p(20, 100, 40, 400, "up", dispersion=4.0)
    assert steady < 0.01 < wavering
    assert mid_p(20, 100, 40, 400, "up", dispersion=1.0) == steady


def test_a_theme_does_not_rise_where_all_counts_jump_so() -> None:
    rising = (10,) * 11 + (24,)
    calm, restless = series_of(rising, (10,) * 12), series_of(rising, *((2, 18) * 6,) * 4)
    assert [move.theme for move in _rising(calm)] == ["T1"]
    assert "T1" not in [move.theme for move in _rising(restless)]
