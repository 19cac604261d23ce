"""Cutting a quote: the sentence of an excerpt that carries the point, word for word."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synth.intake.sentences import sentences

SHORT = 160  # characters that may be quoted whole
LEAST = 25  # a sentence shorter than this is quoted together with the next
MOST = 320  # no quote is longer than this
CANDIDATES = 4  # passages of one text that are compared by meaning

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def cut_quotes(
    texts: Sequence[str], points: Sequence[NDArray[np.float32] | None], embed: Embed, *, words: str = ""
) -> list[str]:
    """One quote per text: the whole when it is short, else the passage nearest to its point (without one, the first).

    A point is a unit vector; `words`, if given, are what the reader asked for: passages that share some of them are
    looked at first, so that few have to be embedded.
    """
    choices = [_worth_comparing(passages_of(text), words) for text in texts]
    choices = [passages if point is not None else passages[:1] for passages, point in zip(choices, points, strict=True)]
    flat = [passage for passages in choices if len(passages) > 1 for passage in passages]
    vectors = iter(embed(flat) if flat else [])
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


def _nearest(
    passages: Sequence[str], point: NDArray[np.float32] | None, vectors: Iterator[NDArray[np.float32]]
) -> str:
    if point is None or len(passages) == 1:
        return passages[0]
    closeness = [float(next(vectors) @ point) for _ in passages]
    return passages[int(np.argmax(closeness))]


def _worth_comparing(passages: list[str], words: str) -> list[str]:
    """At most CANDIDATES passages, those that share most words with the question first, in the order of the text."""
    if len(passages) <= CANDIDATES:
        return passages
    wanted = {word[:5] for word in words.casefold().split() if len(word) > 3}

    def shared(place: int) -> int:
        said = {word[:5] for word in passages[place].casefold().split()}
        return len(wanted & said)

    chosen = sorted(range(len(passages)), key=lambda place: (-shared(place), place))[:CANDIDATES]
    return [passages[place] for place in sorted(chosen)]


def _shortened(passage: str) -> str:
    """The passage, cut at a word when it is longer than a reader wants."""
    if len(passage) <= MOST:
        return passage.strip()
    cut = passage[:MOST]
    return cut[: cut.rfind(" ")].strip() if " " in cut else cut
