"""Placing vectors on the themes there are: the nearest centroid, when it is near enough for that theme."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.finding.vectors import SHORTEST, Labels, Vectors, unit_rows

BLOCK_ROWS = 8192
FEW = 20  # a theme with this many members trusts its own threshold as much as the threshold of all themes
STEEP = 20.0  # how fast confidence rises with similarity; 0.05 above the threshold is 0.73
NOTHING_FITS = 2.0  # the threshold of a label without members


@dataclass(frozen=True, slots=True)
class PlacementModel:
    """What placing needs of each theme; a theme is named by its row."""

    centroids: Vectors  # (k, d) unit rows
    thresholds: NDArray[np.float32]  # (k,) the least cosine to the centroid

    def to_bytes(self) -> bytes:
        """Both arrays in numpy's own format."""
        out = io.BytesIO()
        np.savez(out, centroids=self.centroids, thresholds=self.thresholds)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "PlacementModel":
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            return cls(arrays["centroids"], arrays["thresholds"])


@dataclass(frozen=True, slots=True)
class Placement:
    """Where each vector went."""

    labels: Labels  # (n,) -1: near no theme
    confidence: NDArray[np.float32]  # (n,) 0..1 that the nearest theme is right, also where the label is -1


def fit_placement(vectors: Vectors, labels: Labels, *, keep: float | None = None) -> PlacementModel:
    """Centroids and thresholds from labelled unit vectors; rows labelled -1 are examples of what is in no theme.

    A threshold is where members, each measured to the centroid of the others, are told best from the strangers: noise,
    and members of other themes to whom this theme is the second nearest (what would come here if their theme were new).
    With `keep`, a threshold is instead where that share of the members is at or above it.
    """
    check_vectors(vectors)
    count = int(labels.max(initial=-1)) + 1
    inside = labels >= 0
    members, theme_of_member = vectors[inside], labels[inside]
    sums = sum_members(members, theme_of_member, count)
    centroids = unit_rows(sums)
    if not count:
        return PlacementModel(centroids, np.zeros(0, np.float32))
    own = measure_left_out(members, sums, theme_of_member)
    if keep is not None:
        return PlacementModel(centroids, _cut_off(own, theme_of_member, 1 - keep, count))
    stranger_of, stranger = _find_strangers(vectors, centroids, labels)
    return PlacementModel(centroids, _calibrate(own, theme_of_member, stranger, stranger_of, count))


def place(vectors: Vectors, themes: PlacementModel) -> Placement:
    """Each unit vector's nearest theme, or -1 when it is under that theme's threshold or there is no theme."""
    check_vectors(vectors)
    if not len(themes.centroids):
        return Placement(np.full(len(vectors), -1, np.int64), np.zeros(len(vectors), np.float32))
    if vectors.shape[1] != themes.centroids.shape[1]:
        raise BadInput("The vectors and the themes come from different embedders: embed the excerpts again first.")
    blocks = [_place_block(vectors[at : at + BLOCK_ROWS], themes) for at in range(0, max(len(vectors), 1), BLOCK_ROWS)]
    return Placement(np.concatenate([block[0] for block in blocks]), np.concatenate([block[1] for block in blocks]))


def measure_strength(vectors: Vectors, labels: Labels, themes: PlacementModel) -> NDArray[np.float32]:
    """How surely each labelled row belongs where it is, 0..1 as `place` would say it; 0 for rows labelled -1."""
    strength = np.zeros(len(vectors), np.float32)
    for at in range(0, len(vectors) if len(themes.centroids) else 0, BLOCK_ROWS):
        rows = at + np.flatnonzero(labels[at : at + BLOCK_ROWS] >= 0)
        near = vectors[rows] @ themes.centroids.T
        strength[rows] = _judge(near, labels[rows], themes.thresholds)
    return strength


def check_vectors(vectors: Vectors) -> None:
    """Raises BadInput unless the vectors are a table of finite numbers."""
    if vectors.ndim != 2:
        raise BadInput("Vectors have to come as a table with one row per excerpt.")
    if not np.isfinite(vectors).all():
        raise BadInput("Some vectors hold values that are not numbers: embed those excerpts again.")


