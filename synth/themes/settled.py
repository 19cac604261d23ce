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
from synth.themes.curating.standing import IN_FORCE

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settled:
    """The themes in the order of their numbers, and row by row of a soil the place of a theme in it, or -1."""

    themes: tuple[tables.Theme, ...]
    settled: Labels
    placed: Labels  # of the rows that are not settled, where they were put when they arrived
    fixed: NDArray[np.bool_]  # rows a person put where they are, on no theme as well
    touched: frozenset[int]  # themes a person has shaped: by a name, a pin, an excerpt put there, a decision

    def members(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """The settled excerpts of every theme; a theme may have lost all of them."""
        found: dict[str, set[str]] = {theme.id: set() for theme in self.themes}
        for row, theme in enumerate(self.settled.tolist()):
            if theme >= 0:
                found[self.themes[theme].id].add(ids[row])
        return found


def load_settled(session: Session, workspace: str, ids: Sequence[str]) -> Settled:
    """Of the named excerpts, in their order."""
    query = select(tables.Theme).where(tables.Theme.workspace_id == workspace, tables.Theme.state.in_(IN_FORCE))
    themes = sorted(session.scalars(query), key=lambda theme: int(theme.id[1:]))
    place = {theme.id: number for number, theme in enumerate(themes)}
    row_of = {id: row for row, id in enumerate(ids)}
    settled, placed = (np.full(len(ids), -1, np.int64) for _ in range(2))
    fixed = np.zeros(len(ids), bool)
    by_hand: set[int] = set()
    for each in _assignments(session, workspace):
        row, theme = row_of.get(each.excerpt_id), place.get(each.theme_id)
        if row is None or theme is None:
            continue
        human = each.origin == "human"
        (settled if human or each.run_id is not None else placed)[row] = theme
        fixed[row] = human
        by_hand |= {theme} if human else set()
    for id in _taken_off(session, workspace) & row_of.keys():
        fixed[row_of[id]] = True
    session.expunge_all()
    decided = _decided(session, workspace)
    shaped = {
        n for n, theme in enumerate(themes) if theme.name_origin == "human" or theme.pinned or theme.id in decided
    }
    return Settled(tuple(themes), settled, placed, fixed, frozenset(shaped | by_hand))


def _assignments(session: Session, workspace: str) -> list[tables.Assignment]:
    assignment = tables.Assignment
    columns = (assignment.excerpt_id, assignment.theme_id, assignment.origin, assignment.run_id)
    return list(session.execute(select(*columns).where(assignment.workspace_id == workspace)))  # type: ignore[arg-type]


def _decided(session: Session, workspace: str) -> set[str]:
    """The themes that a decision which still stands is about."""
    query = select(tables.Decision.theme_id).where(
        tables.Decision.workspace_id == workspace, tables.Decision.undone_at.is_(None)
    )
    return set(session.scalars(query))


def _taken_off(session: Session, workspace: str) -> set[str]:
    """The excerpts that the last decision about them took off all themes."""
    change = tables.AssignmentChange
    query = select(change.excerpt_id, change.to_theme).where(change.workspace_id == workspace, change.cause.like("D%"))
    last = {row.excerpt_id: row.to_theme for row in session.execute(query.order_by(change.seq))}
    return {excerpt for excerpt, theme in last.items() if theme is None}
