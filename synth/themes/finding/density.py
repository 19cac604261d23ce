"""Where a neighbour graph is dense, at which scale, and what is noise: HDBSCAN over the graph instead of the space.

HDBSCAN reads its tree from the mutual reachability of neighbouring rows only, which is what makes it fast in hundreds
of dimensions. Its dense cores at several least sizes are spread over the rows around them, joined where they are
linked, and settled on the graph; modularity then tells which of these groupings fits the graph best.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.graph import Labels, bridge, measure_modularity, merge, settle, spread

CORE_ROWS = (2, 4)  # neighbours that make a row's core distance; a tree is read for each
TOUCHING = 1e-4  # the distance of equal rows; a sparse matrix would lose a zero
SMALLEST = 5  # rows
SIZES = 4  # least cluster sizes that are read, up to 1/25 of the rows
LINKS = (0.1, 0.05, 0.035, 0.025, 0.0125, 0.0)  # the least link of two clusters that become one, strict to lenient
SLACK = 0.0075  # see `_choose`


@dataclass(frozen=True, slots=True)
class Grouping:
    """One reading of the density tree, joined and settled on the graph."""

    labels: Labels  # -1: a row that no dense core reaches
    core_rows: int  # of `CORE_ROWS`
    smallest: int  # HDBSCAN's least cluster size
    selection: str  # HDBSCAN's: "eom" or "leaf"
    link: float  # of `LINKS`
    modularity: float


def group(graph: sparse.csr_matrix, seed: int) -> tuple[Grouping, int]:
    """The chosen grouping of the graph's rows, and how many different ones were tried.

    With no density at all every row is noise.
    """
    tried = [found for dense in _read(graph) for found in _join(graph, dense, seed)]
    return (_choose(tried) if tried else _leave_all(graph.shape[0])), len(tried)


def _read(graph: sparse.csr_matrix) -> Iterator[Grouping]:
    """HDBSCAN's dense cores at each least cluster size and selection, spread over the rows around them."""
    from hdbscan.hdbscan_ import _tree_to_labels

    rows = graph.shape[0]
    sizes = np.geomspace(max(SMALLEST, rows // 2000), max(SMALLEST + 1, rows // 25), SIZES).astype(int)
    seen: set[bytes] = set()
    trees = {core_rows: _build_tree(bridge(graph), core_rows) for core_rows in CORE_ROWS}
    for core_rows, smallest, selection in product(CORE_ROWS, np.unique(sizes), ("eom", "leaf")):
        dense = np.asarray(_tree_to_labels(None, trees[core_rows], int(smallest), selection)[0], np.int64)
        if dense.max() > 0 and dense.tobytes() not in seen:
            seen.add(dense.tobytes())
            yield Grouping(spread(graph, dense), core_rows, int(smallest), selection, 1.0, 0.0)


def _build_tree(graph: sparse.csr_matrix, core_rows: int) -> NDArray[np.float64]:
    """The single linkage tree of the rows, as HDBSCAN builds it from the mutual reachability of neighbours."""
    from hdbscan import HDBSCAN

    edges = sparse.triu(graph, 1).tocoo()
    distances = np.maximum(1.0 - np.sqrt(edges.data), TOUCHING)
    reach = sparse.csr_matrix((distances, (edges.row, edges.col)), graph.shape)
    cores = _measure_cores((reach + reach.T).tocsr(), core_rows)
    edges.data = np.maximum(distances, np.maximum(cores[edges.row], cores[edges.col]))
    spanning = sparse.csgraph.minimum_spanning_tree(edges.tocsr())
    # The core distances are in the edges already; with min_samples=1 HDBSCAN adds none of its own.
    model = HDBSCAN(metric="precomputed", min_samples=1, min_cluster_size=SMALLEST)
    return np.asarray(model.fit((spanning + spanning.T).tocsr()).single_linkage_tree_.to_numpy())


def _measure_cores(reach: sparse.csr_matrix, core_rows: int) -> NDArray[np.float64]:
    """The distance of each row to its `core_rows`-th nearest neighbour (or to its last)."""
    widths = np.diff(reach.indptr)
    order = np.lexsort((reach.data, np.repeat(np.arange(len(widths)), widths)))
    return np.asarray(reach.data[order][reach.indptr[:-1] + np.minimum(core_rows, widths) - 1])


def _join(graph: sparse.csr_matrix, found: Grouping, seed: int) -> Iterator[Grouping]:
    """The same reading with its clusters joined more and more leniently, and settled each time."""
    labels = found.labels
    for link in LINKS:
        labels = settle(graph, merge(graph, labels, link), seed)
        yield replace(found, labels=labels, link=link, modularity=measure_modularity(graph, labels))


def _choose(tried: list[Grouping]) -> Grouping:
    """The finest grouping whose modularity Q is within SLACK * best**8 of the best.

    Modularity alone joins small clusters of large sets (its resolution limit). Where the structure is clear (Q near 1)
    finer groupings cost almost nothing and are wanted; where it is weak they are the chance of the draw.
    """
    best = max(found.modularity for found in tried)
    near = [found for found in tried if found.modularity >= best - SLACK * max(best, 0.0) ** 8]
    return max(near, key=lambda found: (len(np.unique(found.labels)), found.modularity))


def _leave_all(rows: int) -> Grouping:
    return Grouping(np.full(rows, -1, np.int64), CORE_ROWS[0], SMALLEST, "eom", 1.0, 0.0)
