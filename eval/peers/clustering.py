"""Groupings of the same rows by a library's own recipe: Rows in, Groups out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOISE = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """What is grouped. `labels` is the true number of groups, which only an oracle may use."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]  # (n, d) of unit length
    themes: Sequence[int]  # the product's own grouping; NOISE is none
    labels: int
    seed: int


@dataclass(frozen=True, slots=True)
class Groups:
    """A group for each row, NOISE for none, and the words each group is named with where the recipe names them.

    A recipe that only names the product's own themes has no groups.
    """

    groups: Sequence[int]
    words: Sequence[Sequence[str]] = ()


def kmeans_oracle(rows: Rows) -> Groups:
    """K-means told the true number of groups, which nobody knows in earnest."""
    from sklearn.cluster import KMeans

    count = min(rows.labels, len(rows.vectors))
    return _groups(KMeans(n_clusters=count, n_init=1, random_state=rows.seed).fit_predict(rows.vectors))


def hdbscan_raw(rows: Rows) -> Groups:
    """HDBSCAN on the vectors as they are, without reduction, with groups of 10 or more."""
    return _groups(_hdbscan(rows.vectors))


def umap_hdbscan(rows: Rows) -> Groups:
    """UMAP to 5 dimensions, then HDBSCAN with groups of 10 or more: the recipe most topic tools share."""
    return _groups(_hdbscan(reducer(rows.seed).fit_transform(rows.vectors)))


def reducer(seed: int) -> Any:
    """UMAP (McInnes et al. 2018) with the parameters that BERTopic ships; one job, since it is seeded."""
    from importlib import import_module

    shape = {"n_neighbors": 15, "n_components": 5, "min_dist": 0.0, "metric": "cosine"}
    return import_module("umap").UMAP(**shape, low_memory=False, random_state=seed, n_jobs=1)


def _hdbscan(vectors: NDArray[Any]) -> NDArray[Any]:
    from hdbscan import HDBSCAN

    found: NDArray[Any] = HDBSCAN(min_cluster_size=10, core_dist_n_jobs=1).fit_predict(vectors.astype(np.float64))
    return found


def _groups(found: NDArray[Any]) -> Groups:
    return Groups([int(group) for group in found])
