"""How an English sentence may be cut into a headline: where it must be split, and what may be left out between words.

Rules of thumb about function words, with a guess at nouns and verbs from the texts themselves (see `grammar`).
"""

import re
from collections.abc import Iterator, Sequence
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
    OBJECTS,
    PERFECT,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECTS,
    word_set,
)
from synth.themes.naming.words import Token, stem

PARTICIPLE = re.compile(
    r"\w{2,}(?:ed|ing)|gone|come|been|shown|sent|able|available|there|enough|made|done|paid|lost|stolen"
)
PLAIN_VERBS = word_set(
    "work go come accept get show arrive appear update open load sync connect log sign verify send receive let"
    " add allow use transfer pay respond save upload download match support recognize recognise"
)
FORMS_OF_BE = word_set("is are was were am")
QUESTION_WORDS = word_set("why how what when where which who")
ASKING = BARE | word_set("what which who")
DEGREES = word_set("long many much often far fast soon old quickly well")
CAUSATIVES = word_set("get getting")


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a clause between its subjects and question words."""

    words: Sequence[Token]
    complete: bool = True  # what stands before 'it' is not: it misses its object ('the ATM swallowed it')
    asked: bool = False  # after 'does', 'can' or 'which': its verb has no ending ('does | my payment still show')


def put_in_order(clause: Sequence[Token]) -> Sequence[Token]:
    """'Hasn't my card arrived' as the statement 'my card hasn't arrived'; empty where no verb tells how."""
    first = next((i for i, word in enumerate(clause) if word.lower not in ("why", "how", "and", "so")), 0)
    opening = clause[first]
    if opening.role != "negation" or not opening.lower.endswith(("n't", "nt")):
        return clause
    if first + 1 == len(clause) or clause[first + 1].lower not in DETERMINERS["en"]:
        return clause
    plain = opening.lower[0] in "dcw" and opening.lower[:3] != "was"
    for place in range(first + 2, len(clause)):
        word = clause[place].lower
        if word in SUBJECTS:
            break
        if word in PLAIN_VERBS if plain else PARTICIPLE.fullmatch(word):
            return [*clause[first + 1 : place], opening, *clause[place:]]
    return []


def split_at_subjects(clause: Sequence[Token]) -> Iterator[Part]:
    """A headline cannot bridge a subject or question it leaves out: 'money I sent' is not 'money sent'."""
    start, asked = 0, False
    for place in range(len(clause)):
        if _breaks(clause, place):
            yield Part(clause[start:place], clause[place].lower != "it", asked)
            start, asked = place + 1, clause[place].lower in ASKING
    yield Part(clause[start:], asked=asked)


def joins(part: Part, opening: int, here: int, there: int, grammar: Grammar) -> bool:
    """Whether the words at two places, in a window that opens at a third, read on when those between are left out.

    'card [is] blocked', 'fee [for] [the] card'; but not 'friend [can] send' or 'couple [of] [few] days'.
    """
    between = [word.lower for word in part.words[here + 1 : there]]
    perfect = PARTICIPLE.fullmatch(part.words[there].lower)
    if not all(word in LEFT_OUT or (perfect and word in PERFECT) for word in between):
        return False
    return not (
        _links(between, part.words[here])
        or _gives(between, part.words[here], grammar)
        or _is_short_for_is(part.words[here], part.words[there])
        or (perfect and _is_caused(part, opening))
        or _lacks_ending(part, opening, there, grammar)
    )


def is_open(part: Part, place: int) -> bool:
    """Whether what follows the word belongs to it: 'recognize | me', 'charged | a fee', 'sent | to me'."""
    after = [word.lower for word in part.words[place + 1 : place + 3]]
    if part.words[place].lower.endswith("'s") or (not after and not part.complete):
        return True
    if not after:
        return False
    return after[0] in OBJECTS or (len(after) > 1 and after[0] == "to" and after[1] in PRONOUNS)


def is_torn(part: Part, opening: int, end: int, grammar: Grammar) -> bool:
    """Whether a window hangs on what stands before it: 'after | two weeks with routes', 'use | my card to top up'."""
    before = opening - 1
    while before >= 0 and part.words[before].lower in LEFT_OUT:
        before -= 1
    if before < 0:
        return False
    hook, first, rest = part.words[before], part.words[opening], part.words[opening + 1 : end]
    if hook.lower in PREPOSITIONS or (hook.lower == "to" and not grammar.is_verb(first.lower)):
        return not first.lower.endswith("ing") and any(word.role in ("inner", "negation", "particle") for word in rest)
    verb = hook.role == "filler" or grammar.is_verb(hook.lower)
    return verb and bool(rest) and rest[0].lower == "to"


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


def _links(between: Sequence[str], before: Token) -> bool:
    """'support [is a] joke' links two things, which do not read as one; 'topped up [was] reverted' two statements."""
    if any(word in FORMS_OF_BE for word in between) and before.role == "particle":
        return True
    return any(one in FORMS_OF_BE and other in DETERMINERS["en"] for one, other in pairwise(between))


def _gives(between: Sequence[str], before: Token, grammar: Grammar) -> bool:
    """'daughter [a] second card': a noun that meets the next one without a verb or preposition."""
    if not between or between[-1] not in DETERMINERS["en"] or before.role != "content":
        return False
    ends_like_verb = before.lower.endswith(("ing", "ed")) or grammar.is_verb(before.lower)
    return grammar.is_noun(stem(before.lower)) and not ends_like_verb


def _is_short_for_is(word: Token, following: Token) -> bool:
    """'payment's cancelled'."""
    return word.lower.endswith("'s") and (
        following.role != "content" or PARTICIPLE.fullmatch(following.lower) is not None
    )


def _is_caused(part: Part, opening: int) -> bool:
    """'get my card | working' says that it does not work."""
    before = [word.lower for word in part.words[:opening] if word.lower not in LEFT_OUT]
    return bool(before) and before[-1] in CAUSATIVES


def _lacks_ending(part: Part, opening: int, place: int, grammar: Grammar) -> bool:
    """Whether a subject meets the plain form of its verb: 'payment still show' of 'does my payment still show'."""
    before = part.words[place - 1]
    if (
        not grammar.is_verb(part.words[place].lower)
        or before.role == "negation"
        or before.lower in BEFORE_VERBS | JOINERS
    ):
        return False
    subject = next((one.lower for one in reversed(part.words[opening:place]) if one.role == "content"), "")
    return grammar.is_noun(stem(subject)) and (part.asked or not subject.endswith("s"))
