"""Cutting a quote: the sentence of an excerpt that carries the point, word for word."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from synth.intake.sentences import sentences

SHORT = 160  # characters that may be quoted whole
LEAST = 25  # a sentence shorter than this is quoted together with the next
MOST = 320  # no quote is longer than this

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def cut_quotes(texts: Sequence[str], query: NDArray[np.float32] | None, embed: Embed) -> list[str]:
    """One quote per text: the whole when it is short, else the passage nearest to the query (without one, the first)."""
    passages = [passages_of(text) for text in texts]
    if query is None:
        return [choices[0] for choices in passages]
    flat = [passage for choices in passages if len(choices) > 1 for passage in choices]
    closeness = embed(flat) @ query if flat else np.empty(0, dtype=np.float32)
    quotes, place = [], 0
    for choices in passages:
        width = len(choices) if len(choices) > 1 else 0
        best = int(np.argmax(closeness[place : place + width])) if width else 0
        quotes.append(choices[best])
        place += width
    return quotes


def passages_of(text: str) -> list[str]:
    """The passages a text may be quoted by: itself when it is short, else its sentences, the shortest joined."""
    if len(text) <= SHORT:
        return [text]
    passages: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if passages and passages[-1][1] - passages[-1][0] < LEAST:
            passages[-1] = (passages[-1][0], end)
        else:
            passages.append((start, end))
    return [_shortened(text[start:end]) for start, end in passages] or [_shortened(text)]


def _shortened(passage: str) -> str:
    """The passage, cut at a word when it is longer than a reader wants."""
    if len(passage) <= MOST:
        return passage.strip()
    cut = passage[:MOST]
    return cut[: cut.rfind(" ")].strip() if " " in cut else cut
