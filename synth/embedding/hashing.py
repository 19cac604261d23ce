"""An embedder without a model: words and their trigrams hashed into a fixed number of dimensions.

It finds texts that share words, knows no synonyms, and loads in no time: the other side of the `Embedder` seam, for
tests and for trying the service where no weights may be installed.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth.embedding.embedder import WORDS_VERSION

_WORD = re.compile(r"\w+|[^\w\s]", re.UNICODE)


class HashingEmbedder:
    """Signed feature hashing (Weinberger et al. 2009) of words and character trigrams."""

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.version = f"hashing-{dimension}-{WORDS_VERSION}"
        self.max_tokens = 10_000

    def count_tokens(self, text: str) -> int:
        return sum(1 for _ in _WORD.finditer(text))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature in _features(text):
                digest = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
                vectors[row, digest % self.dimension] += 1.0 if digest >> 63 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _features(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text.casefold()) if word.isalnum()]
    trigrams = [f"#{word[i : i + 3]}" for word in words for i in range(len(word) - 2)]
    return words * 2 + trigrams
