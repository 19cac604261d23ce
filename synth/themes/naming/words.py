"""Words of a text: tokens with their role, their stems, and a guess at the language.

A token's role says how it may stand in a name: content words carry it, inner words (prepositions, conjunctions) may
join two of them, negations must not be lost, particles belong to the verb before them ('top up'), fillers may stand in
the middle only, and idle words (pronouns, articles, auxiliaries) are dropped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from synth.themes.naming.lexicon import (
    BREAKS,
    FILLERS,
    IDLE,
    INNER,
    LOGIN_VERBS,
    LOOSE_PARTICLES,
    NEGATED,
    NEGATIONS,
    PARTICLES,
    SEPARABLE,
    SHORTENED,
    SWEARING,
    Language,
)

Role = Literal["content", "inner", "negation", "idle", "filler", "particle", "number"]
SENTENCE_ENDS = tuple('.!?\n\r:"“„')
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TOKEN = re.compile(
    r"(?P<skip>https?://\S+|www\.\S+|\S+@\S+\.\w+|@\w+|&\w+;)"
    r"|(?P<word>[$€£]?\d+(?:[.,:/]\d+)*(?:\s?%|[^\W\d_]{1,3}\b)?|[^\W_]+(?:['’-][^\W_]+)*)"
    r"|(?P<stop>[.!?;:,()\[\]{}\"“”„…\n\r|*~<>]|\s[-–—/]+\s|[\U0001F000-\U0001FAFF\u2600-\u27BF])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word as written; `first` is true where a sentence begins."""

    text: str
    lower: str
    role: Role
    first: bool


def _lookup() -> dict[Language, dict[str, Role]]:
    layers: tuple[tuple[Role, dict[Language, str]], ...] = (
        ("filler", FILLERS),
        ("idle", IDLE),
        ("inner", INNER),
        ("negation", NEGATIONS),
    )
    return {lang: {w: role for role, lists in layers for w in lists[lang].split()} for lang in IDLE}


ROLES: dict[Language, dict[str, Role]] = _lookup()
_FUNCTION: dict[Language, frozenset[str]] = {
    lang: frozenset(w for w, role in roles.items() if role != "filler") for lang, roles in ROLES.items()
}


def guess_language(texts: Iterable[str], default: Language = "en") -> Language:
    """The language whose function words are met most often in the texts; `default` where none is met."""
    counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    hits = {lang: sum(counts[word] for word in counts.keys() & words) for lang, words in _FUNCTION.items()}
    best = max(hits, key=lambda lang: (hits[lang], lang == default))
    return best if hits[best] else default


def split_clauses(text: str, language: Language) -> list[list[Token]]:
    """The text's words, cut at punctuation and at the conjunctions that begin a new statement.

    Addresses (@handles, links, e-mail) are cut out and end a clause.
    """
    clauses: list[list[Token]] = [[]]
    begins = True
    breaks = BREAKS[language]
    for _, written, stop in _TOKEN.findall(text):
        word = written.replace("’", "'")
        lower = word.lower()
        if not word or lower in breaks:
            clauses.append([])
            begins = begins or stop in SENTENCE_ENDS
            continue
        clauses[-1].append(_token(word, lower, language, begins))
        begins = False
    return [_with_separable_prefix(clause) if language == "de" else clause for clause in clauses if clause]


def _with_separable_prefix(clause: list[Token]) -> list[Token]:
    """'Das Internet fällt aus': what ends a German clause and looks like a preposition belongs to its verb."""
    last = clause[-1]
    return [*clause[:-1], replace(last, role="particle")] if last.lower in SEPARABLE else clause


@lru_cache(maxsize=200_000)
def _token(word: str, lower: str, language: Language, begins: bool) -> Token:
    whole = SHORTENED.get(lower, lower) if language == "en" else lower
    return Token(word if whole == lower else whole, whole, _role(whole, language), begins)


def is_content(token: Token) -> bool:
    """Whether the word can carry a name or key phrase by itself."""
    return token.role == "content"


def ends_well(tokens: Sequence[Token]) -> bool:
    """Whether the last word may end a phrase: a content word, a number, or the particle of a verb ('top up')."""
    last = tokens[-1]
    if last.role == "particle":
        return len(tokens) > 1 and (last.lower not in LOOSE_PARTICLES or tokens[-2].lower in LOGIN_VERBS)
    return last.role == "content" or (last.role == "number" and len(tokens) > 1)


def key_of(token: Token, language: Language) -> str:
    """What the word counts as: its stem; all negations are one, numbers stay as written."""
    if token.role == "negation":
        return NEGATED
    return token.lower if token.role == "number" else stem(token.lower, language)


def binds(tokens: Sequence[Token], place: int) -> bool:
    """Whether the word there belongs to the verb before it, so that neither stands alone: 'top up', 'log in'."""
    if not 0 < place < len(tokens):
        return False
    word = tokens[place].lower
    return word == "up" or (word in LOOSE_PARTICLES and tokens[place - 1].lower in LOGIN_VERBS)


@lru_cache(maxsize=100_000)
def is_swearing(phrase: str) -> bool:
    """Whether a word of the phrase is not for a headline."""
    return SWEARING.search(phrase) is not None


@lru_cache(maxsize=100_000)
def stem(word: str, language: Language = "en") -> str:
    """A key under which the forms of a word meet ('uploads', 'uploaded' -> 'upload'); not meant to be read.

    A light suffix stripper in the manner of Porter's first step, with the endings of German and Dutch nouns.
    """
    word = word.lower().replace("’", "'").removesuffix("'s").replace("-", "")
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return word
    return _strip_german(word) if language in ("de", "nl") else _strip_english(word)


def _role(lower: str, language: Language) -> Role:
    if lower[0].isdigit() or lower[0] in "$€£":
        return "number"
    if language == "en" and lower in PARTICLES:
        return "particle"
    known = ROLES[language].get(lower)
    if known is None:
        return "content" if len(lower) > 1 else "idle"
    return known


def _strip_german(word: str) -> str:
    for ending in ("ungen", "en", "er", "em", "es", "e", "n", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending) + ("ung" if ending == "ungen" else "")
    return word


def _strip_english(word: str) -> str:
    word = _strip_plural(word)
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search(r"[aeiouyáéíóú]", root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _strip_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
