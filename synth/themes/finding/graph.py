"""The neighbour graph of a set of vectors: who is near whom, how good a grouping is, and how groups settle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

EXACT_ROWS = 30_000  # above this many rows neighbours are sought in nearby cells only
BLOCK_CELLS = 8_000_000  # similarities held at once by the exact search: 32 MB
NEAR_CELLS = 24  # of the cells of the approximate search, how many are looked through for each row
FAINT = 0.03  # the least similarity an edge is made of


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest other rows of each row, nearest first."""

    rows: NDArray[np.int64]  # (n, k)
    similarities: NDArray[np.float32]  # (n, k) cosine; -1 where an approximate search found fewer than k


def count_neighbours(rows: int) -> int:
    """How many neighbours each row gets, 1.6 ln(rows): 11 of a thousand rows, 16 of twenty thousand.

    A neighbour graph hangs together from a number that grows with the logarithm of its rows (Brito et al. 1997); more
    than needed drowns themes that have fewer members than a row has neighbours.
    """
    return max(5, round(1.6 * float(np.log(max(rows, 1)))))


def find_neighbours(vectors: Vectors, count: int, seed: int = 0, *, exact_rows: int = EXACT_ROWS) -> Neighbours:
    """The `count` most similar other rows of each unit row: exact up to `exact_rows` rows, by cells above."""
    count = min(count, len(vectors) - 1)
    rows = np.empty((len(vectors), count), np.int64)
    similarities = np.empty((len(vectors), count), np.float32)
    for wanted, candidates in _plan_search(vectors, seed, exact_rows):
        near = vectors[wanted] @ vectors[candidates].T
        near[wanted[:, None] == candidates[None, :]] = -2.0
        found = _take_best(near, min(count, len(candidates) - 1))
        rows[wanted], similarities[wanted] = _pad(candidates[found], np.take_along_axis(near, found, 1), count)
    return Neighbours(rows, similarities)


def connect(neighbours: Neighbours) -> sparse.csr_matrix:
    """The symmetric graph of rows: where one is a neighbour of the other, an edge of their squared similarity."""
    count, width = neighbours.rows.shape
    weights = np.maximum(neighbours.similarities, FAINT).ravel().astype(np.float64) ** 2
    graph = sparse.csr_matrix((weights, (np.repeat(np.arange(count), width), neighbours.rows.ravel())), (count, count))
    return graph.maximum(graph.T).tocsr()


