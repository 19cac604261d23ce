"""What new excerpts are held against: the themes in force, what was merged into them, and what moves have taught."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.themes.curating.standing import IN_FORCE, follow, merges, standing_decisions
from synth.themes.finding.placement import PlacementModel


@dataclass(frozen=True, slots=True)
class Prototypes:
    """A placement model and the theme each of its rows stands for; a theme's own row comes before others of it."""

    themes: tuple[str, ...]
    model: PlacementModel


def load_prototypes(session: Session, parts: Parts, workspace: str, *, taught: bool = True) -> Prototypes | None:
    """All that an excerpt can be placed on; None where there is nothing.

    An excluded theme takes in what is like it, unseen. A theme a person merged into another goes on catching what is
    like it, for the other. With `taught` False, themes are held at their own centres.
    """
    ends = follow(merges(standing_decisions(session, workspace)))
    themes = _themes(session, parts, workspace)
    in_force = {theme.id for theme in themes if theme.state in IN_FORCE}
    lessons = _lessons(session, parts, workspace) if taught else {}
    own = [(theme.id, lessons.get(theme.id) or theme) for theme in themes if theme.id in in_force]
    rows = own + [(ends[theme.id], theme) for theme in themes if ends.get(theme.id) in in_force]
    if not rows:
        return None
    model = PlacementModel(
        np.stack([read_vector(each.centroid) for _, each in rows]),
        np.asarray([each.threshold for _, each in rows], dtype=np.float32),
    )
    return Prototypes(tuple(theme for theme, _ in rows), model)


def read_vector(stored: bytes) -> NDArray[np.float32]:
    """A centre as it is stored."""
    return np.frombuffer(stored, dtype="<f4")


def _themes(session: Session, parts: Parts, workspace: str) -> list[tables.Theme]:
    query = select(tables.Theme).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state.in_((*IN_FORCE, "merged"))
    )
    return _usable(session.scalars(query), parts)


def _usable(themes: Iterable[tables.Theme], parts: Parts) -> list[tables.Theme]:
    """Those whose centre the present embedder made, in the order of their ids' numbers."""
    made_here = [theme for theme in themes if theme.embedder == parts.embedder.version]
    return sorted(made_here, key=lambda theme: int(theme.id[1:]))


def _lessons(session: Session, parts: Parts, workspace: str) -> dict[str, tables.Lesson]:
    query = select(tables.Lesson).where(
        tables.Lesson.workspace_id == workspace,
        tables.Lesson.state == "in force",
        tables.Lesson.embedder == parts.embedder.version,
    )
    return {lesson.theme_id: lesson for lesson in session.scalars(query)}
