"""Last run's themes carried into this one: what is settled stays, and only clear evidence moves it.

A discovery reads everything anew, and every reading is a little different. Its clusters are therefore not taken for
themes but for evidence about the themes there are:

- a cluster where most of a theme lives carries that theme on, and what is new in it joins the theme;
- a cluster where no theme lives is a theme to be born. What it takes from other themes are moves, and moves are dear:
  births that take least for what they bring come first, and all births of a run together move at most `MOVED` of what
  is settled. The others wait for a run in which they bring more;
- a cluster where several themes live joins none of them: what is new in it goes to the nearest of these.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.vectors import Labels, Vectors, unit_rows

MOVED = 0.04  # of the settled rows, the most that the births of one run take from other themes
PIECE = 0.2  # the share of a theme from which a birth out of it counts as a split


@dataclass(frozen=True, slots=True)
class Birth:
    """A cluster in which no theme lives."""

    cluster: int
    rows: Labels  # its row numbers
    parents: tuple[int, ...]  # the themes it takes a piece of


@dataclass(frozen=True, slots=True)
class Carried:
    """Themes row by row: the numbers of those there were, and new ones from there on; -1 on none."""

    labels: Labels
    born: tuple[Birth, ...]  # in the order of their numbers
    waiting: tuple[Birth, ...]  # those that would take a theme apart that is not to be touched


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Themes (rows) against clusters (columns), and what cannot be read from the counts."""

    settled: NDArray[np.int64]  # (themes, clusters) settled rows in both
    sizes: NDArray[np.int64]  # of each cluster, free rows too
    homes: Labels  # the cluster where most of each theme lives; -1 for a theme without rows in any


def carry(
    vectors: Vectors,
    settled: Labels,
    found: Labels,
    *,
    themes: int,
    fixed: NDArray[np.bool_] | None = None,
    untouched: Collection[int] = (),
    moved: float = MOVED,
) -> Carried:
    """Carry `themes` themes on: `settled` is the theme of each row and -1 where it is free, `found` its cluster or -1.

    Rows that are `fixed` stay where they are, on no theme as well. A birth that takes a piece of an `untouched` theme
    is left waiting.
    """
    meeting = _meet(settled, found, themes)
    candidates = [_bear(meeting, cluster, settled, found) for cluster in _homeless(meeting)]
    waiting = tuple(birth for birth in candidates if not set(birth.parents).isdisjoint(untouched))
    born = _afford(meeting, [birth for birth in candidates if birth not in waiting], moved * (settled >= 0).sum())
    movable = np.ones(len(settled), bool) if fixed is None else ~fixed
    labels = _join(vectors, settled, found, meeting, (settled < 0) & (found >= 0) & movable)
    for number, birth in enumerate(born, start=themes):
        labels[birth.rows[movable[birth.rows]]] = number
    return Carried(labels, tuple(born), waiting)


def _meet(settled: Labels, found: Labels, themes: int) -> _Meeting:
    clusters = int(found.max(initial=-1)) + 1
    counts = np.zeros((themes, clusters), np.int64)
    both = (settled >= 0) & (found >= 0)
    np.add.at(counts, (settled[both], found[both]), 1)
    homes = np.full(themes, -1, np.int64)
    living = np.flatnonzero(counts.any(axis=1))
    if len(living):
        homes[living] = counts[living].argmax(axis=1)
    return _Meeting(counts, np.bincount(found[found >= 0], minlength=clusters), homes)


def _homeless(meeting: _Meeting) -> list[int]:
    """Clusters no theme lives in."""
    return sorted(set(np.flatnonzero(meeting.sizes).tolist()) - set(meeting.homes.tolist()))


def _bear(meeting: _Meeting, cluster: int, settled: Labels, found: Labels) -> Birth:
    taken = meeting.settled[:, cluster]
    sizes = np.bincount(settled[settled >= 0], minlength=len(taken))
    parents = np.flatnonzero((taken > 0) & (taken >= PIECE * sizes))
    return Birth(cluster, np.flatnonzero(found == cluster), tuple(int(theme) for theme in parents))


def _afford(meeting: _Meeting, candidates: list[Birth], budget: float) -> list[Birth]:
    """Those that take the smallest share of themselves from other themes, as far as the budget goes."""
    taken = {birth.cluster: int(meeting.settled[:, birth.cluster].sum()) for birth in candidates}
    born = []
    for birth in sorted(candidates, key=lambda birth: (taken[birth.cluster] / len(birth.rows), birth.cluster)):
        if taken[birth.cluster] <= budget:
            budget -= taken[birth.cluster]
            born.append(birth)
    return sorted(born, key=lambda birth: birth.cluster)


def _join(vectors: Vectors, settled: Labels, found: Labels, meeting: _Meeting, free: NDArray[np.bool_]) -> Labels:
    """Every free row of a cluster on the theme that lives there, or the nearest of those that do."""
    labels = settled.copy()
    centres = _centre(vectors, settled, len(meeting.homes))
    for cluster in np.unique(found[free]):
        rows = np.flatnonzero(free & (found == cluster))
        near = np.flatnonzero(meeting.homes == cluster)
        if not len(near):
            near = np.flatnonzero(meeting.settled[:, cluster])
        if len(near):
            labels[rows] = near[(vectors[rows] @ centres[near].T).argmax(axis=1)]
    return labels


def _centre(vectors: Vectors, labels: Labels, count: int) -> Vectors:
    centres = np.zeros((count, vectors.shape[1]))
    for theme in range(count):
        centres[theme] = vectors[labels == theme].sum(axis=0)
    return unit_rows(centres)