def bridge(graph: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same graph with its separate parts joined by faint edges, one part to the next."""
    count, part = sparse.csgraph.connected_components(graph, directed=False)
    first = np.unique(part, return_index=True)[1]
    faint = sparse.csr_matrix((np.full(count - 1, FAINT**2), (first[:-1], first[1:])), graph.shape)
    return graph.maximum(faint + faint.T).tocsr()


def measure_modularity(graph: sparse.csr_matrix, labels: Labels) -> float:
    """Newman's modularity of the labelled rows at resolution 1; rows labelled -1 belong to no group."""
    edges = graph.tocoo()
    inside = (labels[edges.row] == labels[edges.col]) & (labels[edges.row] >= 0)
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    volumes = np.bincount(labels[labels >= 0], weights=degrees[labels >= 0])
    total = degrees.sum()
    return float(edges.data[inside].sum() / total - ((volumes / total) ** 2).sum())


def spread(graph: sparse.csr_matrix, labels: Labels, rounds: int = 10) -> Labels:
    """Give each row labelled -1 the label that weighs most among its neighbours, from the labelled rows outwards."""
    labels = labels.copy()
    for _ in range(rounds):
        open_rows = np.flatnonzero(labels < 0)
        for rows in _batch(open_rows):
            weights = _weigh_groups(graph, labels, rows)
            found = weights.max(axis=1, initial=0.0) > 0
            labels[rows[found]] = weights[found].argmax(axis=1)
        if not (labels[open_rows] >= 0).any():
            break
    return labels


def merge(graph: sparse.csr_matrix, labels: Labels, link: float) -> Labels:
    """Join groups that are linked: labels 0.. of what is left; rows labelled -1 stay.

    The link of two groups is the share of the smaller one's edge weight that goes to the other, less the share that
    chance alone would send there; 0 joins wherever modularity gains. Pairs that are each other's strongest link are
    joined first, until no link is above `link` or two groups are left.
    """
    labels = _number(labels)
    while labels.max(initial=-1) > 1:
        links = _measure_links(graph, labels)
        strongest = links.argmax(axis=1)
        pairs = [
            (group, int(other))
            for group, other in enumerate(strongest)
            if group < other and strongest[other] == group and links[group, other] > link
        ]
        if not pairs:
            break
        pairs = sorted(pairs, key=lambda pair: -links[pair])[: int(labels.max()) - 1]
        target = np.arange(int(labels.max()) + 2)
        target[-1] = -1
        target[[other for _, other in pairs]] = [group for group, _ in pairs]
        labels = _number(target[labels])
    return labels


def settle(graph: sparse.csr_matrix, labels: Labels, seed: int, rounds: int = 20) -> Labels:
    """Move labelled rows between the groups there are until modularity hardly rises; groups may empty, none is made.

    Rows labelled -1 stay as they are. Source of the move: Blondel et al. 2008, "Fast unfolding of communities".
    """
    labels = labels.copy()
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    order = np.random.default_rng(seed).permutation(np.flatnonzero(labels >= 0))
    for _ in range(rounds):
        moved = sum(_move(graph, labels, degrees, rows) for rows in _batch(order))
        if moved < len(order) / 1000:
            break
    return labels


def _plan_search(vectors: Vectors, seed: int, exact_rows: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of (rows to find neighbours for, rows to look through)."""
    count = len(vectors)
    everything = np.arange(count)
    if count <= exact_rows:
        return [(rows, everything) for rows in np.array_split(everything, max(1, count**2 // BLOCK_CELLS))]
    return _plan_cells(vectors, int(np.sqrt(count)), seed)


def _plan_cells(vectors: Vectors, cells: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows are put into cells by k-means on a sample; each cell looks through the cells with the nearest centres."""
    from sklearn.cluster import MiniBatchKMeans

    clustering = MiniBatchKMeans(cells, random_state=seed, n_init=1, batch_size=4096, max_iter=20).fit(vectors)
    cell_of_row, centres = clustering.labels_, clustering.cluster_centers_.astype(np.float32)
    members = [np.flatnonzero(cell_of_row == cell) for cell in range(cells)]
    nearest = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :NEAR_CELLS]
    nearest[:, 0] = np.arange(cells)
    plan = []
    for cell in range(cells):
        if len(members[cell]):
            near = np.unique(np.concatenate([members[cell], *(members[other] for other in nearest[cell])]))
            plan.append((members[cell], near))
    return plan


def _take_best(near: Vectors, count: int) -> NDArray[np.int64]:
    """The columns of the `count` highest values of each row, highest first."""
    best = np.argpartition(-near, count, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(near, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)


def _pad(rows: NDArray[np.int64], similarities: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
    missing = count - rows.shape[1]
    if missing <= 0:
        return rows, similarities
    return np.pad(rows, ((0, 0), (0, missing)), mode="edge"), np.pad(
        similarities, ((0, 0), (0, missing)), constant_values=-1.0
    )


def _batch(rows: NDArray[np.int64], size: int = 2048) -> list[NDArray[np.int64]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _weigh_groups(graph: sparse.csr_matrix, labels: Labels, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """The weight of each row's edges into each group, (rows, groups)."""
    known = np.flatnonzero(labels >= 0)
    shape = (len(labels), int(labels.max(initial=-1)) + 1)
    members = sparse.csr_matrix((np.ones(len(known)), (known, labels[known])), shape)
    return np.asarray((graph[rows] @ members).toarray())


def _number(labels: Labels) -> Labels:
    """The labels in use as 0.., in their order; -1 stays."""
    found, numbers = np.unique(labels, return_inverse=True)
    return np.asarray(numbers.reshape(labels.shape) - int(found[0] < 0), np.int64) if len(found) else labels


def _measure_links(graph: sparse.csr_matrix, labels: Labels) -> NDArray[np.float64]:
    """The link of each two groups (see `merge`); -1 of a group to itself."""
    between = _sum_between(graph, labels)
    volumes = between.sum(axis=1)
    smaller, larger = np.minimum.outer(volumes, volumes), np.maximum.outer(volumes, volumes)
    links = between / np.maximum(smaller, 1e-12) - larger / graph.sum()
    np.fill_diagonal(links, -1.0)
    return np.asarray(links)


def _sum_between(graph: sparse.csr_matrix, labels: Labels) -> NDArray[np.float64]:
    known = np.flatnonzero(labels >= 0)
    members = sparse.csr_matrix((np.ones(len(known)), (known, labels[known])), (len(labels), int(labels.max()) + 1))
    return np.asarray((members.T @ graph @ members).toarray())


def _move(graph: sparse.csr_matrix, labels: Labels, degrees: NDArray[np.float64], rows: NDArray[np.int64]) -> int:
    """Move each row to the group where modularity gains most; the number of rows moved. Changes `labels`."""
    total = degrees.sum()
    volumes = np.bincount(labels[labels >= 0], weights=degrees[labels >= 0])
    here = (np.arange(len(rows)), labels[rows])
    gains = _weigh_groups(graph, labels, rows) - degrees[rows, None] * volumes[None, :] / total
    gains[here] += degrees[rows] ** 2 / total
    best = gains.argmax(axis=1)
    better = gains[here[0], best] > gains[here] + 1e-9
    labels[rows[better]] = best[better]
    return int(better.sum())
