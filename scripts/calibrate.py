"""Write synth/embedding/minilm.json: how large each channel is that enters a layer, on the project's own samples."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from synth.embedding import embedded_words
from synth.embedding.weights import MINILM_SHA256, minilm_folder, weights_hash

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "synth" / "embedding" / "minilm.json"
SAMPLES = sorted((ROOT / "samples" / "feedback").glob("*.jsonl"))


def main() -> None:
    """Run the model in full precision and note how large every channel is, before its shift: on average and at most."""
    from sentence_transformers import SentenceTransformer

    folder = minilm_folder()
    weights_hash(folder, expected=MINILM_SHA256)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    bert = model[0].auto_model
    seen: dict[str, list[Any]] = {}
    shift = bert.embeddings.LayerNorm.bias
    for number, layer in enumerate(bert.encoder.layer):
        seen[f"encoder.layer.{number}.attention.self"] = _watch(layer.attention.self, shift)
        raising = layer.intermediate
        seen[f"encoder.layer.{number}.intermediate"] = _watch(raising, layer.attention.output.LayerNorm.bias)
        shift = layer.output.LayerNorm.bias
    model.encode(_texts(), batch_size=1)  # one at a time: padding is not counted
    sizes = {
        name: _short(np.sqrt(np.mean([np.square(text).mean(axis=0) for text in each], axis=0)))
        for name, each in seen.items()
    }
    largest = {name: _short(np.max([np.abs(text).max(axis=0) for text in each], axis=0)) for name, each in seen.items()}
    OUT.write_text(json.dumps({"sizes": sizes, "largest": largest}) + "\n", "utf-8")


def _short(numbers: Any) -> list[float]:
    return [float(f"{number:.3g}") for number in numbers]


def _watch(module: Any, shift: Any) -> list[Any]:
    """What enters a module, without its shift, text by text as they come: (tokens, channels) each."""
    seen: list[Any] = []

    def note(_: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        entering = inputs[0] if inputs else named["hidden_states"]
        seen.append((entering[0] - shift).detach().numpy())

    module.register_forward_pre_hook(note, with_kwargs=True)
    return seen


def _texts() -> list[str]:
    """What customers write in the sample reviews and posts."""
    lines = [line for file in SAMPLES for line in file.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    return [embedded_words(max(map(str, row.values()), key=len)) for row in rows]


if __name__ == "__main__":
    main()
