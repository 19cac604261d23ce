"""Which parts of a text are shown as matching: the words of a search, or a quoted span."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synth.themes.naming.words import stem

_WORD = re.compile(r"\w+")
_SHORTEST = 3  # letters of a word that is worth marking


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, marked or not."""

    text: str
    marked: bool


def mark_words(text: str, query: str) -> list[Piece]:
    """The text in pieces, the words of the query marked in whatever form they stand there."""
    wanted = {stem(word.lower()) for word in _WORD.findall(query) if len(word) >= _SHORTEST}
    spans = [match.span() for match in _WORD.finditer(text) if stem(match[0]) in wanted]
    return _cut(text, spans)


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text in pieces, those in the spans marked; the spans are in order and do not overlap."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [Piece(text[at:start], marked=False), Piece(text[start:end], marked=True)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:], marked=False)) if piece.text]
