"""Taking what is erased out of documents of JSON: answers, insights, reports. No database here."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, cast

_WORD: Final = re.compile(r"\w+")
_QUOTE: Final = re.compile(r"[“„\"«]([^“”„\"«»]{12,})[”“\"»]")
_TOLD: Final = frozenset(  # under these keys a single word is one that people said, and none of ours
    (
        "text",
        "name",
        "title",
        "label",
        "quote",
        "word",
        "stem",
        "value",
        "source",
        "key_phrases",
        "definition",
        "reason",
    )
)
_LEAST: Final = 3  # letters of a word that may give something away


ERASED: Final = "[erased]"


class _Gone:
    """Stands for a value that is to be left out."""


_GONE: Final = _Gone()


@dataclass(frozen=True, slots=True)
class Traces:
    """By what the erased is known: ids of excerpts and documents, words that nobody else said, all that was said."""

    ids: Set[str]
    words: Set[str] = frozenset()  # case-folded
    names: Set[str] = frozenset()  # of the person, as they were written
    said: str = ""  # all of it, blanks made single
    sources: Set[str] = frozenset()  # names of sources that nothing is left of
    imports: Set[str] = frozenset()  # ids of the imports that brought it
    mark: str = ERASED  # stands in place of a text that speaks

    def speaks(self, text: str) -> bool:
        """Whether a text holds a word that only the erased said, the person's name, or a quote of what was said."""
        return (
            self.calls(text)
            or not self.words.isdisjoint(words_of(text))
            or any(one_line(quote) in self.said for quote in _QUOTE.findall(text))
        )

    def calls(self, text: str) -> bool:
        """Whether a text holds the person's name: as a whole, and one of a single word only in its case."""
        return any(
            re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE if " " in name else 0)
            for name in self.names
        )

    def without(self, value: Any, key: str = "text") -> Any:
        """A value of JSON with a mark in place of every text that speaks; words that code knows things by are none."""
        if isinstance(value, str):
            told = " " in value or key in _TOLD
            speaks = told and (self.speaks(value) or any(name in value for name in self.sources))
            return self.mark if speaks else value
        if isinstance(value, dict):
            return {name: self.without(each, name) for name, each in value.items()}
        return [self.without(each, key) for each in value] if isinstance(value, list) else value


def words_of(text: str) -> set[str]:
    """The case-folded words of a text that are long enough to say something."""
    return {word for word in _WORD.findall(text.casefold()) if len(word) >= _LEAST}


def one_line(text: str) -> str:
    """The text with single blanks."""
    return " ".join(text.split())


def strip(document: Mapping[str, Any], traces: Traces) -> dict[str, Any] | None:
    """The document without citations of the erased, and without claims that rest on nothing any more.

    A claim goes too where it says a word that only the erased said. Ids in lists go. None where the document as a whole
    is such a claim.
    """
    left = _strip(document, traces)
    return None if isinstance(left, _Gone) else cast("dict[str, Any]", left)


def _strip(value: Any, traces: Traces) -> Any:
    if isinstance(value, list):
        return [left for each in value if not isinstance(left := _strip(each, traces), _Gone)]
    if isinstance(value, str):
        return _GONE if value in traces.ids else value
    if not isinstance(value, dict):
        return value
    if {value.get("excerpt_id"), value.get("document_id")} & traces.ids:
        return _GONE
    left = {key: _strip(each, traces) for key, each in value.items()}
    if _lost_its_ground(value, left, traces):
        return _GONE
    return {key: None if isinstance(each, _Gone) else each for key, each in left.items()}


def _lost_its_ground(before: Mapping[str, Any], after: Mapping[str, Any], traces: Traces) -> bool:
    """Whether it is a claim, or what tells one, and has no quote left that shows it."""
    if isinstance(after.get("claim"), _Gone):
        return True
    quotes, left = before.get("citations"), after.get("citations")
    if not isinstance(quotes, list) or not isinstance(left, list):
        return False
    return bool(quotes and not left) or traces.speaks(str(before.get("text", "")))
