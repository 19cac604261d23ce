"""A text as the words that carry it: cut to their stems, without what any sentence about feedback may use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from synth.words.framing import FRAMING

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENING = re.compile(r"(?:[.!?:…][\"'”’)]*\s+|\n\s*)[\"'“‘„(*-]*\Z")
_ENDINGS = (
    *("ations", "ation", "ingly", "ments", "ment", "ness", "ities", "ity", "ions", "ion", "ings", "ing", "ied", "ies"),
    *("edly", "ed", "es", "ly", "en", "er", "s", "e", "y", "n"),
)
_FUNCTION_WORDS = """
a an the and or but nor so yet of to in on at by for from with as is are was were be am it its he him his she her
we us our you i me my if no not do did has had can may up off out any all too who how why what very there one
der die das den dem des ein und oder aber in im am an auf aus bei mit von zu zum zur vom als ist sind war es er sie
ich du wir ihr mir mich uns man ja nein nur so wie was wer wo da ob zu
"""
_SHORT = frozenset(_FUNCTION_WORDS.split())
_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMERALS = {
    **{word: str(value) for value, word in enumerate(_COUNTED)},
    **{word: str(10 * value) for value, word in enumerate(_TENS, start=2)},
    **{
        f"{tens} {ones}": str(10 * value + number)
        for value, tens in enumerate(_TENS, start=2)
        for number, ones in enumerate(_COUNTED[1:10], start=1)
    },
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as it is written, cut to its stem, where it stands, and whether it opens its sentence."""

    written: str
    stem: str
    start: int
    opens: bool = False

    @property
    def is_number(self) -> bool:
        return self.written[0].isdigit()

    @property
    def is_name(self) -> bool:
        """Written with a capital where a sentence does not ask for one."""
        return self.written[0].isupper() and not self.opens and self.written.lower() not in _SHORT

    @property
    def carries(self) -> bool:
        """False of words that say nothing by themselves."""
        lower = self.written.casefold()
        return self.is_number or (len(lower) > 1 and lower not in _SHORT and lower not in FRAMING)


def read_words(text: str) -> tuple[Word, ...]:
    """All words of the text, in their order."""
    return tuple(
        Word(match.group(), stem(match.group()), match.start(), _opens(text, match.start()))
        for match in _WORD.finditer(text)
    )


def _opens(text: str, start: int) -> bool:
    """Whether a word that begins there is the first of its sentence."""
    return _OPENING.search(text, max(0, start - 12), start) is not None or not text[:start].strip()


@lru_cache(maxsize=50_000)
def stem(written: str) -> str:
    """The word without its ending, at least three letters of it; a number without what separates its thousands."""
    if written[0].isdigit():
        return re.sub(r",(?=\d{3}\b)", "", written)
    lower = written.casefold().replace("’", "'").removesuffix("'s")
    for ending in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= 3:
            return _undoubled(lower.removesuffix(ending))
    return lower


def numbers_said(words: tuple[Word, ...]) -> Iterator[str]:
    """The numbers of a text, in digits, whether they are written in digits or in words."""
    spelled = [word.written.casefold() for word in words]
    for place, word in enumerate(words):
        if word.is_number:
            yield word.stem
        for said in (spelled[place], " ".join(spelled[place : place + 2])):
            if said in NUMERALS:
                yield NUMERALS[said]


def _undoubled(short: str) -> str:
    """The stem with a single last letter: stopped and stops are one."""
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "aeiouls" else short
