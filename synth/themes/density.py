"""Where a neighbour graph is dense, at which scale, and what is noise: HDBSCAN over how long rows stay together.

The reduction: communities are found at a ladder of resolutions, each twice as fine as the last. Two neighbouring rows
that stay in one community for many rungs are close, whatever the scale of the vectors is. HDBSCAN then reads the tree
of these distances, in which a cluster's stability is the range of resolutions over which it persists.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.graph import Labels, bridge, measure_modularity, settle, spread

COARSEST = 0.25  # resolution of the first rung
RUNGS = 8
SEEDS = 2  # communities are sought this many times on each rung
CORE_ROWS = 4  # neighbours that make a row's core distance
APART = 0.3  # keeps the distance of rows that never were together finite
SMALLEST = 5  # rows
SIZES = 10  # least cluster sizes that are tried, up to 1/25 of the rows
SLACK = 0.004  # a finer grouping is taken when its modularity is at most this much lower


@dataclass(frozen=True, slots=True)
class Grouping:
    """One reading of the density tree, settled on the graph."""

    labels: Labels  # -1: a row that is noise
    cores: NDArray[np.float64]  # HDBSCAN's membership, 0..1; 0 for rows outside every dense core
    smallest: int  # least cluster size
    selection: str  # "eom" or "leaf"
    modularity: float


def group(graph: sparse.csr_matrix, loose: NDArray[np.bool_], seed: int) -> tuple[Grouping, list[Grouping]]:
    """The chosen grouping of the graph's rows, and all that were tried.

    Rows marked `loose` take no part in dense cores: they are noise in every grouping. The finest grouping whose
    modularity is within `SLACK` of the best is chosen. With no density at all, every row is noise.
    """
    tree = _build_tree(bridge(graph), loose, seed)
    tried = [found for found in _read(tree, graph, loose, seed) if found.labels.max() > 0]
    if not tried:
        return _leave_all(len(loose)), tried
    best = max(found.modularity for found in tried)
    near = [found for found in tried if found.modularity >= best - SLACK]
    return max(near, key=lambda found: (found.labels.max(), found.modularity)), tried


def climb(graph: sparse.csr_matrix, seed: int) -> Iterator[Labels]:
    """Communities (Leiden, Traag et al. 2019) on each rung of the ladder, coarsest first, `SEEDS` of each."""
    from graspologic_native import leiden

    upper = sparse.triu(graph, 1).tocoo()
    edges = [(str(a), str(b), float(w)) for a, b, w in zip(upper.row, upper.col, upper.data, strict=True)]
    for rung in range(RUNGS):
        for turn in range(SEEDS):
            _, found = leiden(
                edges=edges,
                starting_communities=None,
                resolution=COARSEST * 2.0**rung,
                randomness=0.001,
                iterations=2,
                use_modularity=True,
                seed=1 + seed * SEEDS + turn,
                trials=1,
            )
            yield np.array([found[str(row)] for row in range(graph.shape[0])], np.int64)


def _build_tree(graph: sparse.csr_matrix, loose: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    """The single linkage tree of the rows, as HDBSCAN builds it from the mutual reachability of neighbours."""
    from hdbscan import HDBSCAN

    edges = sparse.triu(graph, 1).tocoo()
    together = np.zeros(edges.nnz)
    for labels in climb(graph, seed):
        together += labels[edges.row] == labels[edges.col]
    distances = 1.0 / (together * np.log(2.0) / SEEDS + APART)
    reach = sparse.csr_matrix((distances, (edges.row, edges.col)), graph.shape)
    cores = _measure_cores(reach + reach.T)
    cores[loose] = 1.0 / APART
    edges.data = np.maximum(distances, np.maximum(cores[edges.row], cores[edges.col]))
    spanning = sparse.csgraph.minimum_spanning_tree(edges.tocsr())
    # HDBSCAN's own core distances would be those of the spanning tree; one row makes them vanish.
    model = HDBSCAN(metric="precomputed", min_samples=1, min_cluster_size=SMALLEST)
    return np.asarray(model.fit((spanning + spanning.T).tocsr()).single_linkage_tree_.to_numpy())


def _measure_cores(reach: sparse.csr_matrix) -> NDArray[np.float64]:
    """The distance of each row to its `CORE_ROWS`-th nearest neighbour (or to its last)."""
    widths = np.diff(reach.indptr)
    order = np.lexsort((reach.data, np.repeat(np.arange(len(widths)), widths)))
    return np.asarray(reach.data[order][reach.indptr[:-1] + np.minimum(CORE_ROWS, widths) - 1])


def _read(
    tree: NDArray[np.float64], graph: sparse.csr_matrix, loose: NDArray[np.bool_], seed: int
) -> Iterator[Grouping]:
    """Read the tree at each least cluster size and selection, and settle what HDBSCAN found on the graph."""
    from hdbscan.hdbscan_ import _tree_to_labels

    largest = max(SMALLEST + 1, len(loose) // 25)
    for smallest in np.unique(np.geomspace(SMALLEST, largest, SIZES).astype(int)):
        for selection in ("eom", "leaf"):
            dense, cores = _tree_to_labels(None, tree, int(smallest), selection)[:2]
            labels = spread(graph, np.asarray(dense, np.int64))
            labels[loose] = -1
            labels = settle(graph, labels, seed)
            modularity = measure_modularity(graph, labels)
            yield Grouping(labels, np.asarray(cores, np.float64), int(smallest), selection, modularity)


def _leave_all(count: int) -> Grouping:
    return Grouping(np.full(count, -1, np.int64), np.zeros(count), SMALLEST, "eom", 0.0)
