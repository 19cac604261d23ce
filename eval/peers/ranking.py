"""Rankings of whole documents by a textbook method. Made once of (ids, texts, embedder), it ranks by query."""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from synth.embedding import Embedder, embedded_words

_WORD = re.compile(r"\w+")
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b as in Lucene


class Bm25:
    """Okapi BM25 (Robertson et al. 1994) over lower-cased words, nothing left out, nothing stemmed."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str], embedder: Embedder) -> None:
        del embedder
        self._ids = list(ids)
        counts = [Counter(_words(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        self._postings: dict[str, dict[str, float]] = {}
        for key, count, length in zip(ids, counts, lengths, strict=True):
            damped = _SATURATION * (1 - _LENGTH + _LENGTH * length / mean)
            for word, number in count.items():
                self._postings.setdefault(word, {})[key] = number * (_SATURATION + 1) / (number + damped)

    def rank(self, query: str, within: Collection[str] | None, k: int) -> list[str]:
        """The ids of the k best documents that hold any word of the query."""
        scores: dict[str, float] = {}
        for word in set(_words(query)):
            held = self._postings.get(word, {})
            weight = math.log(1 + (len(self._ids) - len(held) + 0.5) / (len(held) + 0.5))
            for key, part in held.items():
                if within is None or key in within:
                    scores[key] = scores.get(key, 0.0) + weight * part
        return [key for key, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]]


class Dense:
    """Cosine of one vector per document, cut where the model cuts."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str], embedder: Embedder) -> None:
        self._embedder = embedder
        self._ids = np.asarray(ids)
        self._vectors = embedder.embed([embedded_words(text) for text in texts])

    def rank(self, query: str, within: Collection[str] | None, k: int) -> list[str]:
        """The ids of the k nearest documents."""
        vector = self._embedder.embed([embedded_words(query)])[0]
        rows = np.flatnonzero(np.isin(self._ids, sorted(within))) if within is not None else np.arange(len(self._ids))
        order = np.argsort(-(self._vectors[rows] @ vector), kind="stable")[:k]
        return [str(key) for key in self._ids[rows[order]]]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
