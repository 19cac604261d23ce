"""Cutting a quote: the sentence of an excerpt that carries the point, word for word."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.intake.sentences import sentences

SHORT = 160  # characters that may be quoted whole
LEAST = 25  # a sentence shorter than this is quoted together with the next
MOST = 320  # no quote is longer than this
CANDIDATES = 4  # passages of one text that are compared by meaning
STEM = 5  # letters that two forms of a word have in common

_WORD = re.compile(r"\w+")
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Point:
    """What a quote should make clear: a direction in meaning (a unit vector), and words that say it."""

    vector: NDArray[np.float32]
    words: str = ""


def cut_quotes(texts: Sequence[str], points: Sequence[Point | None], embed: Embed) -> list[str]:
    """One quote per text: the whole when it is short, else the passage that makes its point; without one, the first.

    The passage that shares most words with the point is taken; only where several share as many are they compared by
    meaning, since embedding is what an answer would wait for.
    """
    choices = [_choices(text, point) for text, point in zip(texts, points, strict=True)]
    flat = [passage for passages in choices if len(passages) > 1 for passage in passages]
    vectors: Iterator[NDArray[np.float32]] = iter(embed(flat) if flat else ())
    return [_nearest(passages, point, vectors) for passages, point in zip(choices, points, strict=True)]


def passages_of(text: str) -> list[str]:
    """The passages a text may be quoted by: itself when it is short, else its sentences, the shortest joined."""
    if len(text) <= SHORT:
        return [text]
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if spans and spans[-1][1] - spans[-1][0] < LEAST:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [_shortened(text[start:end]) for start, end in spans] or [_shortened(text)]


def _choices(text: str, point: Point | None) -> list[str]:
    """The passages among which only meaning can decide: those that share most words with the point."""
    passages = passages_of(text)
    if point is None:
        return passages[:1]
    wanted = _stems(point.words)
    shared = [len(wanted & _stems(passage)) for passage in passages]
    best = max(shared)
    return [passage for passage, count in zip(passages, shared, strict=True) if count == best][:CANDIDATES]


def _nearest(passages: Sequence[str], point: Point | None, vectors: Iterator[NDArray[np.float32]]) -> str:
    if point is None or len(passages) == 1:
        return passages[0]
    closeness = [float(next(vectors) @ point.vector) for _ in passages]
    return passages[int(np.argmax(closeness))]


def _stems(words: str) -> set[str]:
    """The longer words, cut so that their forms are alike."""
    return {word[:STEM] for word in _WORD.findall(words.casefold()) if len(word) > 3}


def _shortened(passage: str) -> str:
    """The passage, cut at a word when it is longer than a reader wants."""
    if len(passage) <= MOST:
        return passage.strip()
    cut = passage[:MOST]
    return cut[: cut.rfind(" ")].strip() if " " in cut else cut
