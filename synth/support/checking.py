"""The support check: what a claim says against the passages it cites, by words alone.

It looks for what a true quote beside a false sentence has in common: numbers and names that are not in the passages, a
negation on one side only, a word whose contrary is there, "only" and "all" that nobody said. That nothing speaks
against a claim does not support it (measured: it is then true about as often as not), so "supported" is said only of a
claim that one sentence of its passages says in the same words. Everything else is "not checked". How far all this can
be trusted is measured by `python -m eval run support`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from synth.intake.sentences import sentences
from synth.model import Support
from synth.support.opposites import COMPLAINS, NEGATION, STRICT, opposites_of
from synth.words import Word, numbers_said, read_words

LONG = 60  # words of the passages; among more, the words of almost any claim are found
REACH_BEFORE, REACH_AFTER = 60, 90  # characters around a negation that it may turn
NEGATED = 3  # carrying words after a negation that it may turn
PREFIX = 5  # letters from which a shared beginning makes two words one

Kind = Literal["number", "name", "negation", "opposite", "strict"]
_WEIGHTS: dict[Kind, float] = {"number": 0.5, "name": 0.4, "negation": 0.5, "opposite": 0.4, "strict": 0.35}
_DISPUTES: frozenset[Kind] = frozenset({"negation", "opposite"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against a claim: its kind, and the word of the claim it is about."""

    kind: Kind
    word: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A label; a score that orders claims (1: nothing speaks against it); the share of its own words that are covered.

    "disputed": a passage says the contrary of a word of it; "partly": it names something that no passage names;
    "supported": one sentence holds all its words; "not checked": words cannot tell.
    """

    label: Support
    score: float
    coverage: float
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a claim may rest on: the passages, and what is lent to it."""

    text: str
    words: tuple[Word, ...]
    stems: frozenset[str]
    lent: frozenset[str]
    numbers: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        return self.stems | self.lent


def judge(claim: str, passages: Sequence[str], *, lent: Collection[str] = ()) -> Judgement:
    """How far the passages support the claim; `lent` are texts whose words it may use without saying more by them."""
    basis = _read_basis(passages, lent)
    words = read_words(claim)
    is_short = len(basis.words) <= LONG
    doubts = tuple(_doubts(claim, words, basis, is_short=is_short))
    coverage = _coverage(words, basis)
    score = coverage if is_short else 1.0
    for doubt in doubts:
        score *= 1 - _WEIGHTS[doubt.kind]
    return Judgement(_label(claim, doubts, words, passages, basis), score, coverage, doubts)


def _label(
    claim: str, doubts: Sequence[Doubt], words: Sequence[Word], passages: Sequence[str], basis: _Basis
) -> Support:
    if any(doubt.kind in _DISPUTES for doubt in doubts):
        return "disputed"
    if doubts:
        return "partly"
    return "supported" if _is_restated(claim, words, passages, basis) else "not checked"


def _is_restated(claim: str, words: Sequence[Word], passages: Sequence[str], basis: _Basis) -> bool:
    """Whether one sentence has every carrying word of the claim that is not lent to it, and negates as often.

    A claim that has no word of its own is restated by nothing.
    """
    own, negations = _own(words, basis), len(NEGATION.findall(claim))
    said = (passage[start:end] for passage in passages for start, end in sentences(passage))
    return bool(own) and any(
        len(NEGATION.findall(sentence)) == negations
        and all(_has(stems, each) for stems in [_stems(read_words(sentence))] for each in own)
        for sentence in said
    )


def _read_basis(passages: Sequence[str], lent: Collection[str]) -> _Basis:
    text = "\n".join(passages)
    words, more = read_words(text), read_words("\n".join(lent))
    numbers = frozenset(chain(numbers_said(words), numbers_said(more)))
    return _Basis(text, words, _stems(words), _stems(more), numbers)


def _stems(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words)


def _coverage(words: Sequence[Word], basis: _Basis) -> float:
    """The share of the claim's own carrying words that the passages have; 1 for a claim whose words are all lent."""
    own = _own(words, basis)
    return sum(_has(basis.stems, each) for each in own) / len(own) if own else 1.0


def _own(words: Sequence[Word], basis: _Basis) -> set[str]:
    """The stems of the carrying words that are not lent."""
    return {word.stem for word in words if word.carries and not _has(basis.lent, word.stem)}


def _has(known: Collection[str], stem: str) -> bool:
    return stem in known or (len(stem) >= PREFIX and any(each.startswith(stem[:PREFIX]) for each in known))


def _doubts(claim: str, words: tuple[Word, ...], basis: _Basis, *, is_short: bool) -> Iterator[Doubt]:
    yield from _missing_numbers(words, basis)
    for word in words:
        lower = word.written.casefold()
        if lower in STRICT and word.stem not in basis.known:
            yield Doubt("strict", word.written)
        elif word.carries and not word.is_number and not _has(basis.known, word.stem):
            if any(_says(opposite, basis, is_short=is_short) for opposite in opposites_of(word.written)):
                yield Doubt("opposite", word.written)
            elif word.is_name:
                yield Doubt("name", word.written)
    if not (is_short and COMPLAINS.search(basis.text)):
        yield from _unmatched_negations(claim, words, basis)
    if is_short and not NEGATION.search(claim) and not COMPLAINS.search(claim):
        yield from _dropped_negations(words, basis)


def _says(stem: str, basis: _Basis, *, is_short: bool) -> bool:
    """Whether the passages have a word without, where they are short, negating it: "does not work" says "broken"."""
    return stem in basis.stems and not (is_short and _is_near(stem, basis))


def _missing_numbers(words: tuple[Word, ...], basis: _Basis) -> Iterator[Doubt]:
    for number in dict.fromkeys(numbers_said(words)):
        if number not in basis.numbers and number != "1":
            yield Doubt("number", number)


def _unmatched_negations(claim: str, words: Sequence[Word], basis: _Basis) -> Iterator[Doubt]:
    """Negations of the claim beside whose words the passages have none, and none around those words."""
    for match in NEGATION.finditer(claim):
        after = [word.stem for word in words if word.start >= match.end() and word.carries][:NEGATED]
        if after and not any(_is_near(stem, basis) for stem in after):
            yield Doubt("negation", match.group())


def _dropped_negations(words: Sequence[Word], basis: _Basis) -> Iterator[Doubt]:
    """Words that the passages negate, in a claim that negates nothing and complains of nothing."""
    said = {word.stem: word.written for word in words if word.carries}
    for match in NEGATION.finditer(basis.text):
        turned = [
            word.stem
            for word in basis.words
            if match.end() <= word.start <= match.end() + REACH_BEFORE and word.carries
        ]
        yield from (Doubt("negation", said[stem]) for stem in turned[:NEGATED] if stem in said)


def _is_near(stem: str, basis: _Basis) -> bool:
    """Whether a word of the passages with this stem stands near a negation."""
    return any(
        word.stem == stem and match.start() - REACH_BEFORE <= word.start <= match.end() + REACH_AFTER
        for match in NEGATION.finditer(basis.text)
        for word in basis.words
    )
