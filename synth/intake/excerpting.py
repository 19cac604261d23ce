"""Cutting a document into the excerpts that are embedded, themed and cited.

Every character that is not blank lies in exactly one excerpt (of a transcript: every one inside its turns). Counting
tokens is the costly part: a text is counted whole, and only a long one again by sentence and by excerpt.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import category

from synth.errors import BadInput
from synth.intake.sentences import sentences, trimmed
from synth.model import Span, Turn

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_CLAUSE = re.compile(r"[,;:–—)][ \t]+|\s[-–—]\s|[、，；：。！？」』）]|\n")
_CJK = r"\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\s+|(?<=[{_CJK}、，；：。！？」』）])(?=[{_CJK}「『（])")
_FULL = 0.8  # of the limit: how much a part cut by length is meant to hold, as tokens are not spread evenly
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_LONGEST_GRAPHEME = 32


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int
    opens_paragraph: bool = False


@dataclass(frozen=True, slots=True)
class _Measure:
    text: str
    count_tokens: Callable[[str], int]
    limit: int

    def tokens(self, start: int, end: int) -> int:
        return self.count_tokens(self.text[start:end])


def excerpts(text: str, turns: Sequence[Turn], *, count_tokens: Callable[[str], int], limit: int = 200) -> list[Span]:
    """The excerpts of `text`, sorted, trimmed, of at most `limit` tokens each.

    What fits is one excerpt; what does not is cut between sentences, paragraphs first, into about equal parts. A
    sentence over the limit is cut between clauses or words, a word over the limit between characters. Where there are
    turns, no excerpt crosses one and each carries its speaker. One character may hold more tokens than the limit.
    """
    if limit < 1:
        raise BadInput("The longest excerpt must have at least one token; set the limit to 1 or more.")
    measure = _Measure(_LONE_SURROGATE.sub("\ufffd", text), count_tokens, limit)
    return [
        Span(start, end, turn.speaker, turn.role)
        for turn in _stretches(text, turns)
        for start, end in _cut(measure, turn.start, turn.end)
    ]


def _stretches(text: str, turns: Sequence[Turn]) -> Iterator[Turn]:
    """The turns (without any: the text as one) that hold something, trimmed, in order and not overlapping."""
    done = 0
    for turn in sorted(turns, key=lambda turn: (turn.start, turn.end)) or [Turn(0, len(text))]:
        start, end = trimmed(text, max(done, turn.start), min(turn.end, len(text)))
        if start < end:
            yield Turn(start, end, turn.speaker, turn.role)
            done = end


def _cut(measure: _Measure, start: int, end: int) -> Iterator[tuple[int, int]]:
    whole = measure.tokens(start, end)
    if whole <= measure.limit:
        yield start, end
        return
    pieces, spare = _without_overhead(list(_pieces(measure, start, end)), whole)
    for group in _balanced(pieces, max(1, measure.limit - spare)):
        yield from _verified(measure, group)


def _pieces(measure: _Measure, start: int, end: int) -> Iterator[_Piece]:
    """The sentences, and the parts of those that are too long, each counted once."""
    previous = start
    for first, last in sentences(measure.text[start:end]):
        opens = _PARAGRAPH.search(measure.text, previous, start + first) is not None
        for piece in _fitting(measure, start + first, start + last):
            yield _Piece(piece.start, piece.end, piece.tokens, opens)
            opens = False
        previous = start + last


def _without_overhead(pieces: list[_Piece], whole: int) -> tuple[list[_Piece], int]:
    """Take off what every count adds by itself (a tokenizer's marks for start and end), as the whole tells it."""
    spare = max(0, sum(piece.tokens for piece in pieces) - whole) // max(1, len(pieces) - 1)
    lean = [_Piece(piece.start, piece.end, max(1, piece.tokens - spare), piece.opens_paragraph) for piece in pieces]
    return lean, spare


def _balanced(pieces: Sequence[_Piece], limit: int) -> list[list[_Piece]]:
    """As few groups of neighbours as `limit` allows, and the fullest of them as small as that number allows."""
    groups = _packed(pieces, limit, limit)
    low, high = 1, limit
    while low < high:
        middle = (low + high) // 2
        tried = _packed(pieces, middle, limit)
        if len(tried) <= len(groups):
            groups, high = tried, middle
        else:
            low = middle + 1
    return _evened(groups)


def _evened(groups: list[list[_Piece]]) -> list[list[_Piece]]:
    """From the last on, each border moved to where its two groups differ least, unless a paragraph begins there."""
    for number in reversed(range(len(groups) - 1)):
        if not groups[number + 1][0].opens_paragraph:
            both = groups[number] + groups[number + 1]
            half = sum(piece.tokens for piece in both) / 2
            distances = [abs(filled - half) for filled in accumulate(piece.tokens for piece in both[:-1])]
            border = distances.index(min(distances)) + 1
            groups[number : number + 2] = both[:border], both[border:]
    return groups


def _packed(pieces: Sequence[_Piece], size: int, limit: int) -> list[list[_Piece]]:
    """Neighbours together up to `size`; a paragraph border ends a group that is at least half as long as `limit`."""
    groups, filled = list[list[_Piece]](), 0
    for piece in pieces:
        over = filled + piece.tokens > size
        if not groups or over or (piece.opens_paragraph and filled * 2 >= limit):
            groups.append([])
            filled = 0
        groups[-1].append(piece)
        filled += piece.tokens
    return groups


def _verified(measure: _Measure, group: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """A group as one span, or as two if its pieces count for more together than the sum of each."""
    start, end = group[0].start, group[-1].end
    if len(group) == 1 or measure.tokens(start, end) <= measure.limit:
        yield start, end
        return
    half = len(group) // 2
    yield from _verified(measure, group[:half])
    yield from _verified(measure, group[half:])


def _fitting(measure: _Measure, start: int, end: int) -> Iterator[_Piece]:
    """The span itself, or parts of it that are each within the limit."""
    tokens = measure.tokens(start, end)
    parts = -int(-tokens // (measure.limit * _FULL))
    cuts = _cuts(measure.text, start, end, max(2, parts)) if tokens > measure.limit else []
    if not cuts:
        yield _Piece(start, end, tokens)
        return
    for first, last in zip([start, *cuts], [*cuts, end], strict=True):
        inner = trimmed(measure.text, first, last)
        if inner[0] < inner[1]:
            yield from _fitting(measure, *inner)


def _cuts(text: str, start: int, end: int, parts: int) -> list[int]:
    """Where to cut a span into about `parts` even parts: after a clause, else after a word, else in the one word."""
    length = (end - start) / parts
    clauses = [match.end() for match in _CLAUSE.finditer(text, start, end) if start < match.end() < end]
    words = [match.end() for match in _WORD.finditer(text, start, end) if start < match.end() < end]
    cuts = set[int]()
    for aim in (start + round(number * length) for number in range(1, parts)):
        clause = _nearest(clauses, aim)
        if clause is not None and abs(clause - aim) <= length / 4:
            cuts.add(clause)
        else:
            cuts.add(_nearest(words, aim) or _between_graphemes(text, start, aim, end))
    return sorted(cut for cut in cuts if start < cut < end)


def _nearest(places: Sequence[int], aim: int) -> int | None:
    at = bisect_left(places, aim)
    return min(places[max(0, at - 1) : at + 1], key=lambda place: abs(place - aim), default=None)


def _between_graphemes(text: str, start: int, aim: int, end: int) -> int:
    """The place nearest to `aim` that tears no accent, emoji or flag apart; `end` where the span is one of these."""
    for distance in range(_LONGEST_GRAPHEME):
        for place in (aim + distance, aim - distance):
            if start < place < end and not _is_joined(text, place):
                return place
    return aim if end - start > _LONGEST_GRAPHEME else end


def _is_joined(text: str, place: int) -> bool:
    left, right = text[place - 1], text[place]
    flags = sum("\U0001f1e6" <= character <= "\U0001f1ff" for character in (left, right))
    tone = "\U0001f3fb" <= right <= "\U0001f3ff"
    return left == "\u200d" or right in _JOINERS or tone or flags == 2 or category(right).startswith("M")
