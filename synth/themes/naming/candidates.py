"""Phrases of a group's members that could name it: the content core of their clauses, in their words and order.

From "What can I do if my card still hasn't arrived?" comes "card still hasn't arrived": the clause without what a
headline leaves out (pronouns, articles, auxiliaries, opening fillers), and each window of at most six words of it that
begins and ends well. A window that would drop a negation, and so turn the statement round, is no candidate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from synth.themes.naming.english import (
    PARTICIPLE,
    PLAIN_VERBS,
    Part,
    is_open,
    is_torn,
    joins,
    put_in_order,
    split_at_subjects,
)
from synth.themes.naming.grammar import Grammar
from synth.themes.naming.lexicon import LOGIN_VERBS, LOOSE_PARTICLES, Language, word_set
from synth.themes.naming.words import Token, ends_well, key_of

LONGEST = 6  # words of a name
HEADLINE_STYLE = frozenset(("en", "de"))  # languages in which a headline drops articles between its words
MODALS = word_set("do does did can will could would")
UNVERBED = word_set(
    "not never isn't aren't wasn't weren't hasn't haven't hadn't"
)  # need 'arrived', 'working' after them
NEVER_FIRST = frozenset(("inner", "particle", "filler", "number"))
TURNING = word_set("too wrong incorrect missing broken bad poor falsche falscher falsches falschen")  # like a negation
TAILS = word_set("issue issues problem problems help")  # fillers that may end an English name
ADVERBS = word_set("too still same more less only or and")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible name: its words as written, the stems of its content, and how whole it is."""

    words: tuple[Token, ...]
    stems: frozenset[str]
    gaps: int  # places where words are left out between its words
    opens: bool  # it begins where its clause begins
    closes: bool  # it ends where its clause ends
    rank: int  # place of the text it comes from, the most central 0

    @property
    def whole(self) -> float:
        """1 for a whole clause without gaps, less for a piece of one."""
        return 0.5 * self.opens + 0.5 * self.closes - 0.15 * self.gaps


def find_candidates(
    clauses: Iterable[Sequence[Token]], rank: int, language: Language, grammar: Grammar
) -> Iterator[Candidate]:
    """All windows of one to six words of the clauses' cores that could stand as a name."""
    for clause in clauses:
        for part in _parts(clause, language):
            core = _core(part.words, language)
            keys = [key_of(word, language) if word.role in ("content", "negation") else None for _, word in core]
            for start, end in _windows(core, part, language, grammar):
                if _stands(core, start, end):
                    yield _candidate(core, keys, start, end, rank)


def _windows(core: Sequence["_Placed"], part: Part, language: Language, grammar: Grammar) -> Iterator[tuple[int, int]]:
    for start in range(len(core)):
        if core[start][1].role in NEVER_FIRST:
            continue
        for end in range(start + 1, min(start + LONGEST, len(core)) + 1):
            first, last = core[start][0], core[end - 1][0]
            if language == "en":
                if end > start + 1 and not joins(part, first, core[end - 2][0], last, grammar):
                    break
                torn = is_open(part, last) or is_torn(part, first, last + 1, grammar)
            else:
                torn = language == "de" and _is_torn_german(core, part, start, end)
            if not torn:
                yield start, end


def _is_torn_german(core: Sequence["_Placed"], part: Part, start: int, end: int) -> bool:
    """Lacks a verb's prefix ('Internet fällt | aus'), a negation ('kam | nicht') or a start ('nach dem | Update…')."""
    if 1 < end - start < len(core) - start and (core[-1][1].role == "particle" or core[end][1].role == "negation"):
        return True
    earlier = reversed(part.words[: core[start][0]])
    before = next((word for word in earlier if word.role not in ("idle", "content")), None)
    return end > start + 2 and before is not None and before.role == "inner"


_Placed = tuple[int, Token]  # position in the clause, word


def _parts(clause: Sequence[Token], language: Language) -> Iterable[Part]:
    return split_at_subjects(put_in_order(clause)) if language == "en" else [Part(clause)]


def _core(clause: Sequence[Token], language: Language) -> list[_Placed]:
    placed = list(enumerate(clause))
    if language in HEADLINE_STYLE:
        placed = [(i, word) for i, word in placed if word.role != "idle" or _is_needed(clause, i)]
    while placed and placed[0][1].role in ("idle", "filler", "inner", "particle"):
        placed = placed[1:]
    while placed and not _may_end(placed):
        placed = placed[:-1]
    return placed


def _is_needed(clause: Sequence[Token], place: int) -> bool:
    """'does' of 'does not work', 'be' of 'can't be used' or 'to be used': without it the rest does not read."""
    before = clause[place - 1] if place else None
    following = clause[place + 1].lower if place + 1 < len(clause) else ""
    if clause[place].lower == "be":
        return before is not None and (before.role == "negation" or before.lower == "to")
    return following in ("not", "never") and clause[place].lower in MODALS


def _may_end(placed: Sequence[_Placed]) -> bool:
    words = [word for _, word in placed]
    return ends_well(words) or (words[-1].lower in TAILS and len(words) > 1)


def _stands(core: Sequence[_Placed], start: int, end: int) -> bool:
    window = core[start:end]
    words = [word for _, word in window]
    content = [word.lower for word in words if word.role == "content"]
    if not content or len(content) > len(set(content)) or sum(word.role == "negation" for word in words) > 1:
        return False
    return (
        _starts_well(core, start, end)
        and _may_end(window)
        and not _is_cut_short(core, start, end)
        and not any(_is_stranded(words, place) for place in range(len(words) - 1))
    )


def _is_stranded(words: Sequence[Token], place: int) -> bool:
    """Whether the word and the next do not read in sequence: 'for [it] in', 'on [it] to', 'not work'."""
    first, second = words[place], words[place + 1]
    if first.lower in ("not", "never"):
        return second.lower in PLAIN_VERBS and not (place and words[place - 1].lower in MODALS)
    if {first.lower, second.lower} & ADVERBS:
        return False
    if first.lower in LOOSE_PARTICLES:
        return second.role == "inner" and (not place or words[place - 1].lower not in LOGIN_VERBS)
    return first.role == "inner" and second.role in ("inner", "particle")


def _starts_well(core: Sequence[_Placed], start: int, end: int) -> bool:
    first = core[start][1]
    if first.role in ("inner", "particle", "idle", "filler", "number") and not _is_auxiliary(core, start, end):
        return False
    if first.lower in UNVERBED and start + 1 < end and not PARTICIPLE.fullmatch(core[start + 1][1].lower):
        return False
    return not start or (core[start - 1][1].role != "negation" and core[start - 1][1].lower not in TURNING)


def _is_cut_short(core: Sequence[_Placed], start: int, end: int) -> bool:
    """Whether what follows belongs to the last word: 'amount | of cash', 'top | up', 'card to add | money'."""
    if end == len(core):
        return False
    return core[end][1].lower in ("of", "up") or (end - start > 1 and core[end - 2][1].lower == "to")


def _is_auxiliary(core: Sequence[_Placed], start: int, end: int) -> bool:
    return core[start][1].role == "idle" and start + 1 < end and core[start + 1][1].role == "negation"


def _candidate(core: Sequence[_Placed], keys: Sequence[str | None], start: int, end: int, rank: int) -> Candidate:
    window = core[start:end]
    return Candidate(
        words=tuple([word for _, word in window]),
        stems=frozenset([key for key in keys[start:end] if key is not None]),
        gaps=sum([there[0] != here[0] + 1 for here, there in pairwise(window)]),
        opens=start == 0,
        closes=end == len(core),
        rank=rank,
    )
