"""Notes in the margins of pages, told from what stands in the body: by smaller letters beside it, or a strip between.

Whoever prints a transcript with comments, or writes codes beside it, puts these into the margin, at the height of what
is said. Read line by line they would stand in the middle of somebody's sentence.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from synth.intake.transcripts.layout import Page, Word

SMALL: Final = 0.92  # of the usual size, up to which letters beside the body are a note's
STRIP: Final = 12.0  # points that are blank between the body and notes of its size
FAR: Final = 0.62  # of the width, from where such a strip is no gutter between columns
MOST: Final = 0.25  # of all letters, that notes can be
LEAST_WORDS: Final = 8  # of notes of the body's size
LEAST_ROWS: Final = 3
LEAST_LETTERS: Final = 0.7  # of these words; time codes at the right edge belong to what is said
_STRAY: Final = 0.005  # of the words, which may stand outside of the body without widening it
_BIN: Final = 2.0  # points


def part_notes(pages: Sequence[Page]) -> tuple[list[Page], list[Page]]:
    """The pages without their margin notes, and the pages with these alone."""
    words = [word for page in pages for word in page.words]
    if not words:
        return list(pages), []
    left, right, size = _body(words)
    edge = _far_strip([word for word in words if not _is_small_outside(word, left, right, size)])

    def is_note(word: Word) -> bool:
        return _is_small_outside(word, left, right, size) or (edge is not None and word.x0 >= edge)

    notes = [replace(page, words=tuple(filter(is_note, page.words))) for page in pages]
    body = [replace(page, words=tuple(word for word in page.words if not is_note(word))) for page in pages]
    noted = sum(len(word.text) for page in notes for word in page.words)
    if not 0 < noted <= MOST * sum(len(word.text) for word in words):
        return list(pages), []
    return body, [page for page in notes if page.words]


def _body(words: Sequence[Word]) -> tuple[float, float, float]:
    """The left and the right edge of the words of the usual size, a few strays aside, and that size."""
    letters: Counter[float] = Counter()
    for word in words:
        letters[round(word.size, 1)] += len(word.text)
    size = letters.most_common(1)[0][0]
    full = [word for word in words if word.size > SMALL * size]
    stray = int(_STRAY * len(full))
    return sorted(word.x0 for word in full)[stray], sorted(word.x1 for word in full)[-1 - stray], size


def _is_small_outside(word: Word, left: float, right: float, size: float) -> bool:
    return word.size <= SMALL * size and (word.x1 < left - 1 or word.x0 > right + 1)


def _far_strip(words: Sequence[Word]) -> float | None:
    """Where notes of the body's size begin, right of a blank strip far to the right; None where there are none."""
    if not words:
        return None
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    covered: Counter[int] = Counter()
    for word in words:
        covered.update(range(int(word.x0 / _BIN), int(word.x1 / _BIN) + 1))
    blank = 0
    for place in range(int((left + FAR * (right - left)) / _BIN), int(right / _BIN)):
        blank = 0 if covered[place] else blank + 1
        if blank * _BIN >= STRIP:
            beyond = [word for word in words if word.x0 >= place * _BIN]
            return place * _BIN if _are_notes(beyond) else None
    return None


def _are_notes(words: Sequence[Word]) -> bool:
    written = sum(any(map(str.isalpha, word.text)) for word in words)
    rows = len({round(word.top / 3) for word in words})
    return len(words) >= LEAST_WORDS and rows >= LEAST_ROWS and written >= LEAST_LETTERS * len(words)
