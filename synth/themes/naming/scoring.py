"""Which of a group's candidate names is best: by its words, and where texts can be embedded by its meaning too.

The weights were set by reading names and by how often a name alone, embedded, lies nearest to its own group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from operator import and_

import numpy as np

from synth.themes.finding.vectors import Vectors, unit_rows
from synth.themes.naming.candidates import Candidate, find_candidates
from synth.themes.naming.lexicon import COMPLAINTS, JOINERS, NEGATED, NUMBER_WORDS, PRAISE, Language
from synth.themes.naming.meanings import learn_meanings
from synth.themes.naming.phrases import Speech
from synth.themes.naming.scene import Embed, Scene
from synth.themes.naming.surface import write_name
from synth.themes.naming.words import Token, guess_language, is_swearing, key_of, stem

CENTRAL = 24  # members whose clauses compete
SHORTLIST = 120  # candidates of a group whose meaning is guessed
EMBEDDED = 2  # candidates of a group that are embedded
LENGTH_WORTH = {1: -0.20, 2: 0.0, 3: 0.04, 4: 0.05, 5: 0.02, 6: -0.03}  # by words
ENOUGH_SUPPORT = 0.15  # share of members using all of a name's words from which more support adds nothing
PLAINLY = 0.3  # share of function words from which a text is plainly in its group's language
COMMON_NUMBER = 0.2  # share of members from which a number belongs to what the group says
RARE = 0.04  # share of members below which a word is one person's
LONE_DENIAL = 0.01  # share of members below which 'no X' is one person's
COMPLAINED = 0.15  # share of members that use a word of complaint from which it belongs into the name
PRAISED = 0.25  # share of praising texts from which a group may be named by praise
ENOUGH_MARGIN = 0.3  # distance from the next group from which more adds nothing


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its worth; only comparable within a group."""

    candidate: Candidate
    score: float


def rank_by_words(scene: Scene, group: int) -> list[Scored]:
    """The group's candidates by what their words say alone, best first, each wording once."""
    judge = _Judge(scene, group)
    best: dict[tuple[str, ...], Candidate] = {}
    for candidate in _compete(scene, group):
        wording = tuple(word.lower for word in candidate.words)
        if wording not in best or _fitness(candidate) > _fitness(best[wording]):
            best[wording] = candidate
    scored = [(-judge.score(candidate), wording) for wording, candidate in best.items()]
    return [Scored(best[wording], -score) for score, wording in sorted(scored)]


def _fitness(candidate: Candidate) -> tuple[float, int]:
    return candidate.whole, -candidate.rank


def rank_by_meaning(scene: Scene, ranked: Sequence[Sequence[Scored]], embed: Embed | None = None) -> list[list[Scored]]:
    """The best of each group's ranking by closeness to its own centre and distance from all others as well.

    The meaning is guessed from the members' vectors first; with `embed`, the few best by that are compared exactly.
    """
    meanings = learn_meanings(scene)
    short: list[list[Scored]] = []
    for group, scored in enumerate(ranked):
        few = scored[:SHORTLIST]
        guessed = meanings[scene.speeches[group].language].guess([one.candidate.stems for one in few])
        short.append(_rescore(few, group, guessed @ scene.centroids.T))
    return short if embed is None else _rank_exactly(scene, ranked, short, embed)


def _rank_exactly(
    scene: Scene, ranked: Sequence[Sequence[Scored]], guessed: Sequence[Sequence[Scored]], embed: Embed
) -> list[list[Scored]]:
    """The same with the vectors of the names themselves; the rest follows in the order of the guess."""
    few = [
        [by_words[one.candidate] for one in scored[:EMBEDDED]]
        for scored, by_words in zip(guessed, [{one.candidate: one for one in each} for each in ranked], strict=True)
    ]
    names = [write_name(one.candidate.words, scene.casing(group)) for group, each in enumerate(few) for one in each]
    if not names:
        return [list(scored) for scored in guessed]
    closeness = _embed(names, embed) @ scene.centroids.T
    rows = iter(np.split(closeness, np.cumsum([len(each) for each in few])[:-1]))
    return [[*_rescore(each, group, next(rows)), *guessed[group][EMBEDDED:]] for group, each in enumerate(few)]


def _embed(names: Sequence[str], embed: Embed) -> Vectors:
    """Unit rows, each wording embedded once; the shortest first, so that no batch is padded for one long name."""
    distinct = sorted(set(names), key=lambda name: (len(name), name))
    place = {name: row for row, name in enumerate(distinct)}
    vectors = np.asarray(embed(distinct), dtype=np.float32)[[place[name] for name in names]]
    return unit_rows(vectors)


def _compete(scene: Scene, group: int) -> Iterator[Candidate]:
    speech, texts = scene.speeches[group], scene.groups[group].texts
    grammar = scene.grammars[speech.language]
    for rank, member in enumerate(scene.central[group][:CENTRAL]):
        if not _speaks(speech.clauses[rank], texts[member], speech.language):
            continue
        for candidate in find_candidates(speech.clauses[rank], rank, speech.language, grammar):
            if not scene.banned[group] & candidate.stems and not any(
                is_swearing(word.lower) for word in candidate.words
            ):
                yield candidate


