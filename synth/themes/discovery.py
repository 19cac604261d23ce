"""Discovery: vectors in, clusters and noise out. One configuration for every set; nothing here is tuned per set."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes import density, graph
from synth.themes.graph import Labels, Neighbours, Vectors
from synth.themes.placement import check_vectors, fit_placement, place

FEWEST_ROWS = 15  # fewer rows than this hold no themes
FEWEST_VOICES = 3  # people a theme needs
WORDS = 0.1  # the weight of shared words in the similarity of two texts
WORD_AXES = 100
COPIES = density.SMALLEST  # of equal vectors, this many take part; the others follow them
CORE_NEIGHBOURS = 5  # a row's density is its mean similarity to this many neighbours


@dataclass(frozen=True, slots=True)
class Clustering:
    """What a discovery found, row by row of its input."""

    labels: Labels  # (n,) 0.. by descending size; -1: noise
    strength: NDArray[np.float32]  # (n,) 0..1, how surely a row belongs to its cluster; 0 for noise
    areas: Mapping[int, int]  # the coarser group of each cluster
    parameters: Mapping[str, int | float | str]  # for the run's account: settings, choices, versions
    seconds: Mapping[str, float]  # per stage


def discover(
    vectors: Vectors, *, texts: Sequence[str] | None = None, voices: Sequence[str] | None = None, seed: int = 0
) -> Clustering:
    """Find the themes in unit vectors (n, d), given in the order of their excerpt ids.

    With `texts`, shared words count a little beside the vectors. With `voices` (person ids), a cluster heard from
    fewer than `FEWEST_VOICES` people is dissolved. The same input and seed give the same output.
    Raises BadInput for vectors that are no finite table, or texts or voices of another length.
    """
    check_vectors(vectors)
    _check_lengths(len(vectors), texts, voices)
    clock = _Clock()
    nodes, node_of_row = _fold_copies(vectors)
    if len(nodes) < FEWEST_ROWS:
        grouped = _group_copies(node_of_row, len(vectors))
        return _finish(vectors, grouped, voices, clock, {})
    space = _mix_words(vectors[nodes], None if texts is None else [texts[row] for row in nodes], seed)
    clock.stamp("words")
    neighbours = graph.find_neighbours(space, seed=seed)
    net = graph.connect(neighbours)
    clock.stamp("neighbours")
    loose = _find_loose(neighbours)
    chosen, tried = density.group(net, loose, seed)
    clock.stamp("density")
    labels = _attach(vectors[nodes], chosen.labels, neighbours)
    clock.stamp("attaching")
    account = {"smallest": chosen.smallest, "selection": chosen.selection, "modularity": round(chosen.modularity, 4)}
    return _finish(vectors, labels[node_of_row], voices, clock, {**account, "tried": len(tried), "seed": seed})
