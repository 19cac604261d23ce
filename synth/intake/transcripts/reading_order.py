"""Words as a page shows them, from left to right, put into the order in which they are read.

Hebrew and Arabic run from right to left, numbers and Latin words within them from left to right. A line with any of
these scripts in the majority is turned round; the full algorithm (Unicode Annex 9) goes the other way, from the order
of reading to that of showing, and needs to know what no page tells.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT_TO_RIGHT = re.compile(r"[A-Za-zÀ-ɏ0-9](?:[A-Za-zÀ-ɏ0-9.,:/%@_+-]*[A-Za-zÀ-ɏ0-9%])?")


def in_reading_order(words: Sequence[str]) -> list[str]:
    """The words of one line, in the order in which they are read."""
    letters = [unicodedata.bidirectional(character) for word in words for character in word if character.isalpha()]
    if 2 * sum(kind in ("R", "AL") for kind in letters) <= len(letters):
        return list(words)
    turned = [_turned(word) for word in reversed(words)]
    runs = ((ltr, list(run)) for ltr, run in groupby(turned, key=_runs_left_to_right))
    return [word for ltr, run in runs for word in (reversed(run) if ltr else run)]


def _turned(word: str) -> str:
    """A word with its letters turned round, but for the numbers and Latin letters in it."""
    if not any(unicodedata.bidirectional(character) in ("R", "AL", "NSM") for character in word):
        inner = _LEFT_TO_RIGHT.search(word)
        if inner is None:
            return word[::-1].translate(_MIRRORED)
        before, behind = word[: inner.start()], word[inner.end() :]
        return behind[::-1].translate(_MIRRORED) + inner[0] + before[::-1].translate(_MIRRORED)
    backwards = "".join(reversed(_clusters(word))).translate(_MIRRORED)
    plain = (
        unicodedata.normalize("NFKC", backwards) if any("\ufb1d" <= each <= "\ufefc" for each in word) else backwards
    )
    return _LEFT_TO_RIGHT.sub(lambda run: run[0][::-1], plain)


def _clusters(word: str) -> list[str]:
    """Letters with the marks that stand behind them."""
    clusters: list[str] = []
    for character in word:
        if clusters and unicodedata.category(character) == "Mn":
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _runs_left_to_right(word: str) -> bool:
    return any(unicodedata.bidirectional(character) == "L" for character in word)
