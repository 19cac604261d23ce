"""What a group says in one sentence, and which members show it best: its exemplars, and its edge."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from synth.themes.naming.lexicon import SWEARING
from synth.themes.naming.scene import Scene
from synth.themes.naming.surface import quote_sentence
from synth.themes.naming.words import stem

EXEMPLARS = 5
CANDIDATES = 100  # most central members among which exemplars are sought
EDGE = 3
SAME = 0.95  # cosine from which two exemplars say the same
READABLE = (25, 320)  # characters of a good exemplar
SUBJECTS = 3  # key phrases of a definition
QUOTED = 3  # exemplars among which the definition's quote is sought
OUTSIDE = 3  # nearest non-members among which the example of what is out is sought
QUOTE = (25, 120)  # characters of a sentence that makes a good quote
NO_WORDS = "Remarks without words"


def pick_exemplars(scene: Scene, group: int) -> tuple[int, ...]:
    """Up to five central members that differ from each other; readable length and clean language come first."""
    texts, vectors = scene.groups[group].texts, scene.groups[group].vectors
    central = scene.central[group][:CANDIDATES]
    picked: list[int] = []
    # One after the other: most groups have their exemplars before all of their members are looked at.
    for i in chain((i for i in central if _is_readable(texts[i])), (i for i in central if not _is_readable(texts[i]))):
        if len(picked) == EXEMPLARS:
            break
        if not picked or float((vectors[picked] @ vectors[i]).max()) < SAME:
            picked.append(i)
    return tuple(picked)


def _is_readable(text: str) -> bool:
    return READABLE[0] <= len(text) <= READABLE[1] and not SWEARING.search(text)


def pick_edge(scene: Scene, group: int, exemplars: Sequence[int]) -> tuple[int, ...]:
    """Up to three of the least central members, the least first; none of them an exemplar."""
    return tuple([i for i in reversed(scene.central[group]) if i not in exemplars][:EDGE])


def define(scene: Scene, group: int, phrases: Sequence[str], exemplars: Sequence[int]) -> str:
    """What is in, in the members' words: key phrases and a sentence of an exemplar; and what is out, by an example."""
    quote = _quote([scene.groups[group].texts[i] for i in exemplars[:QUOTED]], phrases)
    if not quote:
        return f"{NO_WORDS}."
    subjects = _pick_subjects(scene, group, phrases)
    inside = f"Feedback about {_enumerate(subjects)}; typical: “{quote}”." if subjects else f"Typical: “{quote}”."
    outside = _quote(find_outside(scene, group), phrases)
    return f"{inside} Not: “{outside}”." if outside and outside != quote else inside


def find_outside(scene: Scene, group: int) -> list[str]:
    """The nearest non-members: texts of the neighbouring groups that lie closest to this one, the closest first."""
    centre = scene.centroids[group]
    near: list[tuple[float, str]] = []
    for other in scene.neighbours[group]:
        read = list(scene.central[other][: scene.speeches[other].size])
        closeness = scene.groups[other].vectors[read] @ centre
        best = np.argsort(-closeness, kind="stable")[:OUTSIDE]
        near += [(-float(closeness[place]), scene.groups[other].texts[read[place]]) for place in best]
    return [text for _, text in sorted(near)[:OUTSIDE]]


def _quote(texts: Sequence[str], phrases: Sequence[str]) -> str:
    """The sentence of the texts that is worth most; empty where they hold none."""
    quotes = [quote_sentence(text, lambda sentence: _worth(sentence, phrases)) for text in texts]
    return max(quotes, key=lambda sentence: _worth(sentence, phrases), default="")


def _worth(sentence: str, phrases: Sequence[str]) -> float:
    said = sum(phrase.lower() in sentence.lower() for phrase in phrases)
    return min(said, 3) + (QUOTE[0] <= len(sentence) <= QUOTE[1]) - 3 * bool(SWEARING.search(sentence))


def _pick_subjects(scene: Scene, group: int, phrases: Sequence[str]) -> list[str]:
    """Up to three key phrases that read after 'about', each with words of its own."""
    speech = scene.speeches[group]
    chosen: list[str] = []
    seen: set[str] = set()
    least = 2 if speech.size >= 4 else 1
    for phrase in _nouns(scene, group, phrases):
        key = tuple(stem(word, speech.language) for word in phrase.split())
        stems = set(key)
        if speech.counts.get(key, 0) >= least and len(chosen) < SUBJECTS and not stems & seen:
            chosen.append(phrase)
            seen |= stems
    return chosen


def _nouns(scene: Scene, group: int, phrases: Sequence[str]) -> list[str]:
    """The key phrases but for single words that are no nouns; the first of all is kept at any rate."""
    language = scene.speeches[group].language
    grammar = scene.grammars[language]
    read_well = (not rank or " " in one or grammar.is_noun(stem(one, language)) for rank, one in enumerate(phrases))
    return [phrase for phrase, well in zip(phrases, read_well, strict=True) if well]


def _enumerate(phrases: Sequence[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
