"""Suggesting codes for a segment: from the coded segments nearest to it, and from what the codes are said to mean.

A suggestion is the machine's and says so; a person accepts or rejects it. Nothing is read from or written to the store
here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from synth.embedding import Embedder, embedded_words
from synth.errors import BadInput

Key = TypeVar("Key")
Vectors = NDArray[np.float32]
NEIGHBOURS = 10  # coded segments that have a say
SHARPNESS = 12.0  # how much more a nearer one says: weights are exp(SHARPNESS * cosine)
LEAST_SCORE = 0.35  # of all that speaks for any code
LEAST_NEARNESS = 0.42  # cosine below which a segment is about none of the codes
LEAST_WORDS = 5  # of a segment that is about anything
MEANING = 0.5  # what the definition of a code says beside its neighbours


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code for a segment, from 0 to 1 how much speaks for it, and the coded segments that do (their numbers)."""

    code: str
    score: float
    because: tuple[int, ...] = ()
    nearness: float = 0.0  # cosine of the nearest segment with that code, or of what the code means
    origin: Literal["machine"] = "machine"


def is_worth_showing(suggestion: Suggestion) -> bool:
    """Whether enough speaks for it, and something is near at all."""
    return suggestion.score >= LEAST_SCORE and suggestion.nearness >= LEAST_NEARNESS


def is_about_something(segment: str) -> bool:
    """Whether a segment has words enough for a suggestion."""
    return len(segment.split()) >= LEAST_WORDS


def code_meaning(name: str, definition: str, examples: Sequence[str]) -> str:
    """What is written about a code, as one text."""
    return ". ".join(filter(None, (name, definition, *examples)))


def suggest_codes(
    embedder: Embedder,
    segments: Sequence[str],
    coded: Sequence[tuple[str, str]],
    meanings: Mapping[str, str],
    *,
    most: int = 3,
) -> list[list[Suggestion]]:
    """For each segment the codes that fit best; `coded` are (text, code), `meanings` what is written about a code."""
    texts = [*segments, *(text for text, _ in coded), *meanings.values()]
    if any(not text.strip() for text in texts):
        raise BadInput("A segment or a definition is empty; leave it out, or give it words.")
    vectors = embedder.embed([embedded_words(text) for text in texts])
    near = vectors[len(segments) : len(segments) + len(coded)]
    meant = dict(zip(meanings, vectors[len(segments) + len(coded) :], strict=True))
    codes = [code for _, code in coded]
    return [suggest(vector, codes, near, meant, most=most) for vector in vectors[: len(segments)]]


def suggest(
    segment: Vectors, coded: Sequence[str], near: Vectors, meanings: Mapping[str, Vectors], *, most: int = 3
) -> list[Suggestion]:
    """The codes that fit a segment best, the best first.

    `coded` are the codes of segments that people coded, `near` their vectors in the same order, (n, dimension);
    `meanings` are the vectors of what is written about codes: their names, definitions and examples.
    """
    if len(coded) != len(near):
        raise BadInput(f"There are {len(coded)} codes for {len(near)} coded segments; each segment needs one.")
    said, because = _neighbours(segment, coded, near)
    meant = _weights({code: float(vector @ segment) for code, vector in meanings.items()})
    share = MEANING / (1 + MEANING) if said and meant else float(not said)
    scores = {code: (1 - share) * said.get(code, 0.0) + share * meant.get(code, 0.0) for code in {*said, *meant}}
    ranked = sorted(scores, key=lambda code: (-scores[code], code))[:most]
    cosines = near @ segment if len(coded) else np.empty(0)
    nearness = {code: max((float(cosines[at]) for at in because.get(code, ())), default=-1.0) for code in ranked}
    nearness |= {code: max(nearness[code], float(meanings[code] @ segment)) for code in ranked if code in meanings}
    return [
        Suggestion(code, round(scores[code], 6), tuple(because.get(code, ())), round(nearness[code], 6))
        for code in ranked
    ]


def _neighbours(segment: Vectors, coded: Sequence[str], near: Vectors) -> tuple[dict[str, float], dict[str, list[int]]]:
    """What the nearest coded segments say for each code, adding up to 1, and which segments those are."""
    if not len(coded):
        return {}, {}
    cosines = near @ segment
    nearest = np.argsort(-cosines, kind="stable")[:NEIGHBOURS].tolist()
    weights = _weights({place: float(cosines[place]) for place in nearest})
    said: dict[str, float] = defaultdict(float)
    because: dict[str, list[int]] = defaultdict(list)
    for place in nearest:
        said[coded[place]] += weights[place]
        because[coded[place]].append(place)
    return said, because


def _weights(cosines: Mapping[Key, float]) -> dict[Key, float]:
    """Shares of 1 that grow with the cosine."""
    if not cosines:
        return {}
    best = max(cosines.values())
    raised = {key: float(np.exp(SHARPNESS * (cosine - best))) for key, cosine in cosines.items()}
    whole = sum(raised.values())
    return {key: value / whole for key, value in raised.items()}
