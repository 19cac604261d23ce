"""Learning where excerpts belong from those that people moved: pure, over unit vectors.

A theme's centre is drawn towards what was moved to it and away from what was moved off it. Whether that is worth
anything is measured on decisions that were held back; until it clearly is, the centre stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.placement import PlacementModel, place
from synth.themes.finding.vectors import SHORTEST, Vectors

PULL = 0.5  # how far a centre goes towards the mean of what was moved to it, or away from what was moved off it
FOLDS = 5
FEWEST_DECISIONS = 3  # below that nothing can be held back
SURE = 0.05  # the chance up to which an advantage on held-back moves may be luck
SPARE = 0.02  # the share of other excerpts that may be placed worse


@dataclass(frozen=True, slots=True)
class Moves:
    """What people moved to a theme or off it: `wanted` is the row each belongs to (-1: none), `decision` its number."""

    vectors: Vectors
    wanted: NDArray[np.int64]
    decision: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """Excerpts that nobody moved, with the row each is on (-1: none): the members of the theme, and others."""

    vectors: Vectors
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Taught:
    """The centre and threshold that were learned, whether they are better, and the figures that say so."""

    centroid: Vectors
    threshold: float
    better: bool
    figures: dict[str, Any]


def teach_row(model: PlacementModel, row: int, moves: Moves, ground: Ground, same: NDArray[np.int64]) -> Taught:
    """Learn one row of a placement model, and measure it against the row as it is, the others unchanged.

    It is better when it places held-back moves right where the old one does not, more often than the other way round
    by more than luck (sign test), and places other excerpts no worse. `same` gives each row the first of its theme.
    """
    from scipy.stats import binomtest

    before = _place(moves.vectors, model, same) == moves.wanted
    after = _hold_back(model, row, moves, ground, same)
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    chance = float(binomtest(gained, gained + lost, 0.5, alternative="greater").pvalue) if gained + lost else 1.0
    centroid, threshold = _learn(model, row, moves, ground)
    learned = _replace(model, row, centroid, threshold)
    kept_before = float((_place(ground.vectors, model, same) == ground.rows).mean()) if len(ground.rows) else 1.0
    kept_after = float((_place(ground.vectors, learned, same) == ground.rows).mean()) if len(ground.rows) else 1.0
    decisions = len(np.unique(moves.decision))
    figures = {
        "decisions": decisions,
        "moves": len(moves.wanted),
        "right_before": round(float(before.mean()), 4),
        "right_after": round(float(after.mean()), 4),
        "gained": gained,
        "lost": lost,
        "chance": round(chance, 4),
        "others_before": round(kept_before, 4),
        "others_after": round(kept_after, 4),
    }
    better = decisions >= FEWEST_DECISIONS and chance <= SURE and kept_after >= kept_before - SPARE
    return Taught(centroid, threshold, better, figures)


def _hold_back(
    model: PlacementModel, row: int, moves: Moves, ground: Ground, same: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether each move is placed right by what was learned from the other decisions."""
    right: NDArray[np.bool_] = _place(moves.vectors, model, same) == moves.wanted
    for held_back in _folds(moves.decision):
        rest = _take(moves, ~held_back)
        if len(rest.wanted):
            learned = _replace(model, row, *_learn(model, row, rest, ground))
            right[held_back] = _place(moves.vectors[held_back], learned, same) == moves.wanted[held_back]
    return right


def _learn(model: PlacementModel, row: int, moves: Moves, ground: Ground) -> tuple[Vectors, float]:
    """The centre drawn by the moves; of the members, now with the moved, the threshold lets in the share it did."""
    old, members = model.centroids[row], ground.vectors[ground.rows == row]
    inside = moves.wanted == row
    moved = old.astype(np.float64)
    if inside.any():
        moved = moved + PULL * moves.vectors[inside].mean(axis=0)
    if not inside.all():
        moved = moved - PULL * moves.vectors[~inside].mean(axis=0)
    centroid = np.asarray(moved / max(float(np.linalg.norm(moved)), SHORTEST), np.float32)
    if not len(members):
        return centroid, float(model.thresholds[row])
    under = float((members @ old < model.thresholds[row]).mean())
    belonging = np.concatenate([members, moves.vectors[inside]])
    return centroid, float(np.quantile(belonging @ centroid, under))


def _place(vectors: Vectors, model: PlacementModel, same: NDArray[np.int64]) -> NDArray[np.int64]:
    labels = place(vectors, model).labels
    return np.where(labels >= 0, same[labels], -1)


def _folds(decisions: NDArray[np.int64]) -> Sequence[NDArray[np.bool_]]:
    """Which moves are held back together: those of one decision always are."""
    numbers = np.unique(decisions)
    folds = np.searchsorted(numbers, decisions) % min(FOLDS, len(numbers))
    return [folds == fold for fold in range(min(FOLDS, len(numbers)))]


def _take(moves: Moves, which: NDArray[np.bool_]) -> Moves:
    return Moves(moves.vectors[which], moves.wanted[which], moves.decision[which])


def _replace(model: PlacementModel, row: int, centroid: Vectors, threshold: float) -> PlacementModel:
    centroids, thresholds = model.centroids.copy(), model.thresholds.copy()
    centroids[row], thresholds[row] = centroid, threshold
    return PlacementModel(centroids, thresholds)
