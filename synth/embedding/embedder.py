"""What the engine asks of an embedder, and which words of an excerpt it sees."""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WORDS_VERSION = "w1"  # part of every embedder's version: changes when `embedded_words` does
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_HANDLE = re.compile(r"(?<![\w@])@\w+")
_PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")
_BLANKS = re.compile(r"\s+")


class Embedder(Protocol):
    """Turns texts into unit vectors. `version` names everything that changes a vector; versions are never mixed."""

    @property
    def version(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Tokens beyond this many are not seen by the model."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each of length 1, in the order of the texts."""
        ...


def embedded_words(text: str) -> str:
    """The words of an excerpt that are embedded: without addresses, @handles and placeholders of redacted values.

    Whom a message is addressed to is not what it is about: left in, the handles form clusters of their own. A text
    that consists of nothing else stays as it is.
    """
    bare = _PLACEHOLDER.sub(" ", _HANDLE.sub(" ", _ADDRESS.sub(" ", text)))
    return _BLANKS.sub(" ", bare).strip() or text.strip()
