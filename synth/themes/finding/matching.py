"""Which theme a run's cluster is: matched by the excerpts they share, never by label, with the lineage as events."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

ThemeId = TypeVar("ThemeId", bound=Hashable)
ExcerptId = TypeVar("ExcerptId", bound=Hashable)
EventKind = Literal["born", "kept", "grown", "split", "merged", "faded", "retired"]

SAME = 0.2  # the least Jaccard overlap at which a cluster can carry on a theme
GROWN = 1.25  # a cluster this many times as large as its theme was
FADED = 0.5  # a cluster this small a part of its theme, or smaller
PIECE = 0.2  # the least share of a theme that counts as a piece of it
MOST = 0.5  # the share from which one set counts as mostly inside another


@dataclass(frozen=True, slots=True)
class Match(Generic[ThemeId]):
    """A cluster that carries on a theme."""

    theme_id: ThemeId
    cluster: int
    jaccard: float  # 0..1, see `match`
    shared: int  # excerpts in both


@dataclass(frozen=True, slots=True)
class Event(Generic[ThemeId]):
    """One line of lineage; what `others` and `overlap` are depends on the kind.

    kept, grown, faded   the theme's cluster; others empty; overlap = its Jaccard
    split                the cluster that carries the theme on (or None); others = the clusters with the other
                         pieces; overlap = share of the theme in all of its pieces
    merged               no cluster where a run only proposes it; others = the theme to merge it into; overlap = the
                         share of the two themes' members nearer to the other one. Else
                         the cluster a theme went into; others = the themes that cluster carries on or took in as well;
                         overlap = share of the theme in it
    retired              no cluster; others = clusters holding a piece of it; overlap = share of the largest piece
    born                 a cluster with no theme; others = themes that gave it a piece; overlap = share of the cluster
                         that no theme had before
    """

    kind: EventKind
    theme_id: ThemeId | None
    cluster: int | None
    others: tuple[ThemeId | int, ...]
    overlap: float


@dataclass(frozen=True, slots=True)
class Overlap(Generic[ThemeId]):
    """How many excerpts each theme (row) shares with each cluster (column)."""

    themes: tuple[ThemeId, ...]
    clusters: tuple[int, ...]
    shared: NDArray[np.int64]
    theme_sizes: NDArray[np.int64]
    cluster_sizes: NDArray[np.int64]
    known_sizes: NDArray[np.int64]  # of each cluster, the excerpts some theme had before


def match(
    old: Mapping[ThemeId, AbstractSet[ExcerptId]], new: Mapping[int, AbstractSet[ExcerptId]]
) -> list[Match[ThemeId]]:
    """Pair themes with clusters one to one so that the sum of Jaccard overlaps is the highest possible.

    Excerpts that no theme had before are left out of a cluster's side of the overlap, so that a theme keeps its
    identity however much it grows. Pairs under `SAME` are not made. Ordered by cluster.
    """
    return _pair(_overlap(old, new))


def pair_as(
    old: Mapping[ThemeId, AbstractSet[ExcerptId]],
    new: Mapping[int, AbstractSet[ExcerptId]],
    same: Mapping[ThemeId, int],
) -> list[Match[ThemeId]]:
    """The pairs of a run that knows which cluster carries each theme on, with their overlaps. Ordered by cluster."""
    overlap = _overlap(old, new)
    jaccard = _measure_jaccard(overlap)
    row, column = ({name: place for place, name in enumerate(names)} for names in (overlap.themes, overlap.clusters))
    pairs = [
        Match(
            theme,
            cluster,
            float(jaccard[row[theme], column[cluster]]),
            int(overlap.shared[row[theme], column[cluster]]),
        )
        for theme, cluster in same.items()
    ]
    return sorted(pairs, key=lambda pair: pair.cluster)


def trace(
    old: Mapping[ThemeId, AbstractSet[ExcerptId]],
    new: Mapping[int, AbstractSet[ExcerptId]],
    matches: Iterable[Match[ThemeId]] | None = None,
) -> list[Event[ThemeId]]:
    """The lineage of a run: one fate for each theme, a birth for each cluster without one, and the splits.

    A theme's fate is one of kept, grown, faded, merged or retired; a split comes besides it. Without `matches` the
    pairs are those of `match`.
    """
    overlap = _overlap(old, new)
    carried = {found.theme_id: found for found in (_pair(overlap) if matches is None else matches)}
    fates = [_decide_fate(overlap, row, carried) for row in range(len(overlap.themes))]
    splits = [_find_split(overlap, row, carried) for row in range(len(overlap.themes))]
    return fates + [split for split in splits if split] + _find_births(overlap, carried)


def measure_stability(
    old: Mapping[ThemeId, AbstractSet[ExcerptId]],
    new: Mapping[int, AbstractSet[ExcerptId]],
    matches: Iterable[Match[ThemeId]],
) -> float:
    """The share of old excerpts whose theme stays: they are in the cluster that carries it on. 1.0 with no themes."""
    total = sum(len(members) for members in old.values())
    kept = sum(len(old[found.theme_id] & new[found.cluster]) for found in matches)
    return kept / total if total else 1.0


def _overlap(
    old: Mapping[ThemeId, AbstractSet[ExcerptId]], new: Mapping[int, AbstractSet[ExcerptId]]
) -> Overlap[ThemeId]:
    themes, clusters = tuple(sorted(old, key=str)), tuple(sorted(new))
    rows: dict[ExcerptId, list[int]] = defaultdict(list)
    for row, theme in enumerate(themes):
        for excerpt in old[theme]:
            rows[excerpt].append(row)
    shared = np.zeros((len(themes), len(clusters)), np.int64)
    known = np.zeros(len(clusters), np.int64)
    for column, cluster in enumerate(clusters):
        homes = [rows[excerpt] for excerpt in new[cluster] if excerpt in rows]
        known[column] = len(homes)
        np.add.at(shared[:, column], [row for home in homes for row in home], 1)
    theme_sizes = np.array([len(old[theme]) for theme in themes], np.int64)
    cluster_sizes = np.array([len(new[cluster]) for cluster in clusters], np.int64)
    return Overlap(themes, clusters, shared, theme_sizes, cluster_sizes, known)


def _pair(overlap: Overlap[ThemeId]) -> list[Match[ThemeId]]:
    jaccard = _measure_jaccard(overlap)
    jaccard[jaccard < SAME] = 0.0
    from scipy.optimize import linear_sum_assignment  # a quarter of a second that every command would wait

    rows, columns = linear_sum_assignment(jaccard, maximize=True)
    pairs = [
        Match(
            overlap.themes[row], overlap.clusters[column], float(jaccard[row, column]), int(overlap.shared[row, column])
        )
        for row, column in zip(rows, columns, strict=True)
        if jaccard[row, column] > 0
    ]
    return sorted(pairs, key=lambda pair: pair.cluster)


def _measure_jaccard(overlap: Overlap[ThemeId]) -> NDArray[np.float64]:
    """Of each theme (row) with each cluster (column), without the excerpts that no theme had before."""
    union = overlap.theme_sizes[:, None] + overlap.known_sizes[None, :] - overlap.shared
    return np.asarray(overlap.shared / np.maximum(union, 1))


def _decide_fate(overlap: Overlap[ThemeId], row: int, carried: Mapping[ThemeId, Match[ThemeId]]) -> Event[ThemeId]:
    theme = overlap.themes[row]
    if theme in carried:
        return _describe_survivor(overlap, row, carried[theme])
    shares = overlap.shared[row] / max(int(overlap.theme_sizes[row]), 1)
    if shares.size and shares.max() >= MOST:
        return _describe_merger(overlap, row, int(shares.argmax()), carried)
    pieces = tuple(overlap.clusters[column] for column in np.flatnonzero(shares >= PIECE))
    return Event("retired", theme, None, pieces, float(shares.max(initial=0.0)))


def _describe_survivor(overlap: Overlap[ThemeId], row: int, found: Match[ThemeId]) -> Event[ThemeId]:
    ratio = overlap.cluster_sizes[overlap.clusters.index(found.cluster)] / overlap.theme_sizes[row]
    kind: EventKind = "grown" if ratio >= GROWN else "faded" if ratio <= FADED else "kept"
    return Event(kind, found.theme_id, found.cluster, (), found.jaccard)


def _describe_merger(
    overlap: Overlap[ThemeId], row: int, column: int, carried: Mapping[ThemeId, Match[ThemeId]]
) -> Event[ThemeId]:
    cluster = overlap.clusters[column]
    within = overlap.shared[:, column] / np.maximum(overlap.theme_sizes, 1) >= MOST
    others = tuple(
        theme
        for other, theme in enumerate(overlap.themes)
        if other != row and (within[other] or (theme in carried and carried[theme].cluster == cluster))
    )
    share = float(overlap.shared[row, column] / overlap.theme_sizes[row])
    return Event("merged", overlap.themes[row], cluster, others, share)


def _find_split(
    overlap: Overlap[ThemeId], row: int, carried: Mapping[ThemeId, Match[ThemeId]]
) -> Event[ThemeId] | None:
    """A theme is split when two or more clusters hold a piece of it and know little else."""
    shares = overlap.shared[row] / max(int(overlap.theme_sizes[row]), 1)
    mostly = overlap.shared[row] >= MOST * np.maximum(overlap.known_sizes, 1)
    pieces = np.flatnonzero((shares >= PIECE) & mostly)
    if len(pieces) < 2:
        return None
    theme = overlap.themes[row]
    heir = carried[theme].cluster if theme in carried else None
    others = tuple(overlap.clusters[column] for column in pieces if overlap.clusters[column] != heir)
    return Event("split", theme, heir, others, float(shares[pieces].sum()))


def _find_births(overlap: Overlap[ThemeId], carried: Mapping[ThemeId, Match[ThemeId]]) -> list[Event[ThemeId]]:
    taken = {found.cluster for found in carried.values()}
    births = []
    for column, cluster in enumerate(overlap.clusters):
        if cluster in taken:
            continue
        size = max(int(overlap.cluster_sizes[column]), 1)
        parents = np.flatnonzero(overlap.shared[:, column] >= PIECE * size)
        unknown = float((overlap.cluster_sizes[column] - overlap.known_sizes[column]) / size)
        births.append(Event("born", None, cluster, tuple(overlap.themes[row] for row in parents), unknown))
    return births
