"""How suspicious a text is, from 0 to 1, and why: sentence by sentence, by rules that need no model.

What is looked for is a kind of speech: orders about the reply that is being written, roles and rules for a model, work
that no product does for its customer, general knowledge asked of nobody in particular, payloads and markup. A flag
never removes a text: it is counted and shown, marked, and only a model does not get to read it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from synth.suspicion.patterns import (
    APART,
    ASKS,
    HIDDEN,
    ORDER,
    ORDERED,
    ORDERS,
    PERSONAL,
    PREFACE,
    QUESTION,
    REPLY_FIRST,
    RULES,
    TASKS,
    Rule,
)
from synth.words import read_words

SUSPICIOUS = 0.5  # from this score on a text is flagged
LONGEST = 20_000  # characters that are read
LEAST = 6  # carrying words a text must have beside a sentence before that can be apart from it
_WORD = re.compile(r"[\w'’]+")
_PIECE = re.compile(r"\w+")
_BLANKS = re.compile(r"\s+")
_BORDER = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|\Z)|[。！？]|\n|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A score from 0 to 1, the strongest reason in a few words, and where the sentence stands that gave it."""

    score: float
    reason: str = ""
    start: int = 0
    end: int = 0


@lru_cache(maxsize=20_000)
def suspect(text: str) -> Suspicion:
    """The most suspicious sentence of the text; several suspicious ones weigh more than one."""
    read = text[:LONGEST]
    found = [*_written(read), *_ordered(read)]
    if not found:
        return Suspicion(0.0)
    worst = max(found, key=lambda each: (each.score, -each.start))
    clear = 1.0
    for each in found:
        clear *= 1 - each.score
    return Suspicion(
        round(1 - clear, 4) if worst.score >= SUSPICIOUS else worst.score, worst.reason, worst.start, worst.end
    )


def is_suspicious(text: str) -> bool:
    """Whether the text is to be shown as suspicious, and kept from a model."""
    return suspect(text).score >= SUSPICIOUS


def orders(sentence: str) -> bool:
    """Whether a sentence by itself gives an order, or asks for general knowledge, whatever stands around it."""
    return _opening(_BLANKS.sub(" ", sentence.strip())) is not None


def _written(text: str) -> Iterator[Suspicion]:
    """What the rules find wherever it stands, payloads and markup among it."""
    words = frozenset(_PIECE.findall(text.casefold()))
    for rule in (*HIDDEN, *RULES):
        match = rule.pattern.search(text) if not rule.cues or rule.cues & words else None
        if match:
            yield Suspicion(rule.score, rule.reason, match.start(), match.end())


def _ordered(text: str) -> Iterator[Suspicion]:
    """Sentences that give an order or ask for general knowledge."""
    for start, end in _clauses(text):
        sentence = _BLANKS.sub(" ", text[start:end])
        rule = _opening(sentence)
        if rule is None:
            continue
        weak = rule in (ORDER, QUESTION)
        more = APART if weak and _is_apart(sentence, text[:start] + " " + text[end:]) else 0.0
        yield Suspicion(rule.score + more, rule.reason, start, end)


def _opening(sentence: str) -> Rule | None:
    """The rule a sentence meets by the way it opens."""
    if REPLY_FIRST.pattern.match(sentence):
        return REPLY_FIRST
    preface = PREFACE.match(sentence)
    begin = preface.end() if preface else 0
    verb = _WORD.match(sentence, begin)
    first = verb.group().casefold().replace("’", "'") if verb else ""
    if first in ORDERS:
        for rule in ORDERED:
            if rule.pattern.match(sentence, begin):
                return rule
        return ORDER if first in TASKS and not PERSONAL.search(sentence) else None
    if first in ASKS and sentence.rstrip(" \"'”)").endswith("?") and not PERSONAL.search(sentence):
        return QUESTION
    return None


def _is_apart(sentence: str, rest: str) -> bool:
    """Whether a sentence shares no carrying word with the rest of its text, and there is a rest to speak of."""
    around = {word.stem for word in read_words(rest) if word.carries}
    own = {word.stem for word in read_words(sentence) if word.carries}
    return len(around) >= LEAST and len(own) > 1 and own.isdisjoint(around)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    """The sentences, roughly; every line and every cell of a table is one."""
    begin = 0
    for border in [*_BORDER.finditer(text), None]:
        end = border.end() if border else len(text)
        clause = text[begin:end]
        if clause.strip(" \n\t\r|"):
            yield begin + len(clause) - len(clause.lstrip(" \n\t\r|")), begin + len(clause.rstrip(" \n\t\r|"))
        begin = end
