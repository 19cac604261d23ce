"""Cohen's kappa and Krippendorff's alpha on one code, and their means over codes with 95 % intervals.

Rows are coders, columns units; a value is whether the coder gave the unit the code, None where they have not read it.
Both measures follow from sums over units, so an interval needs no more than adding the units up anew, each as often as
it was drawn (a bootstrap, 1,000 times, with a fixed seed).

Sources: Cohen 1960; Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability" (nominal data, two values).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 1_000
SEED: Final = 7
_AT_ONCE: Final = 100  # draws held in memory
Rows = Sequence[Sequence[bool | None]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its interval; None where it has no value (nobody used the code, or everybody everywhere)."""

    value: float | None
    low: float | None
    high: float | None
    n: int  # units

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        rounded = {name: None if each is None else round(each, 3) for name, each in self._named()}
        return {**rounded, "n": self.n}

    def _named(self) -> tuple[tuple[str, float | None], ...]:
        return (("value", self.value), ("low", self.low), ("high", self.high))


@dataclass(frozen=True, slots=True)
class Measure:
    """What each unit adds, (units, k), and the value of such sums, (draws, k) to (draws,): nan where there is none."""

    adds: Callable[[Rows], Floats]
    value: Callable[[Floats], Floats]


def cohen_kappa(one: Sequence[bool | None], other: Sequence[bool | None]) -> float | None:
    """Agreement of two coders on one code beyond chance; None where neither varies."""
    return _known(_values([[one, other]], KAPPA))


def krippendorff_alpha(marks: Rows) -> float | None:
    """Agreement of any number of coders (rows) over units (columns) on one code; None where nothing varies."""
    return _known(_values([marks], ALPHA))


def measure_over(codes: Sequence[Rows], measure: Measure) -> Figure:
    """The mean of a measure over codes, with its interval: units are drawn anew, the same ones for every code."""
    n = len(codes[0][0]) if codes and codes[0] else 0
    value = _known(_values(codes, measure))
    if value is None or n < 2:
        return Figure(value, None, None, n)
    added, random = [measure.adds(rows) for rows in codes], np.random.default_rng(SEED)
    drawn = np.concatenate(
        [
            _mean([measure.value(random_units @ each) for each in added])
            for random_units in (
                random.multinomial(n, np.full(n, 1 / n), size=_AT_ONCE).astype(float) for _ in range(ROUNDS // _AT_ONCE)
            )
        ]
    )
    drawn = np.sort(drawn[~np.isnan(drawn)])
    if not len(drawn):
        return Figure(value, None, None, n)
    low, high = drawn[int(0.025 * len(drawn))], drawn[min(len(drawn) - 1, int(0.975 * len(drawn)))]
    return Figure(value, float(low), float(high), n)


def _values(codes: Sequence[Rows], measure: Measure) -> Floats:
    """The mean over codes of a measure, as an array of one."""
    if not codes:
        return np.array([np.nan])
    return _mean([measure.value(measure.adds(rows).sum(axis=0, keepdims=True)) for rows in codes])


def _mean(values: Sequence[Floats]) -> Floats:
    """The mean over codes of those that have a value, for each draw."""
    stacked = np.stack(values)
    known = ~np.isnan(stacked)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(known, stacked, 0.0).sum(axis=0) / np.where(count, count, np.nan)
    return mean


def _known(values: Floats) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])


def _pairs(rows: Rows) -> Floats:
    """For each unit how often the last coder and another said: yes and yes, no and yes, yes and no, no and no."""
    added = np.zeros((len(rows[-1]), 4))
    for other in rows[:-1]:
        for place, (said, last) in enumerate(zip(other, rows[-1], strict=True)):
            if said is not None and last is not None:
                added[place, (0 if last else 2) + (0 if said else 1)] += 1
    return added


def _kappa(sums: Floats) -> Floats:
    both, last, other, neither = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        n = sums.sum(axis=1)
        p, q = (both + last) / n, (both + other) / n
        expected = p * q + (1 - p) * (1 - q)
        value: Floats = np.where(expected == 1, np.nan, ((both + neither) / n - expected) / (1 - expected))
    return value


def _said(rows: Rows) -> Floats:
    """For each unit that two or more have read: how much they differ, how many read it, how many said yes."""
    added = np.zeros((len(rows[0]) if rows else 0, 3))
    for place, unit in enumerate(zip(*rows, strict=True)):
        said = [each for each in unit if each is not None]
        if len(said) > 1:
            yes = sum(said)
            added[place] = 2 * yes * (len(said) - yes) / (len(said) - 1), len(said), yes
    return added


def _alpha(sums: Floats) -> Floats:
    disagreement, values, ones = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = 2 * ones * (values - ones) / (values - 1)
        value: Floats = np.where((values < 2) | (expected == 0), np.nan, 1 - disagreement / expected)
    return value


def _alpha_of_pairs(sums: Floats) -> Floats:
    both, last, other, _ = sums.T
    return _alpha(np.stack([2 * (last + other), 2 * sums.sum(axis=1), 2 * both + last + other], axis=1))


KAPPA: Final = Measure(_pairs, _kappa)
"""Of the last coder with each of the others, all pairs together: of two coders, Cohen's."""
ALPHA: Final = Measure(_said, _alpha)
"""Krippendorff's, of all coders with each other."""
ALPHA_OF_PAIRS: Final = Measure(_pairs, _alpha_of_pairs)
"""Krippendorff's, of the last coder with each of the others, however much these differ among themselves."""