def _place_block(vectors: Vectors, themes: PlacementModel) -> tuple[Labels, NDArray[np.float32]]:
    near = vectors @ themes.centroids.T
    best = near.argmax(axis=1)
    above = near[np.arange(len(vectors)), best] >= themes.thresholds[best]
    return np.where(above, best, -1).astype(np.int64), _judge(near, best, themes.thresholds)


def _judge(near: Vectors, chosen: Labels, thresholds: NDArray[np.float32]) -> NDArray[np.float32]:
    """The confidence that each row's chosen theme is right: its lead over its threshold and over the next theme."""
    rows = np.arange(len(near))
    own = near[rows, chosen]
    others = near.copy()
    others[rows, chosen] = -1.0
    rival = others.max(axis=1)
    return (_sigmoid(STEEP * (own - thresholds[chosen])) * _sigmoid(STEEP * (own - rival))).astype(np.float32)


def sum_members(members: Vectors, theme_of_member: Labels, count: int) -> NDArray[np.float64]:
    """The sum of the members of each of `count` themes."""
    order = np.argsort(theme_of_member, kind="stable")
    ends = np.searchsorted(theme_of_member[order], np.arange(count), side="right")
    sums = np.zeros((count, members.shape[1]))
    for theme, rows in enumerate(np.split(order, ends[:-1]) if count else []):
        sums[theme] = members[rows].sum(axis=0, dtype=np.float64)
    return sums


def measure_left_out(members: Vectors, sums: NDArray[np.float64], theme_of_member: Labels) -> NDArray[np.float64]:
    """Each member's cosine to the centroid of the other members of its theme."""
    cosine = np.empty(len(members))
    for at in range(0, len(members), BLOCK_ROWS):
        block = slice(at, at + BLOCK_ROWS)
        others = sums[theme_of_member[block]] - members[block]
        dots = np.einsum("ij,ij->i", others, members[block])
        cosine[block] = dots / np.maximum(np.linalg.norm(others, axis=1), SHORTEST)
    return cosine


def _find_strangers(vectors: Vectors, centroids: Vectors, labels: Labels) -> tuple[Labels, NDArray[np.float32]]:
    """For each row, the nearest theme that is not its own, and the cosine to it."""
    nearest = np.empty(len(vectors), np.int64)
    cosine = np.empty(len(vectors), np.float32)
    for at in range(0, len(vectors), BLOCK_ROWS):
        block = slice(at, at + BLOCK_ROWS)
        near = vectors[block] @ centroids.T
        near[labels[block, None] == np.arange(len(centroids))] = -1.0
        nearest[block] = near.argmax(axis=1)
        cosine[block] = near.max(axis=1)
    return nearest, cosine


def _calibrate(
    own: NDArray[np.float64], theme_of_member: Labels, stranger: NDArray[np.float32], stranger_of: Labels, count: int
) -> NDArray[np.float32]:
    """Per theme the threshold with the best balanced accuracy, drawn to the common one where members are few."""
    common = _split_best(own, stranger)
    thresholds = np.empty(count, np.float32)
    for theme in range(count):
        inside, outside = own[theme_of_member == theme], stranger[stranger_of == theme]
        if not len(inside):
            thresholds[theme] = NOTHING_FITS
            continue
        single = _split_best(inside, outside) if len(outside) else min(common, float(inside.min()))
        trust = len(inside) / (len(inside) + FEW)
        thresholds[theme] = trust * single + (1 - trust) * common
    return thresholds


def _cut_off(own: NDArray[np.float64], theme_of_member: Labels, share: float, count: int) -> NDArray[np.float32]:
    thresholds = np.full(count, NOTHING_FITS, np.float32)
    for theme in np.unique(theme_of_member):
        thresholds[theme] = np.quantile(own[theme_of_member == theme], share)
    return thresholds


def _split_best(inside: NDArray[np.float64], outside: NDArray[np.float32]) -> float:
    """The cut that maximises (share of inside at or above it) + (share of outside below it)."""
    cuts = np.unique(np.quantile(inside, np.linspace(0, 0.5, 51)))
    kept = 1 - np.searchsorted(np.sort(inside), cuts) / len(inside)
    refused = np.searchsorted(np.sort(outside), cuts) / max(len(outside), 1)
    return float(cuts[(kept + refused).argmax()])


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -50, 50))))
