"""What words texts share: TF-IDF of words and pairs of words, brought to a few axes (latent semantic analysis)."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synth.themes.finding.vectors import Labels, Vectors, unit_rows

AXES = 100
SPARE = 10  # axes more than wanted in the search for them
ROUNDS = 5  # of this search; more change nothing that shows
FAINTEST = 1e-7  # the least strength of an axis, beside the strongest one, that single precision holds
MOST_TERMS = 50_000  # different words and pairs of words
_WORD = re.compile(r"\b\w\w+\b")


def embed_words(texts: Sequence[str], seed: int) -> Vectors | None:
    """Unit rows of up to `AXES` numbers; zeros for a text that shares no words; None when none does."""
    row, term = _read_terms(texts)
    weights = _weigh(row, term, len(texts))
    axes = min(AXES, weights.shape[1] - 1, len(texts) - 1)
    if axes < 1:
        return None
    rows = _find_axes(weights, axes, seed)
    return unit_rows(rows)


def _read_terms(texts: Sequence[str]) -> tuple[Labels, Labels]:
    """Every word and every pair of neighbouring words as (row of its text, number of the term)."""
    numbers: dict[str, int] = {}
    words = [[numbers.setdefault(word, len(numbers)) for word in _WORD.findall(text.lower())] for text in texts]
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    term = np.fromiter((number for text in words for number in text), np.int64, int(lengths.sum()))
    row = np.repeat(np.arange(len(texts)), lengths)
    inside = row[:-1] == row[1:]
    pairs = np.unique((term[:-1] * len(numbers) + term[1:])[inside], return_inverse=True)[1] + len(numbers)
    return np.concatenate([row, row[:-1][inside]]), np.concatenate([term, pairs])


def _weigh(row: Labels, term: Labels, count: int) -> sparse.csr_matrix:
    """TF-IDF of the terms that at least two texts share and at most half of them: logarithmic, in unit rows."""
    both, uses = np.unique(term * count + row, return_counts=True)
    term, row = np.divmod(both, max(count, 1))
    shared = np.bincount(term)
    common = np.flatnonzero((shared >= 2) & (shared <= max(2, count // 2)))
    kept = np.sort(common[np.argsort(-shared[common], kind="stable")[:MOST_TERMS]])
    place = np.full(len(shared), -1)
    place[kept] = np.arange(len(kept))
    inside = place[term] >= 0
    rarity = np.log((1 + count) / (1 + shared[term[inside]])) + 1
    values = ((1 + np.log(uses[inside])) * rarity).astype(np.float32)
    weights = sparse.csr_matrix((values, (row[inside], place[term[inside]])), (count, len(kept)))
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    weights.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(weights.indptr)).astype(np.float32)
    return weights


def _find_axes(weights: sparse.csr_matrix, axes: int, seed: int) -> NDArray[np.float32]:
    """The rows on their main axes, by a randomised singular value decomposition (Halko et al. 2011)."""
    width = min(axes + SPARE, *weights.shape)
    across = weights.T.tocsr()
    start = np.random.default_rng(seed).normal(size=(weights.shape[1], width)).astype(np.float32)
    basis = _straighten(weights @ start)
    for _ in range(ROUNDS):
        basis = _straighten(weights @ (across @ basis))
    image = across @ basis
    strengths, turned = np.linalg.eigh(image.T @ image)
    return np.asarray(basis @ (turned * np.sqrt(np.maximum(strengths, 0)))[:, -axes:])


def _straighten(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """Orthonormal columns that span the same; from their products, which costs a fraction of a QR decomposition."""
    strengths, turned = np.linalg.eigh((columns.T @ columns).astype(np.float64))
    scaled = turned / np.sqrt(np.maximum(strengths, strengths[-1] * FAINTEST))
    return np.asarray(columns @ scaled.astype(np.float32))
