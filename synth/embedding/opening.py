"""Which embedder a setting names."""

from pathlib import Path

from synth.embedding.embedder import Embedder
from synth.embedding.hashing import HashingEmbedder
from synth.errors import BadInput


def open_embedder(name: str) -> Embedder:
    """`minilm`, `hashing` (which needs no model), or a folder that holds a sentence-transformers model."""
    if name == "hashing":
        return HashingEmbedder()
    from synth.embedding.sentences import SentenceEmbedder, minilm

    if name == "minilm":
        return minilm()
    folder = Path(name)
    if not (folder / "config.json").is_file():
        raise BadInput(
            f"SYNTH_EMBEDDER={name} is neither `minilm` nor `hashing`, nor a folder with a sentence-transformers model."
        )
    return SentenceEmbedder(folder)
