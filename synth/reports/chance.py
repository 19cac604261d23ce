"""What chance explains: an exact test of two Poisson rates, and the control of false discoveries over many themes."""

import math
from collections.abc import Sequence
from typing import Literal


def mid_p(
    after: int, after_of: int, before: int, before_of: int, side: Literal["up", "down"], *, dispersion: float = 1.0
) -> float:
    """The one-sided mid-p value of a change between two rates.

    Given their sum, the count after is binomial with the share of documents after (Przyborowski and Wilenski 1940);
    half the probability of what was seen is left out (Lancaster 1961), since an exact test of few counts is too timid.
    Counts that waver `dispersion` times as much as chance would have them are worth that many times less.
    """
    after, before = round(after / dispersion), round(before / dispersion)
    if after_of <= 0 or before_of <= 0:
        return 1.0
    total, share = after + before, after_of / (after_of + before_of)
    tail = range(after + 1, total + 1) if side == "up" else range(after)
    return min(1.0, _binomial(total, after, share) / 2 + math.fsum(_binomial(total, k, share) for k in tail))


def discoveries(values: Sequence[float], rate: float) -> list[bool]:
    """Which p values stand when at most `rate` of those that do are to be false (Benjamini and Hochberg 1995)."""
    ranked = sorted(values)
    passing = [p for rank, p in enumerate(ranked, start=1) if p <= rate * rank / len(ranked)]
    border = max(passing, default=-1.0)
    return [p <= border for p in values]


def _binomial(total: int, hits: int, share: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(hits + 1) - math.lgamma(total - hits + 1)
    return math.exp(ways + hits * math.log(share) + (total - hits) * math.log1p(-share))
