"""What the soak tells of the looks it takes."""

import pytest

from tests.load.soak import Look, slope

HOUR = [minute / 60 for minute in range(60)]


def look(hours: float, memory: float) -> Look:
    return Look(hours, memory, files=30, threads=10)


def test_a_process_that_takes_ever_more_is_told() -> None:
    assert slope([look(hours, 400 + 20 * hours) for hours in HOUR]) == pytest.approx(4.88, abs=0.01)


def test_a_few_high_looks_are_no_growth() -> None:
    high = {50: 520.0, 51: 540.0, 52: 530.0}
    assert slope([look(hours, high.get(place, 400.0)) for place, hours in enumerate(HOUR)]) == 0


def test_a_step_in_the_middle_is_growth() -> None:
    assert slope([look(hours, 400.0 if place < 30 else 420.0) for place, hours in enumerate(HOUR)]) > 1
