"""From when on an excerpt is counted as being about something, and how far such a count is from the truth.

There are two ways to count what is about a subject: what is near enough to it in meaning (the cut), and what is on the
theme that shares most with the cut. The true number lies around the geometric mean of both, whichever is shown: the cut
misses what is said in other words, a theme takes in what lies beside the subject.

The figures are those of `python -m eval run counting` on banking77 and clinc150, with labels of equal size and with
labels of very different sizes (`--uneven`): the words of every label were counted and held against the rows that people
gave that label. See decisions 0031 and 0046.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from synth.model import Unit

NEAR: Final = 0.40  # cosine from which an excerpt speaks to a question
SHARE: Final = 0.65  # of the similarity of the best few, from which an excerpt is counted with them
BEST: Final = 3
CAP: Final = 0.62  # no cut is higher: where the question repeats a text word for word, others still say the same
ALIKE: Final = 0.30  # of all that either of them counts, from which a theme is taken for the subject if both count it


CORE: Final = 1.3  # times the cut, from which an excerpt says just what is asked about
CLEAR: Final = 0.15  # of what is counted; where less of it is core, much of it is a neighbour of a rare subject

Basis = Literal[
    "theme", "both", "cut"
]  # a theme that is the subject; the cut beside a theme; the cut where none is near


@dataclass(frozen=True, slots=True)
class Spread:
    """The true number divided by the number it is expected around: 80 % of the subjects lie between."""

    low: float
    high: float


SPREADS: Final[Mapping[tuple[Basis, bool], Spread]] = {  # by what was counted, and whether the subject is clear
    ("theme", True): Spread(0.37, 1.56),
    ("theme", False): Spread(0.13, 1.20),
    ("both", True): Spread(0.23, 1.66),
    ("both", False): Spread(0.10, 1.70),
    ("cut", True): Spread(0.34, 2.47),
    ("cut", False): Spread(0.08, 1.80),
}


def counting_cut(similarities: NDArray[np.float32]) -> float:
    """The cosine from which excerpts are counted, of the similarities of all of them to the question."""
    if not len(similarities):
        return NEAR
    best = np.sort(np.partition(similarities, -BEST)[-BEST:] if len(similarities) > BEST else similarities)
    return max(NEAR, min(CAP, SHARE * float(best.mean())))


def is_clear(similarities: NDArray[np.float32], cut: float) -> bool:
    """Whether a good part of what is counted lies far nearer than the cut: the subject has texts of its own."""
    return float((similarities >= CORE * cut).sum()) >= CLEAR * float((similarities >= cut).sum())


def interval(
    value: float, unit: Unit, of: float | None, *, basis: Basis = "cut", other: float | None = None, clear: bool = True
) -> tuple[float, float] | None:
    """Between what the true number lies four times in five, where it was counted by meaning; None of nothing.

    `other` is what the other way of counting finds. The value itself always lies within.
    """
    if value <= 0 or unit == "revenue":
        return None
    around, spread = middle(value, other), SPREADS[basis, clear]
    low = max(1, _in_two_figures(around * spread.low, math.floor))
    high = _in_two_figures(around * spread.high, math.ceil)
    return float(min(value, low)), float(max(value, high if of is None else min(high, of)))


def _in_two_figures(number: float, to: Callable[[float], int]) -> int:
    """An end of an interval in two figures: 217 is 210 or 220. A third would claim what nobody knows."""
    step = int(10 ** max(0, math.floor(math.log10(max(number, 1))) - 1))
    return to(round(number / step, 6)) * step


def middle(value: float, other: float | None) -> float:
    """The number that the true one is expected around: the geometric mean of what both ways count."""
    return value if other is None else math.sqrt((value + 0.5) * (other + 0.5))
