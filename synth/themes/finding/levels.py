"""What a person reads: themes that can be told apart, and the levels above them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.placement import BLOCK_ROWS, measure_left_out, sum_members
from synth.themes.finding.vectors import Labels, Vectors, unit_rows

if TYPE_CHECKING:
    from scipy import sparse

MOST_AREAS = 12
MOST_SHOWN = 70
CONFUSED = 0.25  # of the members of two themes, the share from which on the two are one
CATCH_ALL = 0.5  # of a theme's members, the share nearer to some other theme from which on it is none


def keep_apart(vectors: Vectors, labels: Labels) -> Labels:
    """The labels with themes joined that cannot be told apart, and without catch-alls; -1 stays.

    A member is held out of its theme's centroid, then asked which centroid is nearer. Two themes are confused by the
    mean share of their members who name the other of the two; the most confused are joined first, and all is measured
    again after each round. A theme whose members mostly name others holds what fits nowhere: it becomes noise.
    """
    labels = _number(labels)
    confused, lost = _confuse(vectors, labels)
    while pairs := _pair(confused):
        target = np.append(np.arange(labels.max() + 1), -1)
        target[[other for _, other in pairs]] = [theme for theme, _ in pairs]
        labels = _number(target[labels])
        confused, lost = _confuse(vectors, labels)
    return _number(np.where(np.append(lost > CATCH_ALL, False)[labels], -1, labels))


def find_confused(
    vectors: Vectors, labels: Labels, *, apart: Collection[tuple[int, int]] = ()
) -> list[tuple[int, int, float]]:
    """Pairs of labels that cannot be told apart, with how much they are confused, the most confused first.

    No label is in two pairs; the pairs in `apart`, and only these, are left out however they are confused.
    """
    confused, _ = _confuse(vectors, labels)
    for one, other in apart:
        confused[one, other] = confused[other, one] = 0.0
    return [(one, other, float(confused[one, other])) for one, other in _pair(confused)]


def count_areas(themes: int) -> int:
    """About the root of the number of themes, at most `MOST_AREAS`."""
    return min(MOST_AREAS, round(float(np.sqrt(themes))))


def cut(centroids: Vectors, sizes: Sequence[int], most: int) -> dict[int, int]:
    """The branch each theme is on where Ward's tree of them has at most `most`, counted in the order of themes.

    A theme weighs as the root of its size: were all alike, a few small themes far out would be most of the branches
    and one branch would hold nearly all that was said.
    """
    weights = np.sqrt(np.maximum(sizes, 1).astype(np.float64))
    cost = _merging_costs(centroids.astype(np.float64), weights)
    branch = np.arange(len(centroids))
    for _ in range(len(centroids) - max(1, most)):
        one, other = sorted(np.unravel_index(int(cost.argmin()), cost.shape))
        _merge_costs(cost, weights, int(one), int(other))
        branch[branch == other] = one
    number: dict[int, int] = {}
    return {theme: number.setdefault(int(each), len(number)) for theme, each in enumerate(branch)}


def _merging_costs(centroids: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """What joining two weighted centres adds to the squares within branches (Ward 1963); infinite with itself."""
    squares = np.einsum("ij,ij->i", centroids, centroids)
    apart = np.maximum(squares[:, None] + squares[None, :] - 2.0 * centroids @ centroids.T, 0.0)
    cost: NDArray[np.float64] = apart * weights[:, None] * weights[None, :] / (weights[:, None] + weights[None, :])
    np.fill_diagonal(cost, np.inf)
    return cost


def _merge_costs(cost: NDArray[np.float64], weights: NDArray[np.float64], one: int, other: int) -> None:
    """Join two branches in place: the first stands for both, the second for nothing (Lance and Williams 1967)."""
    total = weights + weights[one] + weights[other]
    joined = (
        (weights + weights[one]) * cost[one] + (weights + weights[other]) * cost[other] - weights * cost[one, other]
    )
    cost[one] = cost[:, one] = joined / total
    cost[one, one] = np.inf
    cost[other] = cost[:, other] = np.inf
    weights[one] += weights[other]


def choose_shown(mentions: Mapping[str, int], area_of: Mapping[str, str | None]) -> frozenset[str]:
    """The themes of the level a person reads: the largest, and the largest of every area, `MOST_SHOWN` in all."""
    ordered = sorted(mentions, key=lambda theme: (-mentions[theme], theme))
    first: dict[str, str] = {}
    for theme in ordered:
        if area := area_of.get(theme):
            first.setdefault(area, theme)
    rest = [theme for theme in ordered if theme not in first.values()]
    return frozenset([*first.values(), *rest][:MOST_SHOWN])


def _confuse(vectors: Vectors, labels: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each two themes the mean share of members nearer to the other one; for each theme, of those nearer to any."""
    members = np.flatnonzero(labels >= 0)
    belongs = _mark(labels[members], int(labels.max(initial=-1)) + 1)
    sums = sum_members(vectors[members], labels[members], belongs.shape[1])
    centroids, sizes = unit_rows(sums), np.asarray(belongs.sum(axis=0)).ravel()
    nearer, lost = np.zeros((len(sums), len(sums))), np.zeros(len(sums))
    for at in range(0, len(members), BLOCK_ROWS):
        rows, block = members[at : at + BLOCK_ROWS], belongs[at : at + BLOCK_ROWS].T
        own = measure_left_out(vectors[rows], sums, labels[rows])
        beyond = vectors[rows] @ centroids.T > own[:, None]
        beyond[np.arange(len(rows)), labels[rows]] = False
        nearer += block @ beyond
        lost += block @ beyond.any(axis=1)
    shares = nearer / np.maximum(sizes, 1)[:, None]
    return (shares + shares.T) / 2, lost / np.maximum(sizes, 1)


def _mark(labels: Labels, count: int) -> "sparse.csr_matrix":
    """One row per label, a one in its column."""
    from scipy import sparse  # what lists themes alone does not wait for it

    return sparse.csr_matrix((np.ones(len(labels)), (np.arange(len(labels)), labels)), (len(labels), count))


def _pair(confused: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of themes to join, the most confused first, no theme in two pairs."""
    one, other = np.nonzero(np.triu(confused >= CONFUSED, 1))
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for at in np.argsort(-confused[one, other], kind="stable"):
        pair = int(one[at]), int(other[at])
        if taken.isdisjoint(pair):
            pairs.append(pair)
            taken.update(pair)
    return pairs


def _number(labels: Labels) -> Labels:
    """The labels in use as 0.., in their order; -1 stays."""
    names = np.unique(labels[labels >= 0])
    return np.where(labels >= 0, np.searchsorted(names, labels), -1)
