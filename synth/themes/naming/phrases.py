"""Key phrases of groups of texts: single words and 2-3-grams, weighted by contrast with the other groups.

A term's weight in a group is p · ln(p / q): p is the share of the group's texts that use the term, q the share among
the other groups, where the one neighbour that uses the term most counts as much as all others together. It is the
term's part of the Kullback-Leibler divergence between group and surroundings, a relative of class-based TF-IDF that
counts texts, not repetitions, and asks more of a word that a neighbouring group uses too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from synth.themes.naming.lexicon import NEGATED, Language
from synth.themes.naming.words import Token, binds, ends_well, is_swearing, split_clauses, stem

LONGEST = 3  # words of a key phrase
PHRASE_BONUS = {1: 1.0, 2: 1.6, 3: 1.7}
FEWEST = 5
POOL = 60  # terms that may become key phrases
SINGLE = 0.3  # what a term weighs that only one of several texts uses
TERM_OPENERS = frozenset(("content", "negation"))
NEVER_INSIDE = frozenset(("idle", "filler", "inner"))
COMPANY = 2.0
STRANGER = -0.1

Key = tuple[str, ...]  # the stems of a term


@dataclass(frozen=True, slots=True)
class Speech:
    """A group's texts as clauses of tokens, and which of the texts use each term."""

    language: Language
    clauses: tuple[tuple[tuple[Token, ...], ...], ...]  # by text
    uses: Mapping[Key, int] = field(repr=False)  # the texts that use each term, as the bits of a number
    counts: Mapping[Key, int] = field(repr=False)  # how many these are
    surfaces: Mapping[Key, str] = field(repr=False)  # the commonest way a term is written, lower case

    @property
    def size(self) -> int:
        return len(self.clauses)

    def share(self, key: Key) -> float:
        """The share of the group's texts that use the term."""
        return self.counts.get(key, 0) / max(self.size, 1)


def read_speech(texts: Sequence[str], language: Language) -> Speech:
    """Split the texts into clauses and note who uses which term, the forms of a word together."""
    clauses = tuple(tuple(tuple(c) for c in split_clauses(text, language)) for text in texts)
    forms = _find_forms(clauses)
    uses: dict[Key, int] = defaultdict(int)
    best: dict[Key, tuple[int, str]] = {}
    for words, users in forms.items():
        key = tuple([stem(word, language) for word in words])
        uses[key] |= users
        best[key] = max(best.get(key, (0, "")), (users.bit_count(), " ".join(words)))
    denying = (any(token.role == "negation" for clause in text for token in clause) for text in clauses)
    uses[(NEGATED,)] = sum(1 << number for number, denies in enumerate(denying) if denies)
    counts = {key: users.bit_count() for key, users in uses.items()}
    return Speech(language, clauses, uses, counts, {key: surface for key, (_, surface) in best.items()})


def _find_forms(clauses: Sequence[Sequence[Sequence[Token]]]) -> dict[tuple[str, ...], int]:
    """Every term as it is written, with the texts that hold it as the bits of a number."""
    forms: dict[tuple[str, ...], int] = defaultdict(int)
    for number, text in enumerate(clauses):
        bit = 1 << number
        for clause in text:
            for term in _terms(clause):
                forms[term] |= bit
    return forms


class Contrast:
    """The weight of any term in any of the groups, against its neighbours and all the rest."""

    def __init__(
        self, groups: Sequence[Speech], neighbours: Sequence[Sequence[int]], background: Speech | None = None
    ) -> None:
        self._groups = groups
        self._neighbours = neighbours
        self._rest = [*groups, background] if background and background.size else list(groups)
        self._texts = sum(speech.size for speech in self._rest)
        self._total: Counter[Key] = Counter()
        for speech in self._rest:
            self._total.update(speech.counts)

    def weight(self, group: int, key: Key) -> float:
        """The term's p · ln(p / q) in the group; 0 if it is not used, below 0 if others use it more."""
        own = self._groups[group]
        p = own.share(key)
        if not p:
            return 0.0
        noise = 1 / (own.size + 2)
        return p * log((p + noise) / (self._share_elsewhere(group, key) + noise))

    def company(self, group: int, key: Key, chosen: Sequence[Key]) -> float:
        """Mean normalised mutual information of a group's term with the chosen ones, -1 to 1; 0 where none is."""
        if not chosen:
            return 0.0
        uses = self._groups[group].uses
        return sum(self._affinity(key, other, (uses[key] & uses[other]).bit_count()) for other in chosen) / len(chosen)

    def _affinity(self, one: Key, other: Key, together: int) -> float:
        if not together:
            return -1.0
        if together == self._texts:
            return 1.0
        lift = log(together * self._texts / (self._total[one] * self._total[other]))
        return lift / -log(together / self._texts)

    def _share_elsewhere(self, group: int, key: Key) -> float:
        own = self._groups[group]
        others = (self._total[key] - own.counts[key]) / max(self._texts - own.size, 1)
        near = max((self._groups[i].share(key) for i in self._neighbours[group]), default=others)
        return (others + near) / 2


def rank_phrases(
    contrast: Contrast, group: int, speech: Speech, *, banned: frozenset[str] = frozenset(), most: int = 10
) -> list[str]:
    """Up to `most` phrases by weight and company, as the group's members write them; no two of them share a word.

    Company is how much more often than by chance a phrase stands in one text with those already chosen (normalised
    pointwise mutual information, Bouma 2009): a list whose words belong together reads as one thing. The list ends
    early, not before `FEWEST` phrases, where only strangers are left. `banned` holds the stems that no phrase may
    contain (names that run through all groups).
    """
    pool = _pool(contrast, group, speech, banned)
    chosen: list[Key] = []
    while pool and len(chosen) < most:
        company = {key: contrast.company(group, key, chosen) for key in pool}
        key = max(pool, key=lambda k: (pool[k] * (1 + COMPANY * company[k]), k))
        if len(chosen) >= FEWEST and company[key] < STRANGER:
            break
        chosen.append(key)
        pool = {other: weight for other, weight in pool.items() if not set(other) & set(key)}
    return [speech.surfaces[key] for key in chosen]


def _pool(contrast: Contrast, group: int, speech: Speech, banned: frozenset[str]) -> dict[Key, float]:
    least = 2 if speech.size >= 8 else 1
    scored = [
        (contrast.weight(group, key) * PHRASE_BONUS[len(key)], key)
        for key, count in speech.counts.items()
        if count >= least
        and key in speech.surfaces
        and not banned.intersection(key)
        and not is_swearing(speech.surfaces[key])
    ]
    return {key: weight for weight, key in sorted(scored, reverse=True)[:POOL]}


def _terms(clause: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    for start, token in enumerate(clause):
        if token.role not in TERM_OPENERS:
            continue
        for end in range(start + 1, min(start + LONGEST, len(clause)) + 1):
            if _is_term(clause, start, end) and not binds(clause, end):
                yield tuple([word.lower for word in clause[start:end]])
            if end > start + 1 and clause[end - 1].role in NEVER_INSIDE:
                break


def _is_term(clause: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words from start to end stand for themselves; those inside are known to be fine."""
    role = clause[end - 1].role
    if end == start + 1:
        return role == "content"
    return role == "content" or (role == "particle" and ends_well(clause[start:end]))
