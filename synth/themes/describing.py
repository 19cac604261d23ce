"""The words of a run's clusters: who is described anew, and in contrast to what."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synth.parts import Parts
from synth.themes.naming.drafting import draft_names
from synth.themes.naming.naming import Group, Naming, name_themes
from synth.themes.soil import Soil

CONTRAST = 5  # of the themes nearest to one that is described, how many it is set against
HEARD = 60  # members of each of these that are read, the surest
Rows = Sequence[int]


def describe(
    parts: Parts,
    soil: Soil,
    groups: Mapping[int, tuple[Rows, Sequence[float]]],  # row numbers, and how surely each belongs
    centroids: NDArray[np.float32],
    background: Rows,
    wanted: Collection[int],
) -> dict[int, Naming]:
    """A description of each wanted group. The others are read only as far as they set it off."""
    if not wanted:
        return {}
    heard = sorted({*wanted, *(_neighbours(centroids, wanted) & groups.keys())})
    read = {n: groups[n] if n in wanted else _surest(*groups[n]) for n in heard}
    shown = [Group([soil.texts[row] for row in rows], soil.vectors[list(rows)], sure) for rows, sure in read.values()]
    namings = name_themes(shown, background=[soil.texts[row] for row in background], embed=parts.embedder.embed)
    places = [place for place, number in enumerate(read) if number in wanted]
    namings = draft_names(parts.drafter, shown, namings, wanted=places)
    return {n: naming for n, naming in zip(read, namings, strict=True) if n in wanted}


def is_outdated(
    exemplars: Sequence[str],
    vectors: NDArray[np.float32],
    row_of: Mapping[str, int],
    rows: Rows,
    centroid: NDArray[np.float32],
) -> bool:
    """True when a theme's exemplars no longer stand for it: half of them left, or are further out than most members."""
    members = set(rows)
    left = [row for id in exemplars if (row := row_of.get(id)) is not None and row in members]
    if 2 * len(left) < len(exemplars) or not left:
        return True
    return bool(np.median(vectors[left] @ centroid) < np.median(vectors[list(rows)] @ centroid))


def _neighbours(centroids: NDArray[np.float32], wanted: Collection[int]) -> set[int]:
    chosen = sorted(wanted)
    near = np.argsort(-(centroids[chosen] @ centroids.T), axis=1, kind="stable")[:, : CONTRAST + 1]
    return {int(group) for group in near.ravel()}


def _surest(rows: Rows, sure: Sequence[float]) -> tuple[Rows, Sequence[float]]:
    order = sorted(range(len(rows)), key=lambda place: (-sure[place], place))[:HEARD]
    return [rows[place] for place in sorted(order)], [sure[place] for place in sorted(order)]
