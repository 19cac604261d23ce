"""Whether a word that is spelt like a value means it: what stands before and after it decides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from synth.answers.planning.known_values import Known, key_words
from synth.answers.planning.phrasing import ACCOUNTS, AND, COMPLAINTS, PEOPLE, TEXTS, compile_words

_DETERMINERS: Final = r"(?:\s+(?:the|our|all|a|an|your|der|dem|den|die|das|unsere[nmr]?|unser))*\s+$"
_NOUN_AFTER: Final = compile_words(
    rf"(?:'s?)?[\s-]+(?:(?:paying|new|existing|different|unique|app|store|support)\s+)?(?:{PEOPLE}|{ACCOUNTS}|{TEXTS}"
    rf"|{COMPLAINTS})\b"
)
_MEMBER: Final = compile_words(
    r"(?:\b(?:in|from|via|through|on|within|across|at|of|by|among|for|with|than|to|versus|vs\.?|compare|vergleiche"
    r"|zwischen|between|did|does|do|has|have|is|are|sagt|sagte|meint|hat"
    r"|aus|über|von|vom|bei|beim|auf|per|unter|pro)" + _DETERMINERS + r")|\b(?:im|vom|beim|am)\s+$"
)
_INTO: Final = compile_words(
    r"\b(?:in|from|via|through|on|within|across|by|among|aus|von|bei|auf|per)" + _DETERMINERS + r"|\b(?:im|vom|am)\s+$"
)
_ABOUT: Final = compile_words(
    r"\b(?:about|regarding|concerning|mention(?:s|ed|ing)?|über|zum?|zur|(?:say|said|think|feel|feedback|comments?"
    r"|opinions?|views?|thoughts?)\s+on)" + _DETERMINERS
)
_NOT: Final = compile_words(
    r"\b(?:except(?:\s+(?:for|in|from|on))?|excluding|exclude|other\s+than|apart\s+from|besides|outside(?:\s+of)?|non"
    r"|not\s+(?:(?:in|on|from|by|of|via|at|using|with)\b)?|außer(?:\s+(?:bei|in|von|aus))?|ausgenommen"
    r"|nicht\s+(?:(?:in|von|aus|auf|bei|im)\b)?)[\s-]*(?:(?:the|our|der|dem|den|die|das)\s+)*$"
)
_COUNTED: Final = compile_words(
    r"(?:^|\b(?:wrote|written|filed|posted|sent|submitted|opened|created|raised|logged|left|gave|received|got"
    r"|schrieben|geschrieben|schickten|how\s+(?:many|much)|(?:number|share|percentage|proportion)\s+of|which|what|all|show(?:\s+me)?|do|does|did|in|from|of"
    r"|are|were\s+there|per|compare|than|more|fewer|wie\s+viele|anzahl|anteil|welche|alle|aus|im|der|den|mehr|weniger)\s+)"
    r"(?:(?:the|our|all|different|new|more|fewer|den|der|die|support|customer)\s+|\x00\s*)*$"
)
_SAYS: Final = compile_words(
    r"\s+(?:mention|say|said|gave|give|in|during|between|by|since|after|before|was|over|this|last|talk|complain|contain|discuss|report|describe|were|was|are|is|did|do|came|come|have|had|has|per"
    r"|about|on|with|that|from|regarding|and|than|erwähnen|sagen|handeln|gab|gibt|gingen|kamen|sind|wurden|haben|betreffen"
    r"|nennen|über|zu|mit|pro|von|aus)\b|\s*\x00|\s*[?.!:]*$"
)
_JOINED: Final = compile_words(
    rf"\s*(?:{AND}\s*)+(?:(?:the|our|der|die|den|dem|in|on|from|at|of|for|bei|von|aus|auf)\s+)*|\s+"
)
_DO: Final = compile_words(r"\b(?:do|does|did|sagen|schreiben)" + _DETERMINERS)
_SPEAKS: Final = compile_words(
    r"\s+(?:say|think|feel|complain|love|like|dislike|hate|want|need|mention|praise|talk|write|ask|report|prefer|struggle|expect"
    r"|miss|über|zu)\b"
)
_TEXT: Final = compile_words(rf"(?:[^\W_]+[\s_-])*{TEXTS}$")
_TEAM: Final = compile_words(r"team\s+(?:members?|mates?|mitglieder)\b")
_OF_NAMES: Final = ("account", "person")
_NO_WORDS: Final = ("theme", "kind")


class Neighbour(Protocol):
    """A value that is already accepted."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands: `text[start:end]`, in a German text or not, among values that are already accepted."""

    text: str
    start: int
    end: int
    german: bool
    accepted: Sequence[Neighbour]
    misspelt: bool

    @property
    def said(self) -> str:
        """The word itself, without a possessive s."""
        return re.sub(r"'s$", "", self.text[self.start : self.end], flags=re.IGNORECASE)

    @property
    def before(self) -> str:
        """The text before it."""
        return self.text[max(0, self.start - 60) : self.start]

    @property
    def capital(self) -> bool:
        """Whether it is written as a name where an ordinary word would not be."""
        opening = not self.before.strip() or self.before.rstrip()[-1] in ".?!:"
        mixed = any(char.isupper() for char in self.said[1:])
        return mixed or (self.said[0].isupper() and not opening and not self.german)

    @property
    def possessive(self) -> bool:
        """Whether an 's follows."""
        return self.text[self.start : self.end].casefold().endswith("'s")

    def joined(self, key: str) -> bool:
        """Whether 'and', 'or' or a comma leads to another value of that key, or a value of any key follows at once."""
        for other in self.accepted:
            first, last = (other.end, self.start) if other.end <= self.start else (self.end, other.start)
            between = self.text[first:last]
            if other.key == key and between.strip() and _JOINED.fullmatch(between):
                return True
            if other.start >= self.end and other.key != key and between.isspace():
                return True
        return False


