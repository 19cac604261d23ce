"""Groupings of the same vectors by a library's own recipe: (texts, vectors, labels, seed) in, groups out.

`vectors` are (n, d) of unit length; `labels` is the true number of groups, which only an oracle may use; noise is -1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def kmeans_oracle(texts: Sequence[str], vectors: Vectors, labels: int, seed: int) -> list[int]:
    """K-means told the true number of groups, which nobody knows in earnest."""
    from sklearn.cluster import KMeans

    del texts
    found = KMeans(n_clusters=min(labels, len(vectors)), n_init=1, random_state=seed).fit_predict(vectors)
    return [int(group) for group in found]


def hdbscan_raw(texts: Sequence[str], vectors: Vectors, labels: int, seed: int) -> list[int]:
    """HDBSCAN on the vectors as they are, without reduction, with the library's smallest group of 10."""
    from hdbscan import HDBSCAN

    del texts, labels, seed
    found = HDBSCAN(min_cluster_size=10, core_dist_n_jobs=1).fit_predict(vectors.astype(np.float64))
    return [int(group) for group in found]
