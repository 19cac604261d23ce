"""Sub-themes a theme could be split into: found among its own excerpts, named against each other."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synth.embedding import Embedder
from synth.themes.curating.members import Members
from synth.themes.finding.discovery import FEWEST_VOICES, discover
from synth.themes.naming.naming import Group, Naming, name_themes

MOST = 6  # suggestions that are shown
LEAST = 12  # excerpts below which a theme is not looked into
SEED = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A part of a theme: its name, its excerpts, and a key that stands for exactly these excerpts.

    A dense part is a sub-theme, found by the rules of themes: three people, not to be confused with the others. Others
    are the halves of a theme of one piece, which only a person can tell to be two.
    """

    key: str
    naming: Naming
    excerpts: tuple[str, ...]
    people: int
    dense: bool


def suggest(members: Members, embedder: Embedder) -> list[Suggestion]:
    """The parts of a theme, largest first; none where it is of one piece."""
    if len(members.ids) < LEAST:
        return []
    labels, dense = _find_parts(members)
    parts = [part for part in _gather(members, labels) if len(set(part.voices)) >= FEWEST_VOICES]
    if len(parts) < 2:
        return []
    namings = name_parts(parts, embedder)
    found = [
        Suggestion(_key(part.ids), naming, part.ids, len(set(part.voices)), dense)
        for part, naming in zip(parts, namings, strict=True)
    ]
    return sorted(found, key=lambda part: (-len(part.excerpts), part.key))[:MOST]


def name_parts(parts: Sequence[Members], embedder: Embedder) -> list[Naming]:
    """Names of groups of excerpts, each in contrast to the others."""
    return name_themes([Group(part.texts, part.vectors) for part in parts], embed=embedder.embed)


def _find_parts(members: Members) -> tuple[np.ndarray, bool]:
    """Dense groups where there are several, and True; else the two halves that lie farthest apart."""
    found = discover(members.vectors, texts=members.texts, voices=members.voices, seed=SEED).labels
    if int(found.max(initial=-1)) >= 1:
        return found, True
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(2, n_init=10, random_state=SEED).fit_predict(members.vectors)), False


def _gather(members: Members, labels: np.ndarray) -> list[Members]:
    groups = [np.flatnonzero(labels == label) for label in range(int(labels.max(initial=-1)) + 1)]
    return [members.take({members.ids[row] for row in rows}) for rows in groups]


def _key(excerpts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(excerpts).encode(), digest_size=6).hexdigest()