def _speaks(clauses: Sequence[Sequence[Token]], text: str, language: Language) -> bool:
    """Whether a text is in its group's language: many function words settle it, few are looked at more closely."""
    roles = [word.role for word in _words(clauses)]
    if sum(role in ("idle", "inner", "negation") for role in roles) >= PLAINLY * len(roles):
        return True
    return guess_language([text], language) == language


class _Judge:
    """Scores the candidates of one group."""

    def __init__(self, scene: Scene, group: int) -> None:
        self._speech = scene.speeches[group]
        self._grammar = scene.grammars[self._speech.language]
        self._members = _members_by_key(self._speech)
        self._weights = {key: scene.contrast.weight(group, (key,)) for key in self._members}
        self._full = sum(sorted(self._weights.values(), reverse=True)[:3]) or 1.0
        self._praised = _share_of_praise(self._speech)
        self._complaints = {stem(word, self._speech.language) for word in COMPLAINTS}
        self._competing = min(CENTRAL, self._speech.size)

    def score(self, candidate: Candidate) -> float:
        return (
            0.5 * self._contrast(candidate)
            + 0.15 * min(1.0, self._support(candidate) / ENOUGH_SUPPORT)
            + 0.15 * candidate.whole
            + 0.1 * (1 - candidate.rank / self._competing)
            + 0.05 * self._has_noun(candidate)
            + 0.12 * self._complains(candidate)
            + LENGTH_WORTH[len(candidate.words)]
            - 0.12 * self._count_rare(candidate)
            - 0.4 * self._count_odd_numbers(candidate)
            - 0.1 * sum(word.role == "filler" for word in candidate.words)
            - 0.06 * sum(word.lower in JOINERS for word in candidate.words)
            - 0.3 * self._denies_alone(candidate)
            - 1.0 * self._flatters(candidate)
        )

    def _contrast(self, candidate: Candidate) -> float:
        return min(sum(max(self._weights[key], -0.05) for key in candidate.stems) / self._full, 1.2)

    def _support(self, candidate: Candidate) -> float:
        together = reduce(and_, (self._members[key] for key in candidate.stems))
        return together.bit_count() / self._speech.size

    def _has_noun(self, candidate: Candidate) -> bool:
        return any(self._grammar.is_noun(key) for key in candidate.stems)

    def _complains(self, candidate: Candidate) -> bool:
        """Whether it says what goes wrong, in a word that many members use for it."""
        keys = candidate.stems & self._complaints
        return any(self._members[key].bit_count() >= COMPLAINED * self._speech.size for key in keys)

    def _count_rare(self, candidate: Candidate) -> int:
        """Words that hardly another member uses: a person's name, a detail of one case."""
        least = min(max(2.0, RARE * self._speech.size), 0.5 * self._speech.size)
        return sum(self._members[key].bit_count() < least for key in candidate.stems)

    def _count_odd_numbers(self, candidate: Candidate) -> int:
        least = COMMON_NUMBER * self._speech.size
        return sum(
            self._members[key_of(word, self._speech.language)].bit_count() < least
            for word in candidate.words
            if word.role == "number" or word.lower in NUMBER_WORDS
        )

    def _denies_alone(self, candidate: Candidate) -> bool:
        """'No seat' where hardly anybody says just that: whether the negation is one member's."""
        speech = self._speech
        pairs = [pair for pair in pairwise(candidate.words) if pair[0].lower in ("no", "without")]
        keys = [tuple(stem(word.lower, speech.language) for word in pair) for pair in pairs]
        least = min(max(2.0, LONE_DENIAL * speech.size), 0.5 * speech.size)
        return speech.language == "en" and any(speech.counts.get(key, 0) < least for key in keys)

    def _flatters(self, candidate: Candidate) -> bool:
        """Praise in the name of a group that does not praise ('App works fine', but…)."""
        praises = any(word.lower in PRAISE for word in candidate.words)
        return praises and NEGATED not in candidate.stems and self._praised < PRAISED


def _members_by_key(speech: Speech) -> dict[str, int]:
    """By stem, the members that use it as the bits of a number."""
    found: dict[str, int] = {}
    for number, text in enumerate(speech.clauses):
        bit = 1 << number
        for word in _words(text):
            if word.role not in ("idle", "inner"):
                key = key_of(word, speech.language)
                found[key] = found.get(key, 0) | bit
    return found


def _share_of_praise(speech: Speech) -> float:
    """The share of texts that praise without a negation: complaints often begin with 'Great app, but it does not…'."""
    return sum(_praises(text) for text in speech.clauses) / speech.size


def _praises(text: Sequence[Sequence[Token]]) -> bool:
    words = list(_words(text))
    return any(word.lower in PRAISE for word in words) and not any(word.role == "negation" for word in words)


def _words(text: Sequence[Sequence[Token]]) -> Iterator[Token]:
    return (word for clause in text for word in clause)


def _rescore(scored: Sequence[Scored], group: int, closeness: Vectors) -> list[Scored]:
    """The candidates with the worth of their closeness (one row each, one column per group) added, best first."""
    own = closeness[:, group]
    others = np.delete(closeness, group, axis=1)
    margin = own - others.max(axis=1) if others.size else np.zeros_like(own)
    worth = own + np.minimum(margin, ENOUGH_MARGIN)
    rescored = [replace(one, score=one.score + float(more)) for one, more in zip(scored, worth, strict=True)]
    return sorted(rescored, key=lambda one: -one.score)
