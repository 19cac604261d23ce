"""Keeping to what people decided while a run groups excerpts: pure, over row numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.discovery import FEWEST_VOICES

MOST = 0.5  # share of a cluster that decided members make up, from which the rest of it goes with them
UNSURE = 0.5  # the confidence of a row that joins a theme with the cluster it was found in


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that belong together, and how surely each does."""

    rows: tuple[int, ...]
    confidence: tuple[float, ...]


def hold(
    clusters: Sequence[Part],
    kept: Mapping[str, Mapping[int, float]],
    vectors: NDArray[np.float32],
    voices: Sequence[str],
) -> list[Part]:
    """The clusters of a run with the members of each kept theme as one part of their own, largest first.

    `kept` is theme to its member rows and their confidence. A cluster that consists mostly of such members is what a
    person has spoken about already: the rest of it goes to the nearest of their themes. Otherwise the rest stays a
    cluster, if enough people are left in it. So no run takes apart what a person put together, or puts together what a
    person took apart.
    """
    theme_of = {row: theme for theme, members in kept.items() for row in members}
    centres = {theme: _centre(vectors, list(members)) for theme, members in kept.items() if members}
    whole = {theme: dict(members) for theme, members in kept.items() if members}
    free = []
    for cluster in clusters:
        decided = {theme_of[row] for row in cluster.rows if row in theme_of}
        rest = [place for place, row in enumerate(cluster.rows) if row not in theme_of]
        if len(cluster.rows) - len(rest) >= MOST * len(cluster.rows):
            for place in rest:
                row = cluster.rows[place]
                whole[_nearest(vectors[row], centres, decided)][row] = min(cluster.confidence[place], UNSURE)
        elif len(rest) == len(cluster.rows) or len({voices[cluster.rows[place]] for place in rest}) >= FEWEST_VOICES:
            free.append(_take(cluster, rest))
    held = [Part(tuple(sorted(rows)), tuple(rows[row] for row in sorted(rows))) for _, rows in sorted(whole.items())]
    return sorted([*held, *free], key=lambda part: -len(part.rows))


def _centre(vectors: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    mean = vectors[list(rows)].mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _nearest(vector: NDArray[np.float32], centres: Mapping[str, NDArray[np.float32]], among: set[str]) -> str:
    return max(sorted(among), key=lambda theme: float(centres[theme] @ vector))


def _take(cluster: Part, places: Sequence[int]) -> Part:
    return Part(
        tuple(cluster.rows[place] for place in places),
        tuple(cluster.confidence[place] for place in places),
    )
