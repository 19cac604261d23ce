"""The sentence-transformers side of the `Embedder` seam, for any model: the only file that imports that library."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synth.embedding.embedder import WORDS_VERSION
from synth.embedding.tokens import Tokens
from synth.embedding.weights import max_tokens, read_config, weights_hash

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 64


class SentenceEmbedder:
    """A sentence-transformers model from a folder. Loads on first use; one encoder, one thread at a time."""

    def __init__(self, folder: Path, *, sha256: str | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._tokens = Tokens(folder)
        self._weights = weights_hash(folder, expected=sha256)
        self.dimension = int(read_config(folder)["hidden_size"])
        self.max_tokens = max_tokens(folder)

    @property
    def version(self) -> str:
        return f"{self._weights[:12]}-{self.dimension}-{WORDS_VERSION}"

    def count_tokens(self, text: str) -> int:
        return self._tokens.count(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._load_model().encode(
                list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    def _load_model(self) -> "SentenceTransformer":
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        return self._model
