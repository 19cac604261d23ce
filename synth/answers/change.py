"""Whether a rate changed: the ratio of two Poisson rates with its interval; no direction where chance explains it."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Direction = Literal["up", "down", "flat"]
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Change:
    """The ratio after / before with its 95 % interval."""

    direction: Direction
    ratio: float
    low: float
    high: float


def compare_rates(before: float, before_of: float, after: float, after_of: float, *, among: int = 1) -> Change:
    """Compare `before` of `before_of` with `after` of `after_of`.

    The interval is that of the log ratio of two Poisson rates with half a count added to each (Haldane–Anscombe), so
    that an empty side gives a wide interval instead of none. The direction is flat where the interval holds 1.
    `among` is how many such comparisons are looked at together: the interval is as much wider (Bonferroni).
    """
    z = Z95 if among <= 1 else NormalDist().inv_cdf(1 - 0.025 / among)
    if before_of <= 0 or after_of <= 0:
        return Change("flat", 1.0, 0.0, math.inf)
    ratio = ((after + 0.5) / after_of) / ((before + 0.5) / before_of)
    spread = z * math.sqrt(1 / (before + 0.5) + 1 / (after + 0.5))
    low, high = ratio * math.exp(-spread), ratio * math.exp(spread)
    return Change("up" if low > 1 else "down" if high < 1 else "flat", ratio, low, high)
