"""What of a theme a decision can change, written down before and after, and put back where it still stands."""

import base64
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.store import tables
from synth.themes.curating.naming import free_name

Column = Any
Snapshot = Mapping[str, Mapping[str, Column]]  # theme to its columns
_NAMES = ("name", "name_origin", "definition", "key_phrases", "exemplars", "edge", "state", "parent_id", "pinned",
          "threshold")  # fmt: skip


def snapshot(session: Session, workspace: str) -> Snapshot:
    """All themes as they are now, whatever their state."""
    columns = [getattr(tables.Theme, name) for name in (*_NAMES, "id", "centroid")]
    rows = session.execute(select(*columns).where(tables.Theme.workspace_id == workspace))
    return {
        row.id: {name: getattr(row, name) for name in _NAMES}
        | {"centroid": base64.b64encode(row.centroid).decode("ascii")}
        for row in rows
    }


def changes(before: Snapshot, after: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Only what differs, on either side; themes that are new stand on neither."""
    differing = {
        theme: [name for name in before[theme] if before[theme][name] != after[theme][name]] for theme in before
    }
    return (
        {theme: {name: before[theme][name] for name in names} for theme, names in differing.items() if names},
        {theme: {name: after[theme][name] for name in names} for theme, names in differing.items() if names},
    )


def restore(session: Session, workspace: str, before: Snapshot, after: Snapshot) -> list[str]:
    """Give back every value that is still as the decision left it; what a run renewed since stays.

    Returns the themes whose centre stayed, since a run drew it from other excerpts.
    """
    now = snapshot(session, workspace)
    for theme, values in before.items():
        same = {name: value for name, value in values.items() if now[theme][name] == after[theme][name]}
        if "name" in same:
            same["name"] = free_name(session, workspace, same["name"], but=theme)
        if "centroid" in same:
            same["centroid"] = base64.b64decode(same["centroid"])
        if same:
            set_columns(session, workspace, theme, **same)
    return [
        theme for theme in before if "centroid" in before[theme] and now[theme]["centroid"] != after[theme]["centroid"]
    ]


def set_columns(session: Session, workspace: str, theme: str, **values: Any) -> None:
    """Change a theme."""
    mine = (tables.Theme.workspace_id == workspace) & (tables.Theme.id == theme)
    session.execute(update(tables.Theme).where(mine).values(**values))
