"""Texts to the numbers of their tokens: the only file that imports tokenizers."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Tokens:
    """The tokenizer of a model folder. Loads on first use; one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tokenizer.json"
        self._lock = threading.Lock()
        self._tokenizer: Tokenizer | None = None

    def count(self, text: str) -> int:
        """How many tokens the text has, without those that frame it."""
        with self._lock:
            return len(self._load().encode(text, add_special_tokens=False).ids)

    def encode(self, texts: Sequence[str], *, limit: int) -> list[list[int]]:
        """The token numbers of each text, framed; of a longer text the first `limit`, the last of them its frame."""
        with self._lock:
            encodings = self._load().encode_batch_fast(list(texts))
        every = (encoding.ids for encoding in encodings)
        return [ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]] for ids in every]

    def _load(self) -> "Tokenizer":
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._file))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
        return self._tokenizer
