"""Codes for segments without any thought: of the nearest coded segment, and the most frequent one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def nearest(near: Vectors, codes: Sequence[str], segments: Vectors) -> list[str]:
    """The code of the coded segment with the highest cosine."""
    return [codes[int(place)] for place in np.argmax(segments @ near.T, axis=1)]


def majority(near: Vectors, codes: Sequence[str], segments: Vectors) -> list[str]:
    """The most frequent code, the first by name among equals."""
    del near
    most = min(Counter(codes).items(), key=lambda pair: (-pair[1], pair[0]))[0]
    return [most] * len(segments)
