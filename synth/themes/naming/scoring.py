"""Which of a group's candidate names is best: by its words, and where texts can be embedded by its meaning too.

The weights were set by reading names and by how often a name alone, embedded, lies nearest to its own group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from synth.themes.naming.candidates import Candidate, find_candidates
from synth.themes.naming.lexicon import JOINERS, NEGATED, PRAISE, SWEARING
from synth.themes.naming.phrases import Speech
from synth.themes.naming.scene import Embed, Scene, Vectors
from synth.themes.naming.surface import write_name
from synth.themes.naming.words import Token, guess_language, key_of, stem

CENTRAL = 60  # members whose clauses compete
SHORTLIST = 30  # candidates of a group that are embedded
LENGTH_WORTH = {1: -0.20, 2: 0.0, 3: 0.04, 4: 0.05, 5: 0.02, 6: -0.03}  # by words
ENOUGH_SUPPORT = 0.15  # share of members using all of a name's words from which more support adds nothing
NOUN = 0.25  # share of uses as a noun from which a word is taken for one
RARE = 0.04  # share of members below which a word is one person's
LONE_DENIAL = 0.01  # share of members below which 'no X' is one person's
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
    best: dict[str, Scored] = {}
    for candidate in _compete(scene, group):
        wording = " ".join(word.lower for word in candidate.words)
        scored = Scored(candidate, judge.score(candidate))
        if wording not in best or scored.score > best[wording].score:
            best[wording] = scored
    return [best[wording] for wording in sorted(best, key=lambda w: (-best[w].score, w))]


def rank_by_meaning(scene: Scene, ranked: Sequence[Sequence[Scored]], embed: Embed) -> list[list[Scored]]:
    """The best of each group's ranking again, by closeness to its own centre and distance from all others as well."""
    short = [list(scored[:SHORTLIST]) for scored in ranked]
    names = [write_name(one.candidate.words, scene.casing(i)) for i, scored in enumerate(short) for one in scored]
    if not names:
        return short
    vectors = np.asarray(embed(names), dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    closeness = iter(vectors @ scene.centroids.T)
    return [_rescore(scored, group, closeness) for group, scored in enumerate(short)]


def _compete(scene: Scene, group: int) -> Iterator[Candidate]:
    speech, texts = scene.speeches[group], scene.groups[group].texts
    for rank, member in enumerate(scene.central[group][:CENTRAL]):
        if guess_language([texts[member]], speech.language) != speech.language:
            continue
        for candidate in find_candidates(speech.clauses[member], rank, speech.language):
            if not scene.banned & candidate.stems and not any(SWEARING.search(word.lower) for word in candidate.words):
                yield candidate


class _Judge:
    """Scores the candidates of one group."""

    def __init__(self, scene: Scene, group: int) -> None:
        self._speech = scene.speeches[group]
        self._members = _members_by_key(self._speech)
        self._weights = {key: scene.contrast.weight(group, (key,)) for key in self._members}
        self._full = sum(sorted(self._weights.values(), reverse=True)[:3]) or 1.0
        self._praised = _share_of_praise(self._speech)
        self._competing = min(CENTRAL, self._speech.size)

    def score(self, candidate: Candidate) -> float:
        return (
            0.5 * self._contrast(candidate)
            + 0.15 * min(1.0, self._support(candidate) / ENOUGH_SUPPORT)
            + 0.15 * candidate.whole
            + 0.1 * (1 - candidate.rank / self._competing)
            + 0.05 * self._has_noun(candidate)
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
        return len(set.intersection(*(self._members[key] for key in candidate.stems))) / self._speech.size

    def _has_noun(self, candidate: Candidate) -> bool:
        return any(self._speech.nouns.get(key, 0.0) >= NOUN for key in candidate.stems)

    def _count_rare(self, candidate: Candidate) -> int:
        """Words that hardly another member uses: a person's name, a detail of one case."""
        least = min(max(2.0, RARE * self._speech.size), 0.5 * self._speech.size)
        return sum(len(self._members[key]) < least for key in candidate.stems)

    def _count_odd_numbers(self, candidate: Candidate) -> int:
        least = 0.05 * self._speech.size
        return sum(len(self._members[word.lower]) < least for word in candidate.words if word.role == "number")

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


def _members_by_key(speech: Speech) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for number, text in enumerate(speech.clauses):
        for word in _words(text):
            if word.role not in ("idle", "inner"):
                found.setdefault(key_of(word, speech.language), set()).add(number)
    return found


def _share_of_praise(speech: Speech) -> float:
    """The share of texts that praise without a negation: complaints often begin with 'Great app, but it does not…'."""
    return sum(_praises(text) for text in speech.clauses) / speech.size


def _praises(text: Sequence[Sequence[Token]]) -> bool:
    words = list(_words(text))
    return any(word.lower in PRAISE for word in words) and not any(word.role == "negation" for word in words)


def _words(text: Sequence[Sequence[Token]]) -> Iterator[Token]:
    return (word for clause in text for word in clause)


def _rescore(scored: Sequence[Scored], group: int, closeness: Iterator[Vectors]) -> list[Scored]:
    rescored = []
    for one in scored:
        row = next(closeness)
        others = np.delete(row, group)
        margin = float(row[group] - others.max()) if len(others) else 0.0
        rescored.append(replace(one, score=one.score + float(row[group]) + min(margin, ENOUGH_MARGIN)))
    return sorted(rescored, key=lambda one: -one.score)
