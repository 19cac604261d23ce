"""Larger sets of the kind of a given one: its rows, and new ones in the neighbourhoods of these.

A new row is a real one moved as far as its neighbours differ: by their differences from their mean, each taken a random
number of times, so that it is drawn from a normal distribution with the covariance of that neighbourhood. Dense places
stay dense, and nothing comes to lie where nobody speaks. Its text is the beginning of the real text and the end of a
neighbour's. Nothing else is known of it: it has no label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.graph import find_neighbours

NEIGHBOURS = 10  # of a row, whose differences are the ones that new rows show
BLOCK = 8192  # new rows that are made at once
ENDING = (0.2, 0.8)  # of the words of a new text, the share that the neighbour's is


@dataclass(frozen=True, slots=True)
class Enlarged:
    """Texts and their unit vectors (n, d), and the given row that each was made from; the real rows come first."""

    texts: list[str]
    vectors: NDArray[np.float32]
    origin: NDArray[np.intp]


def enlarge(texts: Sequence[str], vectors: NDArray[np.float32], count: int, seed: int) -> Enlarged:
    """`count` rows: a seeded sample of the given ones, or all of them and as many new ones as are missing."""
    random = np.random.default_rng(seed)
    if count <= len(texts):
        chosen = np.sort(random.choice(len(texts), count, replace=False))
        return Enlarged([texts[row] for row in chosen], vectors[chosen], chosen)
    near = find_neighbours(vectors, min(NEIGHBOURS, len(texts) - 1), seed).rows
    origin = random.integers(len(texts), size=count - len(texts))
    grown = np.empty((count, vectors.shape[1]), np.float32)
    grown[: len(texts)] = vectors
    for at in range(0, len(origin), BLOCK):
        rows = origin[at : at + BLOCK]
        grown[len(texts) + at : len(texts) + at + len(rows)] = _move(vectors, rows, near[rows], random)
    other = near[origin, random.integers(near.shape[1], size=len(origin))]
    share = random.uniform(*ENDING, size=len(origin))
    joined = [_join(texts[a], texts[b], float(part)) for a, b, part in zip(origin, other, share, strict=True)]
    return Enlarged([*texts, *joined], grown, np.concatenate([np.arange(len(texts)), origin]))


def _move(
    vectors: NDArray[np.float32], rows: NDArray[np.int64], near: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float32]:
    around = vectors[near]
    differences = around - around.mean(axis=1, keepdims=True)
    times = random.standard_normal((len(rows), near.shape[1]), np.float32) / np.sqrt(near.shape[1], dtype=np.float32)
    moved = vectors[rows] + np.einsum("ij,ijk->ik", times, differences)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def _join(one: str, other: str, share: float) -> str:
    """The beginning of one text and the end of the other, which is `share` of its words."""
    first, second = one.split(), other.split()
    return " ".join(
        [*first[: len(first) - round(share * len(first))], *second[len(second) - round(share * len(second)) :]]
    )
