"""What is left of a question to be searched by meaning, once its filters, times and question words are taken out."""

import re
from collections.abc import Mapping
from typing import Final

from synth.answers.planning.fillers import (
    ARTICLES,
    COMPARED,
    FILLERS,
    HOLE,
    LEADING,
    LEADING_NOUN,
    MARK,
    START_TAIL,
    TOPMOST,
    TRAILING,
    TRAILING_NOUN,
    TREND_TAIL,
)
from synth.answers.planning.phrasing import COMPLAINTS, TEXTS, compile_words
from synth.model import Asked

_EDGE: Final = f" \t?!.,:;'()[]-–—/{HOLE}{MARK}"
_LOOSE: Final[Mapping[Asked, re.Pattern[str]]] = {
    "trend": TREND_TAIL,
    "since": START_TAIL,
    "compare": COMPARED,
    "top": TOPMOST,
}
_TURNING: Final = compile_words(
    r"\b(?:been|gets?|getting|got(?:ten)?|become|becoming)\s+(?:any\s+)?(?:better|worse|rarer|(?:more|less)\s+\w+)$"
)
_WHOLE: Final = compile_words(r"^top[\s-]ups?\b")  # begins with a word that elsewhere says how much is asked for
_NOTHING: Final = frozenset(
    [
        "theme",
        "themes",
        "topic",
        "topics",
        "subject",
        "subjects",
        "thing",
        "things",
        "feedback",
        "sentiment",
        "themen",
        "thema",
        "dinge",
        "came",
        "come",
        "arrived",
        "rückmeldungen",
    ]
)
_MOODS: Final = (
    ("Beschwerden", compile_words(r"\b(?:beschwer\w*|klag(?:en|t|ten)|unzufrieden\w*)\b")),
    ("complaints", compile_words(rf"\b(?:{COMPLAINTS}|complain\w*|unhappy|upset|angry|annoyed|frustrated)\b")),
    ("negative", compile_words(rf"\bnegativen?\s+(?:{TEXTS})\b")),
    ("positive", compile_words(rf"\bpositiven?\s+(?:{TEXTS})\b")),
)


def find_about(text: str, asked: Asked) -> str:
    """The words to search by meaning; empty when the question is about everything in its filters.

    Filters stand in the text as HOLE, times have been removed. Complaining is left out, as what feedback mostly does,
    and stands alone where nothing else is left.
    """
    left = text
    if asked in _LOOSE:
        left = _LOOSE[asked].sub(" ", left)
    for pattern, replacement in FILLERS:
        left = pattern.sub(replacement, " ".join(left.split()))
    about = _trim(_cut_before_mark(" ".join(left.split())))
    if asked == "trend":  # a filter behind it hid the tail: "getting worse with one star"
        about = _trim(_TURNING.sub(" ", about)) or about
    about = "" if about.casefold() in _NOTHING else about
    return about or next((mood for mood, pattern in _MOODS if pattern.search(text)), "")


def _cut_before_mark(text: str) -> str:
    """What stands after '…say about', when nothing but question words stands before it."""
    head, mark, rest = text.partition(MARK)
    if mark and not _trim(head) and re.search(r"\w", rest):
        return _trim_left(rest.replace(MARK, " "), ARTICLES)
    return text.replace(MARK, " ")


def _trim(text: str) -> str:
    """Without the question words at its beginning and the loose ends at its end."""
    before = None
    left = text.strip(_EDGE)
    while left != before:
        before = left
        left = _trim_left(left, LEADING)
        if match := LEADING_NOUN.match(left):
            left = left[match.end() :].strip(_EDGE)
        left = TRAILING_NOUN.sub("", _trim_right(left)).strip(_EDGE)
    left = left if left.count('"') % 2 == 0 else left.replace('"', "")
    return " ".join(left.split())


def _trim_left(text: str, words: frozenset[str]) -> str:
    left = text.strip(_EDGE)
    while left and not _WHOLE.match(left):
        first, _, rest = left.partition(" ")
        if first.strip(_EDGE).casefold() not in words:
            return left
        left = rest.strip(_EDGE)
    return left


def _trim_right(text: str) -> str:
    left = text.strip(_EDGE)
    while left:
        rest, _, last = left.rpartition(" ")
        if last.strip(_EDGE).casefold() not in TRAILING:
            return left
        left = rest.strip(_EDGE)
    return left
