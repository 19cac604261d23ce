"""All groups seen side by side: their speech, centres, neighbours, and the names that run through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synth.errors import BadInput
from synth.themes.finding.vectors import Vectors
from synth.themes.naming.grammar import Grammar, learn_grammar
from synth.themes.naming.lexicon import Language
from synth.themes.naming.phrases import Contrast, Speech, read_speech
from synth.themes.naming.surface import Casing, find_asides, find_passing_names, learn_casing
from synth.themes.naming.words import guess_language

Embed = Callable[[Sequence[str]], Vectors]

NEIGHBOURS = 5
READ = 100  # members of a group that are read, the most central ones
READ_AROUND = 2_000  # texts of no theme that are read


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
    central: Sequence[Sequence[int]]  # each group's members, the most central first
    speeches: Sequence[Speech]  # of the members that are read, in the same order
    centroids: Vectors
    neighbours: Sequence[Sequence[int]]  # each group's nearest others, the nearest first
    contrast: Contrast
    casings: Mapping[Language, Casing]
    grammars: Mapping[Language, Grammar]
    banned: Sequence[frozenset[str]]  # for each group, stems no name or key phrase of it may contain

    def casing(self, group: int) -> Casing:
        return self.casings[self.speeches[group].language]


def open_scene(groups: Sequence[Group], background: Sequence[str]) -> Scene:
    """Read the groups' most central texts, so that the cost does not grow with the size of a group.

    Raises BadInput where a group is empty or its texts, vectors and confidences differ in number.
    """
    for number, group in enumerate(groups):
        _check(group, number)
    centroids = np.stack([_find_centre(group) for group in groups])
    central = [_order_by_centrality(*pair) for pair in zip(groups, centroids, strict=True)]
    read = [[group.texts[i] for i in order[:READ]] for group, order in zip(groups, central, strict=True)]
    speeches = [_read(texts) for texts in read]
    around = background[:: len(background) // READ_AROUND + 1]
    neighbours = _find_neighbours(centroids)
    casings = learn_casing(speeches)
    return Scene(
        groups=groups,
        central=central,
        speeches=speeches,
        centroids=centroids,
        neighbours=neighbours,
        contrast=Contrast(speeches, neighbours, _read(around) if around else None),
        casings=casings,
        grammars=learn_grammar(speeches),
        banned=_ban_names(read, speeches, casings),
    )


def _read(texts: Sequence[str]) -> Speech:
    return read_speech(texts, guess_language(texts))


def _ban_names(
    texts: Sequence[Sequence[str]], speeches: Sequence[Speech], casings: Mapping[Language, Casing]
) -> list[frozenset[str]]:
    passing = find_passing_names(texts, speeches, casings)
    return [passing | find_asides(speech, casings[speech.language]) for speech in speeches]


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
