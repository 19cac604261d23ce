"""A document laid out for reading: turns of speakers, excerpts in them, and the quoted passage marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that lies in one excerpt (or in none), marked or not. `anchor` is set where an excerpt begins."""

    text: str
    excerpt: Mapping[str, Any] | None
    marked: bool
    anchor: str | None = None
    first_mark: bool = False
    at: int = 0  # where it begins in the document's text, in characters
    highlights: tuple[Mapping[str, Any], ...] = ()  # those it lies in


@dataclass(frozen=True, slots=True)
class Part:
    """What is read as one block: a turn of a transcript, or a text without turns."""

    turn: Mapping[str, Any] | None
    runs: list[Run] = field(default_factory=list)


def lay_out(
    document: Mapping[str, Any], passage: Span | None, highlights: Sequence[Mapping[str, Any]] = ()
) -> list[Part]:
    """The document's text in blocks; only blanks and names of speakers are left out, and every excerpt begins once."""
    text, turns = document["text"], document["turns"]
    blocks = list(_blocks(len(text), turns))
    edges = [edge for start, end, _ in blocks for edge in (start, end)]
    runs = list(_runs(text, document["excerpts"], passage, edges, highlights))
    parts = []
    for start, end, turn in blocks:
        mine = _trimmed([run for at, run in runs if start <= at < end])
        if mine or turn:
            parts.append(Part(turn, mine))
    named = [_without_label(part, after) for part, after in zip_longest(parts, parts[1:])]
    return [part for part in named if part.turn or part.runs]


def read_passage(written: str | None) -> Span | None:
    """'120-188' as offsets; None for an empty or reversed span."""
    if written is None:
        return None
    start, end = (int(number) for number in written.split("-"))
    return (start, end) if start < end else None


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without the blank lines around a block; its place on the page shows them."""
    while runs and not runs[-1].text.strip():
        runs = runs[:-1]
    while runs and not runs[0].text.strip() and runs[0].anchor is None:
        runs = runs[1:]
    if runs:
        bare = runs[0].text.lstrip()
        runs = [replace(runs[0], text=bare, at=runs[0].at + len(runs[0].text) - len(bare)), *runs[1:]]
        runs = [*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip())]
    return runs


def _without_label(part: Part, after: Part | None) -> Part:
    """The block without a last line that names the speaker of the turn after it, who is named there anyway."""
    if part.turn or not part.runs or after is None or after.turn is None or not after.turn["speaker"]:
        return part
    last = part.runs[-1]
    before, _, line = last.text.rpartition("\n")
    if last.excerpt or line.rstrip(" :").casefold() != after.turn["speaker"].casefold():
        return part
    return Part(None, _trimmed([*part.runs[:-1], replace(last, text=before)]))


def _blocks(length: int, turns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, Mapping[str, Any] | None]]:
    """The turns, and what stands between them."""
    at = 0
    for turn in turns:
        if turn["start"] > at:
            yield at, turn["start"], None
        yield max(at, turn["start"]), turn["end"], turn
        at = max(at, turn["end"])
    if at < length:
        yield at, length, None


def _runs(
    text: str,
    excerpts: Sequence[Mapping[str, Any]],
    passage: Span | None,
    edges: Sequence[int],
    highlights: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[int, Run]]:
    """The text cut wherever a block, an excerpt, a highlight or the passage begins or ends."""
    cuts = {0, len(text), *edges, *(excerpt[side] for excerpt in excerpts for side in ("start", "end"))}
    cuts |= {min(mark[side], len(text)) for mark in highlights for side in ("start", "end")}
    cuts |= {min(offset, len(text)) for offset in passage or ()}
    starts = {excerpt["start"]: excerpt for excerpt in excerpts}
    marked_before = False
    for start, end in pairwise(sorted(cuts)):
        excerpt = next((each for each in excerpts if each["start"] <= start < each["end"]), None)
        marked = passage is not None and passage[0] <= start < passage[1]
        anchor = starts[start]["excerpt_id"] if start in starts else None
        coded = tuple(mark for mark in highlights if mark["start"] <= start < mark["end"])
        first = marked and not marked_before
        yield start, Run(text[start:end], excerpt, marked, anchor, first_mark=first, at=start, highlights=coded)
        marked_before = marked_before or marked
