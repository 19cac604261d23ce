"""The default side of the `Embedder` seam: all-MiniLM-L6-v2 in eight-bit integers, on onnxruntime.

The graph is built from the weights whenever it is loaded, which takes a fraction of a second: nothing is kept on disk
that could fall behind the weights or the recipe.
"""

import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synth.embedding.embedder import WORDS_VERSION
from synth.embedding.tokens import Tokens
from synth.embedding.weights import (
    MINILM_SHA256,
    max_tokens,
    minilm_folder,
    read_config,
    read_weights,
    weights_hash,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from synth.embedding.graph import Recipe

RECIPE = "int8.2"  # part of the version: changes with whatever changes a vector
BATCH_TOKENS = 256  # of one call: its widest layer stays in the cache of one core, and small jobs are shared
MOST_THREADS = 8
_SIZES = Path(__file__).with_name("minilm.json")  # of the channels between layers; scripts/calibrate.py writes it

Array = NDArray[np.float32]


class QuantisedEmbedder:
    """The default model in eight-bit integers. Loads on first use; safe to share between threads.

    Texts of the same length are computed together, without padding, and each call on a thread of its own. So the
    vector of a text does not depend on what else is embedded with it.
    """

    def __init__(self) -> None:
        self._folder = folder = minilm_folder()
        self._weights = weights_hash(folder, expected=MINILM_SHA256)
        self._tokens = Tokens(folder)
        self._lock = threading.Lock()
        self._encoder: _Encoder | None = None
        self.dimension = int(read_config(folder)["hidden_size"])
        self.max_tokens = max_tokens(folder)

    @property
    def version(self) -> str:
        return f"{self._weights[:12]}-{RECIPE}-{self.dimension}-{WORDS_VERSION}"

    def count_tokens(self, text: str) -> int:
        return self._tokens.count(text)

    def embed(self, texts: Sequence[str]) -> Array:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        ids = self._tokens.encode(texts, limit=self.max_tokens)
        encoder = self._load()

        def fill(rows: list[int]) -> None:
            vectors[rows] = encoder.means(np.array([ids[row] for row in rows]))

        batches = list(equal_lengths([len(each) for each in ids]))
        if len(batches) <= 1:
            for batch in batches:
                fill(batch)
        else:
            with ThreadPoolExecutor(min(_processors(), MOST_THREADS)) as pool:
                list(pool.map(fill, batches))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _load(self) -> "_Encoder":
        with self._lock:
            if self._encoder is None:
                self._encoder = _Encoder(self._folder)
            return self._encoder


def equal_lengths(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts that are equally long, at most BATCH_TOKENS tokens at once; the longest texts first."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, length in enumerate(lengths):
        places[length].append(place)
    for length in sorted(places, reverse=True):
        size = max(1, BATCH_TOKENS // length)
        for start in range(0, len(places[length]), size):
            yield places[length][start : start + size]


class _Encoder:
    """The loaded model: token numbers to means over the tokens."""

    def __init__(self, folder: Path) -> None:
        from synth.embedding.graph import OUTPUT, build_graph

        weights = read_weights(folder)
        self._words = weights["embeddings.word_embeddings.weight"]
        # every text is the first segment, so its shift is part of the place
        first = weights["embeddings.token_type_embeddings.weight"][0]
        self._places = weights["embeddings.position_embeddings.weight"] + first
        self._outputs = [OUTPUT]
        self._session = _session(build_graph(weights, _recipe(read_config(folder))))

    def means(self, ids: NDArray[Any]) -> Array:
        """From (texts, tokens) numbers to (texts, dimension)."""
        from synth.embedding.graph import INPUT

        embedded = self._words[ids] + self._places[: ids.shape[1]]
        found: Array = self._session.run(self._outputs, {INPUT: embedded})[0]
        return found


def _recipe(config: Mapping[str, Any]) -> "Recipe":
    from synth.embedding.graph import Recipe

    measured = json.loads(_SIZES.read_text("utf-8"))
    return Recipe(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        sizes=_channels(measured["sizes"]),
        largest=_channels(measured["largest"]),
    )


def _channels(measured: Mapping[str, Sequence[float]]) -> dict[str, Array]:
    return {layer: np.asarray(channels, dtype=np.float32) for layer, channels in measured.items()}


def _session(model: bytes) -> "InferenceSession":
    """One thread a call: several calls side by side share the processors better than one call divided."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a pattern is kept for each shape, and there are hundreds
    options.log_severity_level = 3
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _processors() -> int:
    """Those this process may use, where the system says."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
