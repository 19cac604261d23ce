"""Which theme is the subject of a question: the one that shares most with what is near in meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from synth.model import Condition, Filters
from synth.parts import Parts
from synth.store import tables
from synth.store.filtering import excerpt_ids
from synth.store.rows import one_of


@dataclass(frozen=True, slots=True)
class Likeness:
    """A theme beside what is near a subject: the excerpts both hold, as a share of all that either holds."""

    theme: str
    name: str
    share: float


def find_theme(parts: Parts, session: Session, workspace: str, near: Sequence[str]) -> Likeness | None:
    """The active theme that shares most with these excerpts; None where they are on none."""
    sizes = parts.kept.read("sizes of themes", session, workspace, lambda: _sizes(session, workspace))
    assigned = _counted(workspace).where(one_of(session, tables.Assignment.excerpt_id, near))
    both = {row.theme_id: row.held for row in session.execute(assigned)}
    shares = {theme: held / (sizes[theme] + len(near) - held) for theme, held in both.items() if theme in sizes}
    if not shares:
        return None
    theme = min(shares, key=lambda each: (-shares[each], each))
    name = session.scalar(
        select(tables.Theme.name).where(tables.Theme.workspace_id == workspace, tables.Theme.id == theme)
    )
    return Likeness(theme, name or theme, shares[theme])


def members(parts: Parts, session: Session, workspace: str, theme: str) -> list[str]:
    """The excerpts on a theme."""
    mine = Filters(where=(Condition("theme", theme),))
    return parts.kept.read(f"members of {theme}", session, workspace, lambda: excerpt_ids(session, workspace, mine))


def _sizes(session: Session, workspace: str) -> Mapping[str, int]:
    active = select(tables.Theme.id).where(tables.Theme.workspace_id == workspace, tables.Theme.state == "active")
    query = _counted(workspace).where(tables.Assignment.theme_id.in_(active))
    return {row.theme_id: row.held for row in session.execute(query)}


def _counted(workspace: str) -> Select[str, int]:
    theme = tables.Assignment.theme_id
    held = func.count(tables.Assignment.excerpt_id).label("held")
    return select(theme, held).where(tables.Assignment.workspace_id == workspace).group_by(theme)
