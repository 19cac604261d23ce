"""Where a neighbour graph is dense: HDBSCAN over the graph instead of the space.

HDBSCAN reads its tree from the mutual reachability of neighbouring rows only, which is what makes it fast in hundreds
of dimensions. Its cores at several least sizes are evidence of what belongs together.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.communities import SMALLEST
from synth.themes.finding.graph import Neighbours, reach
from synth.themes.finding.vectors import Labels

CORE_ROWS = 4  # neighbours that make a row's core distance
SIZES = 4  # least cluster sizes that are read, up to 1/25 of the rows


def find_cores(neighbours: Neighbours) -> list[Labels]:
    """The dense cores of the rows at each least cluster size and selection, -1 outside; none where all is one."""
    from hdbscan._hdbscan_tree import compute_stability, condense_tree, get_clusters

    rows = len(neighbours.rows)
    sizes = np.geomspace(max(SMALLEST, rows // 2000), max(SMALLEST + 1, rows // 25), SIZES).astype(int)
    tree = _build_tree(neighbours)
    found = []
    for size in np.unique(sizes):
        condensed = condense_tree(tree, int(size))
        # Choosing clusters changes the stabilities, so each choice gets its own.
        stability = compute_stability(condensed)
        chosen = (get_clusters(condensed, dict(stability), selection)[0] for selection in ("eom", "leaf"))
        found += [np.asarray(labels, np.int64) for labels in chosen]
    return [labels for labels in found if labels.max() > 0]


def _build_tree(neighbours: Neighbours) -> NDArray[np.float64]:
    """The single linkage tree of the rows, as HDBSCAN builds it from the mutual reachability of neighbours."""
    from hdbscan._hdbscan_linkage import label

    cores = 1.0 - neighbours.similarities[:, min(CORE_ROWS, neighbours.rows.shape[1]) - 1]
    edges = sparse.triu(reach(neighbours), 1).tocoo()
    edges.data = np.maximum(edges.data, np.maximum(cores[edges.row], cores[edges.col]))
    spanning = sparse.csgraph.minimum_spanning_tree(edges.tocsr()).tocoo()
    order = np.lexsort((spanning.col, spanning.row, spanning.data))
    return np.asarray(label(np.column_stack([spanning.row, spanning.col, spanning.data])[order]))
