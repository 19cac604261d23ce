"""Vectors and labels as everything here passes them around."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # (n, d), unit rows
Labels = NDArray[np.int64]  # (n,), -1: none

SHORTEST = 1e-9  # what is shorter is divided by this, so that nothing is divided by zero


def unit_rows(rows: NDArray[np.floating]) -> Vectors:
    """The rows at length 1; a row of zeros stays as it is."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), SHORTEST), np.float32)
