"""Reading themes from the store."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.themes.curating.standing import IN_FORCE


def active_themes(session: Session, workspace: str) -> list[tables.Theme]:
    """The themes people see, in the order of their ids' numbers."""
    query = select(tables.Theme).where(tables.Theme.workspace_id == workspace, tables.Theme.state == "active")
    return sorted(session.scalars(query), key=lambda theme: int(theme.id[1:]))


def themes_in_force(session: Session, workspace: str) -> list[tables.Theme]:
    """The themes that hold excerpts: the active ones, and those a person excluded, whose excerpts stay hidden."""
    query = select(tables.Theme).where(tables.Theme.workspace_id == workspace, tables.Theme.state.in_(IN_FORCE))
    return sorted(session.scalars(query), key=lambda theme: int(theme.id[1:]))


def theme_names(session: Session, workspace: str, ids: Collection[str] | None = None) -> dict[str, str]:
    """Id to name of the named themes, or of every theme there ever was."""
    query = select(tables.Theme.id, tables.Theme.name).where(tables.Theme.workspace_id == workspace)
    if ids is not None:
        query = query.where(tables.Theme.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


def active_names(session: Session, workspace: str) -> dict[str, str]:
    """Id to name of the themes people see."""
    theme = tables.Theme
    query = select(theme.id, theme.name).where(theme.workspace_id == workspace, theme.state == "active")
    return {row.id: row.name for row in session.execute(query)}


def load_centroids(session: Session, workspace: str, ids: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """The centre of each named theme: a unit vector."""
    query = select(tables.Theme.id, tables.Theme.centroid).where(
        tables.Theme.workspace_id == workspace, tables.Theme.id.in_(ids)
    )
    return {row.id: np.frombuffer(row.centroid, dtype="<f4") for row in session.execute(query)}
