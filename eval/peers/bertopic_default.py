"""BERTopic (Grootendorst 2022) as it comes, on the same vectors; needs the package `bertopic`."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray


def bertopic(texts: Sequence[str], vectors: NDArray[np.float32], labels: int, seed: int) -> list[int]:
    """Its defaults: UMAP to 5 dimensions, HDBSCAN with groups of 10 or more."""
    del labels
    return _fit(texts, vectors, seed)[1]


def bertopic_reduced(texts: Sequence[str], vectors: NDArray[np.float32], labels: int, seed: int) -> list[int]:
    """The same with every outlier given to the nearest topic by its vector."""
    del labels
    model, found = _fit(texts, vectors, seed)
    reduced = model.reduce_outliers(list(texts), found, strategy="embeddings", embeddings=vectors)
    return [int(group) for group in reduced]


def _fit(texts: Sequence[str], vectors: NDArray[np.float32], seed: int) -> tuple[Any, list[int]]:
    umap = import_module("umap").UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=seed
    )
    model = import_module("bertopic").BERTopic(umap_model=umap, embedding_model=None, verbose=False)
    found, _ = model.fit_transform(list(texts), embeddings=vectors)
    return model, [int(group) for group in found]
