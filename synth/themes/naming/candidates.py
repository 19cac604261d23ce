"""Phrases of a group's members that could name it: the content core of their clauses, in their words and order.

From "What can I do if my card still hasn't arrived?" comes "card still hasn't arrived": the clause without what a
headline leaves out (pronouns, articles, auxiliaries, opening fillers), and each window of at most six words of it that
begins and ends well. A window that would drop a negation, and so turn the statement round, is no candidate.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from synth.themes.naming.grammar import Grammar
from synth.themes.naming.lexicon import (
    AUXILIARIES,
    BARE,
    BEFORE_VERBS,
    DETERMINERS,
    JOINERS,
    LEFT_OUT,
    LOGIN_VERBS,
    LOOSE_PARTICLES,
    OBJECTS,
    PERFECT,
    SUBJECTS,
    Language,
    word_set,
)
from synth.themes.naming.words import Token, ends_well, key_of

LONGEST = 6  # words of a name
HEADLINE_STYLE = frozenset(("en", "de"))  # languages in which a headline drops articles between its words
MODALS = word_set("do does did can will could would")
TAILS = word_set("issue issues problem problems help")  # fillers that may end an English name
FORMS_OF_BE = word_set("is are was were am")
QUESTION_WORDS = word_set("why how what when where which who")
DEGREES = word_set("long many much often far fast soon old quickly well")
PARTICIPLE = re.compile(r"\w{2,}(?:ed|ing)|gone|come|been|shown|sent|able|available|there|enough|made|done|paid")
WITH_PLAIN_VERB = word_set(
    "don't dont doesn't doesnt didn't didnt can't cant couldn't couldnt won't wont wouldn't wouldnt"
)
ADVERBS = word_set("too still same more less only or and")
PLAIN_VERBS = word_set(
    "work go come accept get show arrive appear update open load sync connect log sign verify send receive let"
    " add allow use transfer pay respond save upload download match support recognize recognise"
)


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
        for part in _split_at_subjects(_right_order(clause, language), language):
            core = _core(part.words, language)
            for start, end in _windows(core, part, language):
                if _stands(core, start, end) and not (part.asked and _lacks_ending(core[start:end], grammar)):
                    yield _candidate(core, start, end, rank, language)


def _windows(core: Sequence["_Placed"], part: "_Part", language: Language) -> Iterator[tuple[int, int]]:
    for start in range(len(core)):
        for end in range(start + 1, min(start + LONGEST, len(core)) + 1):
            if end > start + 1 and language == "en" and not _may_close_up(part.words, core[end - 2][0], core[end - 1][0]):
                break
            if _is_open(core, end, part, language):
                continue
            yield start, end


def _may_close_up(words: Sequence[Token], here: int, there: int) -> bool:
    """Whether all words between two that stay are such as an English headline leaves out.

    'card [is] blocked', 'fee [for] [the] card'; but not 'friend [can] send' or 'couple [of] [few] days'. 'Is' before an
    article links two things ('support [is] [a] joke'), which do not read as one.
    """
    between = [word.lower for word in words[here + 1 : there]]
    if len(between) > 1 and any(one in FORMS_OF_BE and other in DETERMINERS["en"] for one, other in pairwise(between)):
        return False
    perfect = PARTICIPLE.fullmatch(words[there].lower)
    return all(word in LEFT_OUT or (perfect and word in PERFECT) for word in between)


def _is_open(core: Sequence["_Placed"], end: int, part: "_Part", language: Language) -> bool:
    """Whether what follows the last word belongs to it: 'recognize | me', 'charged | a fee', 'days | ago'."""
    place, word = core[end - 1]
    following = part.words[place + 1].lower if place + 1 < len(part.words) else ""
    if not following:
        return not part.complete or (language == "en" and word.lower.endswith("'s"))
    return language == "en" and (following in OBJECTS or word.lower.endswith("'s"))


_Placed = tuple[int, Token]  # position in the clause, word


def _right_order(clause: Sequence[Token], language: Language) -> Sequence[Token]:
    """'Hasn't my card arrived' as the statement 'my card hasn't arrived'; empty where no verb tells how."""
    first = next((i for i, word in enumerate(clause) if word.lower not in ("why", "how", "and", "so")), 0)
    opening = clause[first]
    if language != "en" or opening.role != "negation" or not opening.lower.endswith(("n't", "nt")):
        return clause
    if first + 1 == len(clause) or clause[first + 1].lower not in DETERMINERS["en"]:
        return clause
    for place in range(first + 2, len(clause)):
        word = clause[place].lower
        if word in SUBJECTS:
            break
        if (
            word in PLAIN_VERBS
            if opening.lower[0] in "dcw" and opening.lower[:3] != "was"
            else PARTICIPLE.fullmatch(word)
        ):
            return [*clause[first + 1 : place], opening, *clause[place:]]
    return []


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of a clause between its subjects and question words."""

    words: Sequence[Token]
    complete: bool  # what stands before 'it' is not: it misses its object ('the ATM swallowed it')
    asked: bool  # after 'does' or 'can', so that its verb has no ending ('does | my payment still show')


