"""Which embedder a setting names."""

from pathlib import Path

from synth.embedding.embedder import Embedder
from synth.embedding.hashing import HashingEmbedder
from synth.embedding.weights import MINILM_SHA256, minilm_folder
from synth.errors import BadInput


def open_embedder(name: str) -> Embedder:
    """`minilm`, `minilm-torch` (the same weights), `hashing` (no model), or the folder of a model."""
    if name == "hashing":
        return HashingEmbedder()
    if name == "minilm":
        from synth.embedding.quantised import QuantisedEmbedder

        return QuantisedEmbedder()
    from synth.embedding.sentences import SentenceEmbedder

    if name == "minilm-torch":
        return SentenceEmbedder(minilm_folder(), sha256=MINILM_SHA256)
    folder = Path(name)
    if not (folder / "config.json").is_file():
        raise BadInput(
            f"SYNTH_EMBEDDER={name} is neither `minilm`, `minilm-torch` nor `hashing`, "
            "nor a folder with a sentence-transformers model."
        )
    return SentenceEmbedder(folder)
