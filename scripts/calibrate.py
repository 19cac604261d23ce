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
    """Run the model in full precision and note the root mean square of every channel, before its shift."""
    from sentence_transformers import SentenceTransformer

    folder = minilm_folder()
    weights_hash(folder, expected=MINILM_SHA256)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    bert, squares = model[0].auto_model, {}
    shift = bert.embeddings.LayerNorm.bias
    for number, layer in enumerate(bert.encoder.layer):
        squares[f"encoder.layer.{number}.attention.self"] = _watch(layer.attention.self, shift)
        raising = layer.intermediate
        squares[f"encoder.layer.{number}.intermediate"] = _watch(raising, layer.attention.output.LayerNorm.bias)
        shift = layer.output.LayerNorm.bias
    model.encode(_texts(), batch_size=1)  # one at a time: padding is not counted
    sizes = {name: [float(f"{size:.3g}") for size in np.sqrt(np.mean(seen, axis=0))] for name, seen in squares.items()}
    OUT.write_text(json.dumps(sizes) + "\n", "utf-8")


def _watch(module: Any, shift: Any) -> list[Any]:
    """The mean squares of what enters a module, text by text, as they come."""
    seen: list[Any] = []

    def note(_: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        entering = inputs[0] if inputs else named["hidden_states"]
        seen.append((entering[0] - shift).square().mean(dim=0).detach().numpy())

    module.register_forward_pre_hook(note, with_kwargs=True)
    return seen


def _texts() -> list[str]:
    """What customers write in the sample reviews and posts."""
    lines = [line for file in SAMPLES for line in file.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    return [embedded_words(max(map(str, row.values()), key=len)) for row in rows]


if __name__ == "__main__":
    main()
