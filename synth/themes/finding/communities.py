"""Communities of the neighbour graph: how finely to look, and what many searches agree about.

One search for communities depends on the order in which it visits the rows, on messy sets by a quarter. So many are
made, at three resolutions around the one the graph asks for; what they agree about, together with the dense cores, is
the graph in which the groups are found.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.graph import measure_leak, measure_modularity
from synth.themes.finding.vectors import Labels

SMALLEST = 5  # rows of a group that counts
EVEN = 25  # communities at resolution 1 for which that is the right resolution; see `choose_resolution`
ROOMY = 150  # rows of a community from which its neighbours can all be inside
SEALED = 0.04  # the share of edges between communities that is no sign of crowding
COARSEST = 0.8  # the least resolution
SPREAD = (0.5, 1.0, 2.0)  # the resolutions of the searches, in units of the chosen one
REPEATS = 4  # searches at each
MOST_REPEATED = 5_000  # rows up to which all the repeats are made; more rows steady a search by themselves
FEWEST_REPEATS = 2
CORES = 0.25  # the weight of the dense cores beside the communities
AGREED = 0.5  # in the graph of agreements communities are finer: the resolution there, in units of the chosen one


@dataclass(frozen=True, slots=True)
class Scale:
    """What one search at resolution 1 says about a graph."""

    communities: int  # with at least `SMALLEST` rows
    modularity: float
    resolution: float  # chosen from both, see `choose_resolution`


def measure_scale(graph: sparse.csr_matrix, seed: int) -> Scale:
    """How many communities resolution 1 finds, how clear they are, and which resolution to look at."""
    labels = find_communities(graph, 1.0, seed)
    count = int((np.bincount(labels) >= SMALLEST).sum())
    resolution = choose_resolution(count, len(labels), measure_leak(graph, labels))
    return Scale(count, measure_modularity(graph, labels), resolution)


def choose_resolution(communities: int, rows: int, leak: float) -> float:
    """The resolution that joins two groups of which one sends the other a twenty-fifth of its edges.

    Modularity joins two groups where one sends the other more than the resolution times its share of all edges: the
    more groups a graph has, the weaker the links that join them (the resolution limit of Fortunato and Barthélemy
    2007). A resolution that grows with the number of communities undoes that. Groups of few rows have neighbours
    outside by necessity, so that links count for less: by how few the rows are, and at most by how much does `leak`
    from community to community.
    """
    crowding = max(1.0, min(ROOMY * communities / max(rows, 1), leak / SEALED))
    return max(COARSEST, communities / EVEN * crowding)


def search(graph: sparse.csr_matrix, resolution: float, seed: int, *, care: float = 1.0) -> list[Labels]:
    """The communities of the graph as `care` times the usual number of searches find them."""
    repeats = max(FEWEST_REPEATS, round(care * REPEATS * min(1.0, MOST_REPEATED / max(graph.shape[0], 1))))
    plan = [(resolution * step, seed + repeat) for step in SPREAD for repeat in range(repeats)]
    # The search lets go of the interpreter's lock; each has its own seed, so the order of finishing plays no part.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda each: find_communities(graph, *each), plan))


def agree(
    graph: sparse.csr_matrix, resolution: float, found: Sequence[Labels], cores: Sequence[Labels], seed: int
) -> Labels:
    """The communities of the graph of what these groupings agree about."""
    return find_communities(_weigh_agreement(graph, found, cores), AGREED * resolution, seed)


def find_communities(graph: sparse.csr_matrix, resolution: float, seed: int) -> Labels:
    """The community of each row, by the Leiden method (Traag et al. 2019) on modularity."""
    from graspologic_native import leiden_csr

    _, found = leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data.astype(np.float64),
        graph.shape[0],
        resolution=resolution,
        seed=seed,
    )
    labels = np.empty(graph.shape[0], np.int64)
    labels[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(found.values(), np.int64, len(found))
    return labels


def _weigh_agreement(graph: sparse.csr_matrix, found: Sequence[Labels], cores: Sequence[Labels]) -> sparse.csr_matrix:
    """The graph with each edge times the square of the share of searches and cores that hold its two rows together."""
    edges = graph.tocoo()
    together = _share_together(edges, found)
    if cores:
        together = (1 - CORES) * together + CORES * _share_together(edges, cores)
    agreed = sparse.csr_matrix((edges.data * together**2, (edges.row, edges.col)), graph.shape)
    agreed.eliminate_zeros()
    return agreed


def _share_together(edges: sparse.coo_matrix, groupings: Sequence[Labels]) -> NDArray[np.float64]:
    """For each edge, the share of the groupings in which its rows are in one group; -1 is no group."""
    shared = np.zeros(len(edges.data))
    for labels in groupings:
        shared += (labels[edges.row] == labels[edges.col]) & (labels[edges.row] >= 0)
    return shared / len(groupings)
