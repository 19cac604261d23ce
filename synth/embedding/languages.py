"""Which languages a model was trained to read, as far as that is known."""

from synth.embedding.weights import MINILM_SHA256

_ENGLISH_ONLY = (MINILM_SHA256[:12],)  # how the versions of such models begin


def read_by(version: str) -> frozenset[str] | None:
    """The languages an embedder of this version reads; None where nobody has said."""
    return frozenset({"en"}) if version.startswith(_ENGLISH_ONLY) else None