@dataclass(frozen=True, slots=True)
class Stand:
    """The reading of a value in its place, `text[start:end]` with the word for its key where that is said (`keyed`)."""

    start: int
    end: int
    keyed: bool
    negated: bool


def stands(place: Place, known: Known) -> Stand | None:
    """The reading of the place as that value; None when its surroundings do not bear it out."""
    start, end = _with_key_word(place, known.key)
    keyed = (start, end) != (place.start, place.end)
    if not keyed and not _is_borne(place, known):
        return None
    negation = _NOT.search(place.text[:start])
    return Stand(negation.start() if negation else start, end, keyed, negation is not None)


def _with_key_word(place: Place, key: str) -> tuple[int, int]:
    """The place, widened by a word for the key before or after it ('plan Team', 'the Team plan')."""
    before, after = _around(key)
    if match := before.search(place.text[: place.start]):
        return match.start(), place.end + (place.text[place.end : place.end + 1] == '"')
    if not place.said.isdigit() and (match := after.match(place.text, place.end)):
        return place.start - (place.text[place.start - 1 : place.start] == '"'), match.end()
    return place.start, place.end


@lru_cache(maxsize=512)
def _around(key: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = key_words(key)
    before = compile_words(rf"\b(?:{words})\s*(?:=|:|\b(?:is|named|called|ist|namens|von)\b)?\s*[\"']?$")
    return before, compile_words(rf"[\"']?[\s-]+(?:{words})\b")


def _is_borne(place: Place, known: Known) -> bool:
    if known.key in _NO_WORDS or known.tier == "code" or _TEAM.match(place.text, place.start):
        return False
    if known.tier == "part":
        return place.said == known.spelling and (_is_member(place, known.key) or place.possessive)
    if place.misspelt and not (place.capital or (known.key not in _OF_NAMES and _is_member(place, known.key))):
        return False
    if known.key in _OF_NAMES:
        return _is_person_or_account(place, known)
    if known.key == "source":
        written = "_" in place.said and place.said.casefold() == known.value.casefold()
        return written or known.tier == "name" or _is_in_or_of(place, known.key) or _is_kind_of_text(place)
    if known.key in ("segment", "plan"):
        among = place.capital and _MEMBER.search(place.before) is not None
        return known.tier == "name" or _is_described(place, known.key) or among
    return _is_attribute(place, known)


def _is_person_or_account(place: Place, known: Known) -> bool:
    if known.tier == "plain":
        return place.said == known.spelling and place.capital and (_is_member(place, known.key) or place.possessive)
    several = " " in known.spelling or any(char.isdigit() for char in known.spelling)
    return several or place.capital or place.possessive or _is_member(place, known.key)


def _is_attribute(place: Place, known: Known) -> bool:
    """Attributes have many ordinary words for values: 'about login' is a subject, 'in the login module' a filter."""
    if _is_described(place, known.key) or is_speaker(place):
        return True
    if _ABOUT.search(place.before):
        return known.tier == "name" and place.capital and " " in known.spelling
    return bool(_INTO.search(place.before)) or (
        known.tier == "name" and (place.capital or _is_member(place, known.key))
    )


def _is_described(place: Place, key: str) -> bool:
    """'Enterprise customers', 'iOS reviews', 'Starter or Team'."""
    return _NOUN_AFTER.match(place.text, place.end) is not None or place.joined(key)


def is_speaker(place: Place) -> bool:
    """'What do families say…'."""
    return bool(_DO.search(place.before) and _SPEAKS.match(place.text, place.end))


def _is_in_or_of(place: Place, key: str) -> bool:
    spoken = _ABOUT.search(place.before)
    return _is_described(place, key) or (not spoken and _INTO.search(place.before) is not None)


def _is_member(place: Place, key: str) -> bool:
    return _is_described(place, key) or bool(_MEMBER.search(place.before) or _ABOUT.search(place.before))


def _is_kind_of_text(place: Place) -> bool:
    """'How many tickets mention…', 'What do app reviews say…'."""
    counted = _COUNTED.search(place.before) is not None
    return counted and bool(_TEXT.match(place.said)) and _SAYS.match(place.text, place.end) is not None
