"""Larger sets of the kind of a given one: its rows, and new ones in the neighbourhoods of these.

A new row is a real one moved as far as its neighbours differ: by their differences from their mean, each taken a random
number of times, so that it is drawn from a normal distribution with the covariance of that neighbourhood. Dense places
stay dense, and nothing comes to lie where nobody speaks. Its text is the beginning of the real text and the end of a
neighbour's. Nothing else is known of it: it has no label. The suites `latency` and `pages` measure over the same store.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from eval.folders import Collection, Row, Upload, as_jsonl, find, hash_files, read_rows
from eval.running import Task
from synth.embedding import Embedder, embedded_words
from synth.errors import BadInput
from synth.themes.finding.graph import find_neighbours

NEIGHBOURS = 10  # of a row, whose differences are the ones that new rows show
BLOCK = 8192  # new rows that are made at once
ROWS = 100_000  # where --limit does not say
FILE = 20_000  # rows of one uploaded file
_KEPT = ("created_at", "source", "lang")
SEGMENTS, PLANS = ("Enterprise", "Mid-market", "Small business"), ("Free", "Team", "Business")
CHANNELS = ("email", "chat", "phone", "survey", "forum")
_ACCOUNTS, _PEOPLE = 400, 0.6  # people, as a share of the rows
ENDING = (0.2, 0.8)  # of the words of a new text, the share that the neighbour's is


@dataclass(frozen=True, slots=True)
class Enlarged:
    """Texts and their unit vectors (n, d), and the given row that each was made from; the real rows come first."""

    texts: list[str]
    vectors: NDArray[np.float32]
    origin: NDArray[np.intp]


@contextmanager
def home_of(task: Task) -> Iterator[Path]:
    """The home that was asked for, or one that goes again."""
    if task.home is not None:
        yield task.home
        return
    with tempfile.TemporaryDirectory(prefix="synth-eval-") as folder:
        yield Path(folder) / "home"


def read_enlarged(task: Task) -> tuple[Collection, Embedder]:
    """The rows of the task's folder, enlarged to its limit (100,000), as files; and who knows their vectors.

    Each row has an id, an account, a segment, a plan, a rating and a channel by lot, so that every kind of filter has
    something to do. They go through the product's own door; their vectors are known beforehand, so that embedding a
    hundred thousand texts is not waited for. Raises BadInput for a folder with fewer than two texts.
    """
    path = find(task.folder, "items.jsonl")
    rows = [row for row in read_rows(path) if row["text"].strip()]
    if len(rows) < 2:
        raise BadInput(f"{task.folder.name} holds fewer than two texts; a larger set cannot be made from it.")
    texts = [row["text"] for row in rows]
    vectors = task.embedder.embed([embedded_words(text) for text in texts])
    found = enlarge(texts, vectors, task.limit or ROWS, task.seed)
    drawn = Random(task.seed)  # noqa: S311
    made = [
        {"id": f"row-{number}", "text": text, **_attributes(rows[origin], drawn, len(found.texts))}
        for number, (text, origin) in enumerate(zip(found.texts, found.origin.tolist(), strict=True))
    ]
    uploads = tuple(
        Upload(f"rows-{start // FILE + 1}.jsonl", as_jsonl(made[start : start + FILE]))
        for start in range(0, len(made), FILE)
    )
    known = {embedded_words(text): vector for text, vector in zip(found.texts, found.vectors, strict=True)}
    truth: Mapping[str, Mapping[str, object]] = {str(row["id"]): {} for row in made}
    return Collection(task.folder.name, hash_files([path]), uploads, truth, ()), KnownEmbedder(task.embedder, known)


def _attributes(origin: Row, drawn: Random, rows: int) -> Row:
    account = drawn.randrange(_ACCOUNTS)
    return {
        **{field: origin[field] for field in _KEPT if origin.get(field)},
        "author": f"person {drawn.randrange(max(1, round(_PEOPLE * rows)))}",
        "account": f"Company {account}",
        "segment": SEGMENTS[account % len(SEGMENTS)],
        "plan": PLANS[account // len(SEGMENTS) % len(PLANS)],
        "rating": drawn.randint(1, 5),
        "channel": drawn.choice(CHANNELS),
    }


class KnownEmbedder:
    """Another embedder that is told the vectors of some texts beforehand."""

    def __init__(self, inner: Embedder, known: Mapping[str, NDArray[np.float32]]) -> None:
        self._inner, self._known = inner, known
        self.version, self.dimension, self.max_tokens = inner.version, inner.dimension, inner.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(fresh) == len(texts):
            return self._inner.embed(texts)
        made = dict(zip(fresh, self._inner.embed(fresh), strict=True)) if fresh else {}
        return np.stack([made[text] if text in made else self._known[text] for text in texts])


def enlarge(texts: Sequence[str], vectors: NDArray[np.float32], count: int, seed: int) -> Enlarged:
    """`count` rows: a seeded sample of the given ones, or all of them and as many new ones as are missing."""
    random = np.random.default_rng(seed)
    if count <= len(texts):
        chosen = np.sort(random.choice(len(texts), count, replace=False))
        return Enlarged([texts[row] for row in chosen], vectors[chosen], chosen)
    near = find_neighbours(vectors, min(NEIGHBOURS, len(texts) - 1), seed).rows
    origin = random.integers(len(texts), size=count - len(texts))
    grown = np.empty((count, vectors.shape[1]), np.float32)
    grown[: len(texts)] = vectors
    for at in range(0, len(origin), BLOCK):
        rows = origin[at : at + BLOCK]
        grown[len(texts) + at : len(texts) + at + len(rows)] = _move(vectors, rows, near[rows], random)
    other = near[origin, random.integers(near.shape[1], size=len(origin))]
    share = random.uniform(*ENDING, size=len(origin))
    joined = [_join(texts[a], texts[b], float(part)) for a, b, part in zip(origin, other, share, strict=True)]
    return Enlarged([*texts, *joined], grown, np.concatenate([np.arange(len(texts)), origin]))


def _move(
    vectors: NDArray[np.float32], rows: NDArray[np.int64], near: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float32]:
    around = vectors[near]
    differences = around - around.mean(axis=1, keepdims=True)
    times = random.standard_normal((len(rows), near.shape[1]), np.float32) / np.sqrt(near.shape[1], dtype=np.float32)
    moved = vectors[rows] + np.einsum("ij,ijk->ik", times, differences)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)


def _join(one: str, other: str, share: float) -> str:
    """The beginning of one text and the end of the other, which is `share` of its words."""
    first, second = one.split(), other.split()
    return " ".join(
        [*first[: len(first) - round(share * len(first))], *second[len(second) - round(share * len(second)) :]]
    )
