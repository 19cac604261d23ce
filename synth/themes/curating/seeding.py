"""Centres and thresholds of themes that come as words only: fitted to the excerpts that are nearest to them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.placement import BLOCK_ROWS, PlacementModel, fit_placement, place
from synth.themes.finding.vectors import Vectors, unit_rows

ENOUGH = 12  # nearest excerpts from which on a theme's own threshold can be read off them
FIRST_GUESS = 0.55  # cosine to the centre that is asked for where there is too little to read it off


def fit_seeds(seeds: Sequence[Vectors], stored: Vectors) -> PlacementModel:
    """A row for each theme from the vectors of its name, definition and examples, and from the stored vectors.

    The excerpts nearest to a theme fall into those that belong to it and those that merely lie nowhere else; the cut
    that tells the two groups apart best (Otsu's) is its first threshold. What is above it moves the centre half way,
    and the threshold is then drawn as a run draws it.
    """
    centroids = unit_rows(np.stack([each.mean(axis=0) for each in seeds]))
    if not len(stored):
        return PlacementModel(centroids, np.full(len(seeds), FIRST_GUESS, np.float32))
    first = PlacementModel(centroids, _first_thresholds(centroids, stored))
    labels = place(stored, first).labels
    own = np.concatenate([np.full(len(each), number) for number, each in enumerate(seeds)])
    fitted = fit_placement(np.concatenate([stored, *seeds]), np.concatenate([labels, own]).astype(np.int64))
    placed = np.bincount(labels[labels >= 0], minlength=len(seeds))
    thresholds = np.where(placed >= ENOUGH, fitted.thresholds, first.thresholds)
    return PlacementModel(unit_rows(centroids + fitted.centroids), thresholds.astype(np.float32))


def _first_thresholds(centroids: Vectors, stored: Vectors) -> NDArray[np.float32]:
    nearest, cosine = _find_nearest(centroids, stored)
    return np.asarray(
        [
            max(_cut(cosine[nearest == row]), FIRST_GUESS) if (nearest == row).sum() >= ENOUGH else FIRST_GUESS
            for row in range(len(centroids))
        ],
        np.float32,
    )


def _find_nearest(centroids: Vectors, stored: Vectors) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Of each stored vector, the theme nearest to it and the cosine to that."""
    nearest, cosine = np.empty(len(stored), np.int64), np.empty(len(stored), np.float32)
    for at in range(0, len(stored), BLOCK_ROWS):
        near = stored[at : at + BLOCK_ROWS] @ centroids.T
        nearest[at : at + BLOCK_ROWS], cosine[at : at + BLOCK_ROWS] = near.argmax(axis=1), near.max(axis=1)
    return nearest, cosine


def _cut(values: NDArray[np.float32]) -> float:
    """The value that parts numbers into the two groups whose means lie farthest apart for their sizes."""
    ordered = np.sort(values.astype(np.float64))
    sums, below = np.cumsum(ordered), np.arange(1, len(ordered))
    above = len(ordered) - below
    between = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    return float(ordered[int(between.argmax()) + 1])