def _split_at_subjects(clause: Sequence[Token], language: Language) -> Iterator[_Part]:
    """A headline cannot bridge a subject or question it leaves out: 'money I sent' is not 'money sent'."""
    start, asked = 0, False
    for place in range(len(clause)):
        if language == "en" and _breaks(clause, place):
            yield _Part(clause[start:place], clause[place].lower != "it", asked)
            start, asked = place + 1, clause[place].lower in BARE
    yield _Part(clause[start:], True, asked)


def _breaks(clause: Sequence[Token], place: int) -> bool:
    word = clause[place].lower
    before = clause[place - 1] if place else None
    after = clause[place + 1] if place + 1 < len(clause) else None
    if word in SUBJECTS:
        return before is None or before.role != "negation"
    if word == "as":
        return after is None or after.role != "content" or after.lower in DEGREES
    if word == "of":
        return before is not None and before.role == "idle"
    if word in DEGREES:
        return before is not None and before.lower in ("how", "as", "so")
    if word in BARE and (before is None or before.lower in QUESTION_WORDS):
        return after is None or after.role != "negation"
    return word in AUXILIARIES and after is not None and after.lower in DETERMINERS["en"]


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
        return second.lower in PLAIN_VERBS
    if {first.lower, second.lower} & ADVERBS:
        return False
    if first.lower in LOOSE_PARTICLES:
        return second.role == "inner" and (not place or words[place - 1].lower not in LOGIN_VERBS)
    return first.role == "inner" and second.role in ("inner", "particle")


def _starts_well(core: Sequence[_Placed], start: int, end: int) -> bool:
    first = core[start][1]
    if first.role in ("inner", "particle", "idle", "filler", "number") and not _is_auxiliary(core, start, end):
        return False
    if first.lower in ("not", "never") and start + 1 < end and not PARTICIPLE.fullmatch(core[start + 1][1].lower):
        return False
    return not start or (core[start - 1][1].role != "negation" and core[start - 1][1].lower != "too")


def _is_cut_short(core: Sequence[_Placed], start: int, end: int) -> bool:
    """Whether what follows belongs to the last word: 'amount | of cash', 'top | up', 'card to add | money'."""
    if end == len(core):
        return False
    return core[end][1].lower in ("of", "up") or (end - start > 1 and core[end - 2][1].lower == "to")


def _lacks_ending(window: Sequence[_Placed], grammar: Grammar) -> bool:
    """Whether a subject meets the plain form of its verb: 'payment still show' of 'does my payment still show'."""
    words = [word for _, word in window]
    return any(
        grammar.is_verb(word.lower) and words[place - 1].lower not in BEFORE_VERBS | JOINERS
        for place, word in enumerate(words)
        if place and word.role in ("content", "filler")
    )


def _is_auxiliary(core: Sequence[_Placed], start: int, end: int) -> bool:
    return core[start][1].role == "idle" and start + 1 < end and core[start + 1][1].role == "negation"


def _candidate(core: Sequence[_Placed], start: int, end: int, rank: int, language: Language) -> Candidate:
    window = core[start:end]
    places = [place for place, _ in window]
    return Candidate(
        words=tuple(word for _, word in window),
        stems=frozenset(key_of(word, language) for _, word in window if word.role in ("content", "negation")),
        gaps=sum(1 for here, there in pairwise(places) if there != here + 1),
        opens=start == 0,
        closes=end == len(core),
        rank=rank,
    )
