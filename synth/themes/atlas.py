"""The map of themes: each active theme has a place, given once. What is close in meaning lies close together.

Places are given after every run and every decision that makes themes, in the job that draws the areas. A theme that
has none yet is shown where it will be put, so a map is whole at any time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import insert_new
from synth.themes.finding.layout import lay_out
from synth.themes.reading import active_themes

NEIGHBOURS = 3  # themes that the text of the map names as near


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a theme lies, from -1 to 1, and the themes nearest to it in meaning, nearest first."""

    theme: str
    x: float
    y: float
    near: tuple[str, ...]


def read_map(session: Session, workspace: str, embedder: str) -> tuple[Placed, ...]:
    """Every active theme on the map, in the order of their numbers."""
    themes = active_themes(session, workspace)
    held = _held(session, workspace)
    places = _whole(themes, held, embedder)
    near = _near([theme for theme in themes if theme.embedder == embedder])
    return tuple(
        Placed(theme.id, *places[theme.id], near=near.get(theme.id, ())) for theme in themes if theme.id in places
    )


def give_places(session: Session, workspace: str, embedder: str, now: datetime) -> None:
    """Write down a place for every active theme that has none."""
    held = _held(session, workspace)
    places = _whole(active_themes(session, workspace), held, embedder)
    rows = [
        {"workspace_id": workspace, "theme_id": id, "x": x, "y": y, "created_at": now}
        for id, (x, y) in places.items()
        if id not in held
    ]
    if rows:
        insert_new(session, tables.Place, rows)


def _held(session: Session, workspace: str) -> dict[str, tuple[float, float]]:
    place = tables.Place
    query = select(place.theme_id, place.x, place.y).where(place.workspace_id == workspace)
    return {row.theme_id: (row.x, row.y) for row in session.execute(query)}


def _whole(
    themes: Sequence[tables.Theme], held: Mapping[str, tuple[float, float]], embedder: str
) -> dict[str, tuple[float, float]]:
    """The places there are, and those of the themes without one, as far as this embedder knows their meaning."""
    mine = {theme.id: held[theme.id] for theme in themes if theme.id in held}
    vectors = {theme.id: np.frombuffer(theme.centroid, "<f4") for theme in themes if theme.embedder == embedder}
    if vectors.keys() <= mine.keys():
        return mine
    found = lay_out(vectors, {id: place for id, place in mine.items() if id in vectors})
    return {id: (float(place[0]), float(place[1])) for id, place in found.items()} | mine


def _near(themes: Sequence[tables.Theme]) -> dict[str, tuple[str, ...]]:
    if len(themes) < 2:
        return {}
    vectors = np.stack([np.frombuffer(theme.centroid, "<f4") for theme in themes])
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1)
    order = np.argsort(-alike, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(themes) - 1)]
    return {theme.id: tuple(themes[place].id for place in row) for theme, row in zip(themes, order, strict=True)}
