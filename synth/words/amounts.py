"""The amounts a sentence says, in digits or in words, and the words they stand beside."""

import re
import unicodedata
from collections.abc import Iterator

from synth.words.framing import QUANTITY
from synth.words.reading import NUMERALS

_WRITTEN = r"[\d²³¹¼½¾⅐-⅞①-⓿]+(?:[.,'’\u00a0\u2009\u202f]\d+)*"
_AMOUNT = re.compile(f"{_WRITTEN}|{QUANTITY.pattern}", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?:\.\d+)?")
_BEFORE = re.compile(r"([^\W\d_]+|[#$€£])\s*$")
_AFTER = re.compile(r"\s*([^\W\d_]+|[%°€])")
_LETTERS = re.compile(r"[^\W\d_]+")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")  # that share the looks of many letters

# An amount that is said to count voices: "41 customers", "twelve angry users", "12 % of accounts".
STATED = re.compile(
    rf"({_WRITTEN}|{QUANTITY.pattern})(?:\s*(?:%|percent|prozent))?"
    r"(?:\s+(?!in\b|on\b|at\b|for\b|per\b)[^\W\d_]+){0,2}?\s+"
    r"(?:people|persons?|customers?|clients?|users?|accounts?|companies|mentions?|reviews?|reviewers?|tickets?"
    r"|respondents?|complaints?|comments?|excerpts?|voices?|teams?|kund(?:en|innen)|nutzer(?:innen)?|leute"
    r"|personen|konten|firmen|nennungen|bewertungen|beschwerden|meldungen)\b",
    re.IGNORECASE,
)

Beside = tuple[str, str, str]  # an amount; "before", "after" or ""; the word that stands there


def amounts(text: str) -> set[str]:
    """Every amount of the text, plain: 1,204 as 1204, twelve as 12, half as half."""
    return {_plain(match.group()) for match in _AMOUNT.finditer(text)}


def voices_counted(text: str) -> list[str]:
    """The amounts, plain, that the text says of people, accounts or mentions."""
    return [_plain(match[1]) for match in STATED.finditer(text)]


def beside(text: str) -> Iterator[list[Beside]]:
    """For each amount of the text, the amount alone, with the word before it, and with the word after it."""
    for match in _AMOUNT.finditer(text):
        amount = _plain(match.group())
        before = _BEFORE.search(text[max(0, match.start() - 40) : match.start()])
        after = _AFTER.match(text, match.start() + len(match.group().rstrip()))
        pairs = [(amount, "", "")]
        pairs += [(amount, "before", before[1].casefold())] if before else []
        pairs += [(amount, "after", after[1].casefold())] if after else []
        yield pairs


def disguised(text: str) -> set[str]:
    """The words that mix letters of alphabets that look alike: what they say is not what is read."""
    words = {word for word in _LETTERS.findall(text) if not word.isascii()}
    return {word for word in words if len(_alphabets(word)) > 1}


def _alphabets(word: str) -> set[str]:
    names = (unicodedata.name(letter, "") for letter in word)
    return {alphabet for name in names for alphabet in _ALPHABETS if name.startswith(alphabet)}


def _plain(written: str) -> str:
    """An amount in one form, whatever separates its thousands and however its digits are written."""
    lower = " ".join(written.casefold().split())
    if not any(character.isdecimal() for character in lower):
        return NUMERALS.get(lower, lower)
    ascii = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in written
    )
    return re.sub(r"[^\d.]", "", ascii) if _THOUSANDS.fullmatch(ascii) else ascii
