"""Which values of the store a question names: tolerant of case, spelling and plural, and wary of ordinary words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from synth.answers.planning.known_values import LONGEST, PRIORITY, Known, is_ordinary
from synth.answers.planning.phrasing import fold_word, is_german
from synth.answers.planning.standing import Place, is_speaker, stands
from synth.answers.planning.vocabulary import Vocabulary
from synth.model import Condition, Operator

_PART: Final = re.compile(r"[^\W_]+(?:'s\b)?", re.IGNORECASE)
_BREAK: Final = re.compile(r"[,;?!]|\.\s")
_OR: Final = re.compile(r"\s*(?:,?\s*\bor\b|\boder\b|\bvs\.?|\bversus\b)\s*(?:the\s+|die\s+|der\s+)?", re.IGNORECASE)
_AND: Final = re.compile(r"\s*\b(?:and|und|with|to|mit)\b\s*(?:the\s+|die\s+|der\s+)?", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\b(?:between|zwischen|compar\w+|vergleich\w*)\s+(?:the\s+|our\s+)?$", re.IGNORECASE)
_WIDEST_OR: Final = 16  # characters
_SHORTEST_MISSPELT: Final = 5  # letters; from 8 on two of them may be wrong
_MOST_LOOKUPS: Final = 60  # misspellings that are looked for in one question


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Values of one key that the question names: `text[start:end]`, with the word for the key where it is said.

    Several are meant together ("Zoom" for "Zoom (iOS)" and "Zoom (Android)"). `note` says what was taken for what.
    """

    start: int
    end: int
    key: str
    values: tuple[str, ...]
    operator: Operator = "="
    note: str | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """One condition for each value."""
        return tuple(Condition(self.key, value, self.operator) for value in self.values)


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    known: tuple[Known, ...]
    misspelt: bool = False


def find_values(text: str, vocabulary: Vocabulary) -> tuple[FoundValue, ...]:
    """The values named in the text, in its order, without overlaps; the longest spelling wins."""
    candidates = _find_candidates(text, vocabulary)
    german = is_german(text)
    rivals = _find_rivals(text, candidates)
    accepted: list[FoundValue] = []
    for candidate in (*candidates, *candidates):
        if not _is_taken(candidate, accepted):
            place = Place(text, candidate.start, candidate.end, german, (*accepted, *rivals), candidate.misspelt)
            accepted += _accept(place, candidate, vocabulary)
    return tuple(sorted(accepted, key=lambda found: found.start))


def _find_rivals(text: str, candidates: Sequence[_Candidate]) -> list[FoundValue]:
    """Pairs of values of one key with 'or' or 'versus' between them, which bear each other out."""
    told = [each for each in candidates if not each.misspelt]
    rivals: list[FoundValue] = []
    for first, second in ((a, b) for a in told for b in told if 0 < b.start - a.end < _WIDEST_OR):
        paired = _BETWEEN.search(text, max(0, first.start - 30), first.start) and _AND.fullmatch(
            text, first.end, second.start
        )
        if paired or _OR.fullmatch(text, first.end, second.start):
            keys = {known.key for known in first.known} & {known.key for known in second.known}
            rivals += [FoundValue(each.start, each.end, key, ()) for key in keys for each in (first, second)]
    return rivals


def _is_taken(candidate: _Candidate, accepted: Iterable[FoundValue]) -> bool:
    return any(candidate.start < found.end and found.start < candidate.end for found in accepted)


def _find_candidates(text: str, vocabulary: Vocabulary) -> list[_Candidate]:
    """Everything that is spelt like a value or nearly so, overlapping; the longest first, then from right to left."""
    parts = list(_PART.finditer(text))
    folded = [fold_word(part[0][:-2] if part[0][-2:].casefold() == "'s" else part[0]) for part in parts]
    found: list[_Candidate] = []
    for length in range(min(LONGEST, len(parts)), 0, -1):
        for first in reversed(range(len(parts) - length + 1)):
            known = vocabulary.spellings.get("".join(folded[first : first + length]))
            if known and _is_whole(text, parts[first : first + length]):
                found.append(_Candidate(parts[first].start(), parts[first + length - 1].end(), tuple(known)))
    free = [not any(each.start <= part.start() < each.end for each in found) for part in parts]
    return found + _find_misspelt(parts, folded, free, vocabulary)


def _is_whole(text: str, parts: Sequence[re.Match[str]]) -> bool:
    """Whether no sentence or list ends between the words."""
    return not any(_BREAK.search(text, a.end(), b.start()) for a, b in pairwise(parts))


def _find_misspelt(
    parts: Sequence[re.Match[str]], folded: Sequence[str], free: Sequence[bool], vocabulary: Vocabulary
) -> list[_Candidate]:
    """Words and pairs of words that are a letter or two away from a value."""
    found: list[_Candidate] = []
    ranges = [(first, first + length) for length in (2, 1) for first in range(len(parts) - length + 1)]
    usable = [each for each in ranges if all(free[slice(*each)]) and not any(map(is_ordinary, folded[slice(*each)]))]
    for first, last in usable[:_MOST_LOOKUPS]:
        word = "".join(folded[first:last])
        nearest = _find_nearest(word, vocabulary.distinctive.get(word[0], ()))
        if nearest:
            known = tuple(vocabulary.spellings[nearest])
            found.append(_Candidate(parts[first].start(), parts[last - 1].end(), known, misspelt=True))
    return found


def _find_nearest(word: str, spellings: Sequence[str]) -> str | None:
    """The spelling with the fewest wrong, missing or swapped letters (optimal string alignment), if there are few."""
    if len(word) < _SHORTEST_MISSPELT or not spellings:
        return None
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    most = 1 if len(word) < 8 else 2
    best = extractOne(word, spellings, scorer=OSA.distance, score_cutoff=most)
    return best[0] if best else None


def _accept(place: Place, candidate: _Candidate, vocabulary: Vocabulary) -> list[FoundValue]:
    """The reading of a candidate whose surroundings bear it best; none when they bear none."""
    standing = [(known, stand) for known in candidate.known if (stand := stands(place, known))]
    if not standing:
        return []
    known, stand = min(standing, key=lambda each: (not each[1].keyed, _rank(each[0].key)))
    values = tuple(dict.fromkeys(other.value for other, _ in standing if other.key == known.key))
    if not stand.keyed and is_speaker(place) and all((known.key, value) in vocabulary.rare for value in values):
        said = f"“{place.said}” was not taken for a filter: hardly anything is marked {known.key} {values[0]}."
        return [FoundValue(stand.start, stand.end, known.key, (), "=", said)]
    sources = len(vocabulary.values.get("source", ()))
    if known.key == "source" and known.tier == "plain" and 1 < sources == len(values):
        values = ()
    others = sorted({other.key for other, _ in standing} - {known.key}) if not stand.keyed else []
    operator: Operator = "!=" if stand.negated else "="
    note = _note(place.said, known, values, others, misspelt=candidate.misspelt)
    return [FoundValue(stand.start, stand.end, known.key, values, operator, note)]


def _rank(key: str) -> tuple[int, str]:
    return (PRIORITY.index(key) if key in PRIORITY else PRIORITY.index("account"), key)


def _note(said: str, known: Known, values: Sequence[str], others: Sequence[str], *, misspelt: bool) -> str | None:
    named = " or ".join(values[:3])
    if others:
        return f"“{said}” was read as {known.key} {named}; it is also a value of {', '.join(others)}."
    if misspelt or (values and known.spelling != known.value and known.key != "theme"):
        return f"“{said}” was read as {known.key} {named}."
    return None
