"""How spoken parts are laid out as one readable text, and where in it each turn stands."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synth.model import Role, Turn

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document as its format shows it, before anybody knows who speaks."""

    text: str
    page: int | None = None
    gap: bool = False  # a paragraph begins here
    lead: str | None = None  # the words at its start that the format sets apart, as in bold
    heading: bool = False
    aside: bool = False  # nobody says it, and it interrupts nobody: a note in the margin


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said, not yet placed in a text; times in seconds."""

    words: str
    speaker: str | None = None
    begins: float | None = None
    ends: float | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that nobody said: a heading, a note of the transcriber."""

    words: str
    wraps: bool = False  # it goes on from the line above


def lay_out(parts: Iterable[Utterance | Aside], roles: Mapping[str, Role]) -> tuple[str, tuple[Turn, ...]]:
    """The parts one under the other as 'Speaker: words', and the turns whose offsets leave the label out."""
    lines: list[str] = []
    turns: list[Turn] = []
    length = 0
    for part in parts:
        label = f"{part.speaker}: " if isinstance(part, Utterance) and part.speaker else ""
        line = label + part.words
        if isinstance(part, Utterance) and part.words:
            turns.append(_turn(part, length + len(label), length + len(line), roles))
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines), tuple(turns)


def clean(text: str) -> str:
    """One line of words: invisible characters out, ligatures spelled out, runs of white space as one space."""
    return " ".join(clean_edges(text).split())


def clean_edges(text: str) -> str:
    """A line as `clean` gives it, with the white space between its words as it is."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text).translate(_LIGATURES))
    return _INVISIBLE.sub("", text).strip()


def _turn(part: Utterance, start: int, end: int, roles: Mapping[str, Role]) -> Turn:
    role = roles.get(part.speaker) if part.speaker else None
    return Turn(start, end, part.speaker, role, part.begins, part.ends, part.page)
