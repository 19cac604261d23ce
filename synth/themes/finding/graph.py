"""The neighbour graph of a set of vectors: who is near whom, and how well a grouping fits."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.vectors import Labels, Vectors

EXACT_ROWS = 30_000  # above this many rows neighbours are sought in nearby cells only
BLOCK_CELLS = 8_000_000  # similarities held at once by the exact search: 32 MB
PILE = 8  # similarities of a row that are laid over one another, so that their highest one stands for all
NEAR_CELLS = 32  # of the cells of the approximate search, how many are looked through for each row
SAMPLED = 64  # rows to a cell that its centre is sought among
CELL_ROUNDS = 5
FAINT = 0.03  # the least similarity an edge is made of
TOUCHING = 1e-4  # the distance of equal rows; a sparse matrix would lose a zero


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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for wanted, candidates in _plan_search(vectors, seed, exact_rows):
            near = vectors[wanted] @ (vectors if len(candidates) == len(vectors) else vectors[candidates]).T
            near[np.arange(len(wanted)), np.searchsorted(candidates, wanted)] = -2.0
            most = min(count, len(candidates) - 1)
            parts = pool.map(_take_best, np.array_split(near, os.cpu_count() or 1), repeat(most))
            found, values = (np.concatenate(part) for part in zip(*parts, strict=True))
            rows[wanted], similarities[wanted] = _pad(candidates[found], values, count)
    return Neighbours(rows, similarities)


def narrow(neighbours: Neighbours, count: int) -> Neighbours:
    """The nearest `count` of the neighbours."""
    return Neighbours(neighbours.rows[:, :count], neighbours.similarities[:, :count])


def connect(neighbours: Neighbours) -> sparse.csr_matrix:
    """The symmetric graph of rows: each row weighs its neighbours by how near they are beside its nearest one.

    The weight falls with the distance beyond the nearest neighbour, in units of the mean of that distance (a local
    scale, as in McInnes et al. 2018): rows in thin and in crowded places are linked alike. An edge is the sum of the
    weights that its two rows give it.
    """
    count, width = neighbours.rows.shape
    distances = 1.0 - np.maximum(neighbours.similarities, FAINT).astype(np.float64)
    beyond = distances - distances[:, :1]
    weights = np.exp(-beyond / np.maximum(beyond.mean(axis=1, keepdims=True), FAINT / 10))
    weights[neighbours.similarities < 0] *= FAINT
    places = (np.repeat(np.arange(count), width), neighbours.rows.ravel())
    graph = sparse.csr_matrix((weights.ravel(), places), (count, count))
    return (graph + graph.T).tocsr()


def measure_modularity(graph: sparse.csr_matrix, labels: Labels) -> float:
    """Newman's modularity of the labelled rows at resolution 1."""
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    volumes = np.bincount(labels, weights=degrees)
    return 1.0 - measure_leak(graph, labels) - float(((volumes / degrees.sum()) ** 2).sum())


def measure_leak(graph: sparse.csr_matrix, labels: Labels) -> float:
    """The share of the edges' weight that is between groups."""
    edges = graph.tocoo()
    return float(edges.data[labels[edges.row] != labels[edges.col]].sum() / edges.data.sum())


def reach(neighbours: Neighbours) -> sparse.csr_matrix:
    """The symmetric graph of the distances of neighbours (1 - cosine), its separate parts joined one to the next."""
    count, width = neighbours.rows.shape
    known = neighbours.similarities.ravel() >= 0
    places = (np.repeat(np.arange(count), width)[known], neighbours.rows.ravel()[known])
    distances = np.maximum(1.0 - neighbours.similarities.ravel()[known].astype(np.float64), TOUCHING)
    graph = sparse.csr_matrix((distances, places), (count, count))
    graph = graph.maximum(graph.T)
    _, part = sparse.csgraph.connected_components(graph, directed=False)
    first = np.unique(part, return_index=True)[1]
    far = sparse.csr_matrix((np.ones(len(first) - 1), (first[:-1], first[1:])), graph.shape)
    return graph.maximum(far + far.T).tocsr()


def _plan_search(vectors: Vectors, seed: int, exact_rows: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of (rows to find neighbours for, rows to look through)."""
    count = len(vectors)
    everything = np.arange(count)
    if count <= exact_rows:
        return [(rows, everything) for rows in np.array_split(everything, max(1, count**2 // BLOCK_CELLS))]
    return _plan_cells(vectors, int(np.sqrt(count)), seed)


def _plan_cells(vectors: Vectors, cells: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows are put into cells by k-means on a sample; each cell looks through the cells with the nearest centres."""
    centres = _find_centres(vectors, cells, seed)
    cell_of_row = _find_cells(vectors, centres)
    members = [np.flatnonzero(cell_of_row == cell) for cell in range(cells)]
    near = centres @ centres.T
    np.fill_diagonal(near, 2.0)
    nearest = np.argsort(-near, axis=1, kind="stable")[:, :NEAR_CELLS]
    looked_through = (np.sort(np.concatenate([members[other] for other in others])) for others in nearest)
    return [pair for pair in zip(members, looked_through, strict=True) if len(pair[0])]


def _find_centres(vectors: Vectors, cells: int, seed: int) -> Vectors:
    """Unit centres by spherical k-means (Dhillon and Modha 2001), a few rounds over a sample."""
    random = np.random.default_rng(seed)
    sample = vectors[np.sort(random.choice(len(vectors), min(len(vectors), SAMPLED * cells), replace=False))]
    centres = sample[np.sort(random.choice(len(sample), cells, replace=False))]
    for _ in range(CELL_ROUNDS):
        cell = _find_cells(sample, centres)
        belongs = sparse.csr_matrix((np.ones(len(cell), np.float32), (cell, np.arange(len(cell)))), (cells, len(cell)))
        sums = belongs @ sample
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, TOUCHING), centres)
    return np.asarray(centres, np.float32)


def _find_cells(vectors: Vectors, centres: Vectors) -> NDArray[np.int64]:
    height = max(1, BLOCK_CELLS // len(centres))
    return np.concatenate(
        [(vectors[at : at + height] @ centres.T).argmax(axis=1) for at in range(0, len(vectors), height)]
    )


def _take_best(near: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
    """The columns of the `count` highest values of each row and these values, highest first, equal ones by column.

    The columns are laid over one another in piles. Among the highest value of each pile, the `count`-th highest is one
    that at least `count` values of the row reach: only what reaches it is sorted.
    """
    height, width = near.shape
    layers = max(1, min(PILE, width // (4 * count))) if count else 1
    across = width // layers
    piles = near[:, : layers * across].reshape(height, layers, across).max(axis=1)
    reached = np.partition(piles, across - count, axis=1)[:, across - count :].min(axis=1, initial=np.inf)
    rows, columns = np.divmod(np.flatnonzero(near >= reached[:, None]), width)
    values = near[rows, columns]
    order = np.lexsort((columns, -values, rows))
    best = order[(np.searchsorted(rows, np.arange(height))[:, None] + np.arange(count)).ravel()]
    return columns[best].reshape(height, count), values[best].reshape(height, count)


def _pad(rows: NDArray[np.int64], similarities: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
    missing = count - rows.shape[1]
    if missing <= 0:
        return rows, similarities
    return np.pad(rows, ((0, 0), (0, missing)), mode="edge"), np.pad(
        similarities, ((0, 0), (0, missing)), constant_values=-1.0
    )
