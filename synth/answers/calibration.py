"""From when on an excerpt is counted as being about something, and how far such a count is from the truth.

The figures are those of `python -m eval run counting` on banking77 (3,000 rows, 77 subjects: precision .43, recall .69)
and clinc150 (6,000 rows, 151 subjects: .69 and .56): the words of every label were counted by meaning and held against
the rows that people gave that label. See decision 0031.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.model import Unit

NEAR: Final = 0.40  # cosine from which an excerpt speaks to a question
SHARE: Final = 0.65  # of the similarity of the best few, from which an excerpt is counted with them
BEST: Final = 3
CAP: Final = 0.62  # no cut is higher: where the question repeats a text word for word, others still say the same

# The true number divided by the number counted: 80 % of the subjects lie between.
LOW: Final = 0.35
HIGH: Final = 2.40


def counting_cut(similarities: NDArray[np.float32]) -> float:
    """The cosine from which excerpts are counted, of the similarities of all of them to the question."""
    if not len(similarities):
        return NEAR
    best = np.sort(np.partition(similarities, -BEST)[-BEST:] if len(similarities) > BEST else similarities)
    return max(NEAR, min(CAP, SHARE * float(best.mean())))


def interval(value: float, unit: Unit, of: float | None) -> tuple[float, float] | None:
    """Between what the true number lies four times in five, where it was counted by meaning; None of nothing."""
    if value <= 0 or unit == "revenue":
        return None
    high = round(value * HIGH)
    return float(max(1, round(value * LOW))), float(high if of is None else max(value, min(high, of)))
