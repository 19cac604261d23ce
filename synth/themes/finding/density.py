"""Where a neighbour graph is dense: HDBSCAN over the graph instead of the space.

HDBSCAN reads its tree from the mutual reachability of neighbouring rows only, which is what makes it fast in hundreds
of dimensions. Its cores at several least sizes are evidence of what belongs together.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.communities import SMALLEST
from synth.themes.finding.graph import Labels, Neighbours, reach

CORE_ROWS = 4  # neighbours that make a row's core distance
SIZES = 4  # least cluster sizes that are read, up to 1/25 of the rows


def find_cores(neighbours: Neighbours) -> list[Labels]:
    """The dense cores of the rows at each least cluster size and selection, -1 outside; none where all is one."""
    from hdbscan.hdbscan_ import _tree_to_labels

    rows = len(neighbours.rows)
    sizes = np.geomspace(max(SMALLEST, rows // 2000), max(SMALLEST + 1, rows // 25), SIZES).astype(int)
    tree = _build_tree(neighbours)
    found = (
        np.asarray(_tree_to_labels(None, tree, int(size), selection)[0], np.int64)
        for size, selection in product(np.unique(sizes), ("eom", "leaf"))
    )
    return [labels for labels in found if labels.max() > 0]


def _build_tree(neighbours: Neighbours) -> NDArray[np.float64]:
    """The single linkage tree of the rows, as HDBSCAN builds it from the mutual reachability of neighbours."""
    from hdbscan import HDBSCAN

    cores = 1.0 - neighbours.similarities[:, min(CORE_ROWS, neighbours.rows.shape[1]) - 1]
    edges = sparse.triu(reach(neighbours), 1).tocoo()
    edges.data = np.maximum(edges.data, np.maximum(cores[edges.row], cores[edges.col]))
    spanning = sparse.csgraph.minimum_spanning_tree(edges.tocsr())
    # The core distances are in the edges already; with min_samples=1 HDBSCAN adds none of its own.
    model = HDBSCAN(metric="precomputed", min_samples=1, min_cluster_size=SMALLEST)
    return np.asarray(model.fit((spanning + spanning.T).tocsr()).single_linkage_tree_.to_numpy())
