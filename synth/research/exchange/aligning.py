"""Where a span of one text lies in another that is nearly the same: with pseudonyms, say, or other line breaks."""

import re
from difflib import SequenceMatcher
from typing import Final

from synth.research.spans import Span, find_words

_WORD: Final = re.compile(r"\S+")
LEAST_SAME: Final = 0.5  # of the words of a span


class Alignment:
    """Two texts, compared word by word when that is first asked for."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new
        self._pairs: dict[int, int] | None = None  # words that are the same, by their places

    def carry(self, start: int, end: int) -> Span | None:
        """Where a span of the old text lies in the new one; None where most of its words are not there."""
        if self._old == self._new:
            return start, end
        return find_words(self._new, self._old[start:end], start) or self._aligned(start, end)

    def _aligned(self, start: int, end: int) -> Span | None:
        old = [match.span() for match in _WORD.finditer(self._old)]
        new = [match.span() for match in _WORD.finditer(self._new)]
        inside = [place for place, (begins, ends) in enumerate(old) if begins < end and ends > start]
        same = [place for place in inside if place in self._same()]
        if not inside or len(same) < LEAST_SAME * len(inside):
            return None
        first, last = self._same()[same[0]], self._same()[same[-1]]
        first -= self._between(same[0] - inside[0], first, inside[0] - 1)
        last += min(inside[-1] - same[-1], len(new) - 1 - last)
        ahead = max(0, start - old[inside[0]][0]) if same[0] == inside[0] else 0  # of a span that begins within a word
        behind = max(0, old[inside[-1]][1] - end) if same[-1] == inside[-1] else 0
        return new[first][0] + ahead, new[last][1] - behind

    def _between(self, wanted: int, place: int, before: int) -> int:
        """How many words ahead of a place belong to the span: no more than lie behind the word before it."""
        earlier = self._same().get(before, -1)
        return max(0, min(wanted, place - earlier - 1))

    def _same(self) -> dict[int, int]:
        if self._pairs is None:
            words = SequenceMatcher(None, _WORD.findall(self._old), _WORD.findall(self._new))
            self._pairs = {
                block.a + step: block.b + step for block in words.get_matching_blocks() for step in range(block.size)
            }
        return self._pairs
