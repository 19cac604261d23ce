"""How far a share may be from the truth, given how many cases it was measured on."""

import math

_Z = 1.959964  # the normal quantile of 95 % confidence
Interval = tuple[float, float]


def wilson(right: int, of: int) -> Interval:
    """95 % interval of a share of yes and no (Wilson 1927). Where all are right a bootstrap would claim certainty."""
    if not of:
        return 0.0, 1.0
    share, square = right / of, _Z**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of**2))
    low, high = (0.0 if right == 0 else centre - half), (1.0 if right == of else centre + half)
    return low, high
