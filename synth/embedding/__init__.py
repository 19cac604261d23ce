"""Words to vectors: one seam, `Embedder`, with a sentence-transformers side and a hashing side that needs no model."""

from synth.embedding.embedder import Embedder, embedded_words
from synth.embedding.hashing import HashingEmbedder

__all__ = ["Embedder", "HashingEmbedder", "embedded_words"]
