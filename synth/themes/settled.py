"""What a run finds in force: the themes, and which excerpts are settled on them.

An excerpt is settled once a run has looked at it, or a person. One that was only placed when it arrived is not: the
next run may put it elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.themes.curating.standing import Standing
from synth.themes.reading import themes_in_force

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settled:
    """The themes in the order of their numbers, and row by row of a soil the place of a theme in it, or -1."""

    themes: tuple[tables.Theme, ...]
    settled: Labels
    placed: Labels  # of the rows that are not settled, where they were put when they arrived
    fixed: NDArray[np.bool_]  # rows a person put where they are
    touched: frozenset[int]  # themes a person has shaped

    def members(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """The settled excerpts of every theme; a theme may have lost all of them."""
        found: dict[str, set[str]] = {theme.id: set() for theme in self.themes}
        for row, theme in enumerate(self.settled.tolist()):
            if theme >= 0:
                found[self.themes[theme].id].add(ids[row])
        return found


def load_settled(session: Session, workspace: str, ids: Sequence[str], standing: Standing) -> Settled:
    """Of the named excerpts, in their order; none of them is one that a person took off all themes."""
    themes = themes_in_force(session, workspace)
    place = {theme.id: number for number, theme in enumerate(themes)}
    row_of = {id: row for row, id in enumerate(ids)}
    settled, placed = (np.full(len(ids), -1, np.int64) for _ in range(2))
    fixed = np.zeros(len(ids), bool)
    for each in _assignments(session, workspace):
        row, theme = row_of.get(each.excerpt_id), place.get(each.theme_id)
        if row is None or theme is None:
            continue
        human = each.origin == "human"
        (settled if human or each.run_id is not None else placed)[row] = theme
        fixed[row] = human
    session.expunge_all()
    touched = frozenset(number for theme, number in place.items() if theme in standing.shaped)
    return Settled(tuple(themes), settled, placed, fixed, touched)


def _assignments(session: Session, workspace: str) -> list[tables.Assignment]:
    assignment = tables.Assignment
    columns = (assignment.excerpt_id, assignment.theme_id, assignment.origin, assignment.run_id)
    return list(session.execute(select(*columns).where(assignment.workspace_id == workspace)))  # type: ignore[arg-type]
