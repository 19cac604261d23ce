"""The report of a team: what it is filtered by, which themes are its own, and how that is said."""

from collections.abc import Collection, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.model import Condition
from synth.reports.spans import SUBJECTS, is_subject
from synth.store import tables

_SIGNS = {"=": "", "!=": "not ", "<=": "at most ", ">=": "at least "}


def own_themes(session: Session, workspace: str, where: Sequence[Condition]) -> frozenset[str] | None:
    """The themes that the filters name, or the areas they name hold; None where they name neither."""
    named: set[str] | None = None
    for key in SUBJECTS:
        values = [each.value for each in where if each.key == key and is_subject(each)]
        if values:
            found = set(values) if key == "theme" else _inside(session, workspace, values)
            named = found if named is None else named & found
    return None if named is None else frozenset(named)


def say_where(session: Session, workspace: str, where: Sequence[Condition]) -> str:
    """'segment Enterprise or Small, theme “Slow board”'; nothing where nothing is filtered."""
    said = []
    for (key, sign), group in groupby(sorted(where, key=_key_and_sign), _key_and_sign):
        values = [_name(session, workspace, each) for each in group]
        said.append(f"{key} {_SIGNS[sign]}{(' or ' if sign == '=' else ' and ').join(values)}")
    return ", ".join(said)


def say_notice(said: str, where: Collection[Condition]) -> str:
    """What a reader must know of the numbers of a team."""
    whose = " within the other filters" if any(not is_subject(each) for each in where) else ""
    subjects = any(is_subject(each) for each in where)
    return f"Only feedback of {said}." + (f" Shares are of all feedback{whose}." if subjects else "")


def _inside(session: Session, workspace: str, areas: Collection[str]) -> set[str]:
    theme = tables.Theme
    query = select(theme.id).where(theme.workspace_id == workspace, theme.state == "active", theme.area.in_(areas))
    return set(session.scalars(query))


def _key_and_sign(condition: Condition) -> tuple[str, str]:
    return condition.key, condition.operator


def _name(session: Session, workspace: str, condition: Condition) -> str:
    key = (workspace, condition.value)
    if condition.key == "theme":
        theme = session.get(tables.Theme, key)
        return f"“{theme.name}”" if theme else condition.value
    area = session.get(tables.Area, key) if condition.key == "area" else None
    return f"“{area.name}”" if area else condition.value
