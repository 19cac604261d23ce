"""All groups seen side by side: their speech, centres, neighbours, and the names that run through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.naming.lexicon import Language
from synth.themes.naming.phrases import Contrast, Speech, read_speech
from synth.themes.naming.surface import Casing, find_passing_names, learn_casing
from synth.themes.naming.words import guess_language

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one theme: their texts, unit vectors (n, d), and how surely each belongs (0 to 1)."""

    texts: Sequence[str]
    vectors: Vectors
    confidences: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The groups and what is known of them; every sequence has one entry per group, `centroids` one unit row."""

    groups: Sequence[Group]
    speeches: Sequence[Speech]
    centroids: Vectors
    central: Sequence[Sequence[int]]  # each group's members, the most central first
    contrast: Contrast
    casings: Mapping[Language, Casing]
    banned: frozenset[str]  # stems no name or key phrase may contain

    def casing(self, group: int) -> Casing:
        return self.casings[self.speeches[group].language]


def open_scene(groups: Sequence[Group], background: Sequence[str]) -> Scene:
    """Read all texts. Raises BadInput where a group is empty or its texts, vectors and confidences differ in number."""
    for number, group in enumerate(groups):
        _check(group, number)
    speeches = [read_speech(group.texts, guess_language(group.texts)) for group in groups]
    centroids = np.stack([_find_centre(group) for group in groups])
    rest = read_speech(background, guess_language(background)) if background else None
    casings = learn_casing(speeches)
    return Scene(
        groups=groups,
        speeches=speeches,
        centroids=centroids,
        central=[_order_by_centrality(*pair) for pair in zip(groups, centroids, strict=True)],
        contrast=Contrast(speeches, _find_neighbours(centroids), rest),
        casings=casings,
        banned=find_passing_names([group.texts for group in groups], speeches, casings),
    )


def _check(group: Group, number: int) -> None:
    size = len(group.texts)
    if not size:
        raise BadInput(f"Group {number} has no members: only a group with at least one text can be named.")
    if group.vectors.ndim != 2 or len(group.vectors) != size:
        shape = group.vectors.shape
        raise BadInput(f"Group {number} has {size} texts and vectors of shape {shape}: give one row per text.")
    if group.confidences is not None and len(group.confidences) != size:
        count = len(group.confidences)
        raise BadInput(f"Group {number} has {size} texts and {count} confidences: give one per text.")


def _find_centre(group: Group) -> Vectors:
    weights = np.ones(len(group.texts)) if group.confidences is None else np.asarray(group.confidences, dtype=float)
    mean = (weights if weights.any() else weights + 1) @ group.vectors
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _order_by_centrality(group: Group, centre: Vectors) -> list[int]:
    closeness = np.asarray(group.vectors @ centre, dtype=float)
    if group.confidences is not None:
        closeness *= np.asarray(group.confidences, dtype=float)
    return [int(i) for i in np.argsort(-closeness, kind="stable")]


def _find_neighbours(centroids: Vectors) -> list[list[int]]:
    closeness = centroids @ centroids.T
    np.fill_diagonal(closeness, -np.inf)
    count = min(NEIGHBOURS, len(centroids) - 1)
    return [[int(i) for i in np.argsort(-row, kind="stable")[:count]] for row in closeness]
