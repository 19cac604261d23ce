"""Moving assignments on behalf of a decision: what is displaced is kept, what changes is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.assignments import add_assignments
from synth.store.rows import chunks, insert_all, insert_new

SURE = 1.0  # the confidence of what a person pointed at
_KEPT = ("excerpt_id", "workspace_id", "theme_id", "confidence", "origin", "run_id", "created_at")


@dataclass(frozen=True, slots=True)
class Cause:
    """The decision that moves things, and when it was made."""

    workspace: str
    decision: str
    now: datetime


def point(session: Session, cause: Cause, excerpts: Sequence[str], to: str | None) -> None:
    """Put the named excerpts on a theme, or on none, as a person's own placement.

    One that is there already is written down too: it is confirmed, and no run takes it away again.
    """
    for part in chunks(excerpts):
        before = _displace(session, cause, part)
        session.execute(delete(tables.Assignment).where(tables.Assignment.excerpt_id.in_(part)))
        if to is not None:
            add_assignments(session, [_pointed(cause, excerpt, to) for excerpt in part])
        _record(session, cause, {excerpt: before.get(excerpt) for excerpt in part}, to)


def carry(session: Session, cause: Cause, excerpts: Sequence[str], to: str) -> None:
    """Let the named excerpts go on under another theme; who assigned them, and how surely, stays as it is."""
    for part in chunks(excerpts):
        before = _displace(session, cause, part)
        here = tables.Assignment.excerpt_id.in_(part)
        session.execute(update(tables.Assignment).where(here).values(theme_id=to))
        _record(session, cause, before, to)


def carry_all(session: Session, cause: Cause, theme: str, to: str) -> None:
    """Let all excerpts of a theme go on under another, however many they are."""
    held = tables.Assignment
    mine = (held.workspace_id == cause.workspace) & (held.theme_id == theme)
    columns = [getattr(held, name) for name in _KEPT]
    kept = select(literal(cause.decision), *columns).where(mine)
    session.execute(insert(tables.Displaced).from_select(["decision_id", *_KEPT], kept))
    changed = select(
        held.workspace_id,
        held.excerpt_id,
        held.theme_id,
        literal(to),
        literal(cause.decision),
        literal(cause.now, tables.Utc()),
    ).where(mine)
    names = ["workspace_id", "excerpt_id", "from_theme", "to_theme", "cause", "created_at"]
    session.execute(insert(tables.AssignmentChange).from_select(names, changed.order_by(held.excerpt_id)))
    session.execute(update(held).where(mine).values(theme_id=to))


def place_anew(session: Session, cause: Cause, theme_of: Mapping[str, str], confidence: Mapping[str, float]) -> None:
    """Put each excerpt on its theme as placement does: by likeness, not by a person's hand."""
    for part in chunks(sorted(theme_of)):
        before = _displace(session, cause, part)
        session.execute(delete(tables.Assignment).where(tables.Assignment.excerpt_id.in_(part)))
        rows = [
            _pointed(cause, excerpt, theme_of[excerpt]) | {"origin": "placed", "confidence": confidence[excerpt]}
            for excerpt in part
        ]
        add_assignments(session, rows)
        for theme in sorted({theme_of[excerpt] for excerpt in part}):
            mine = {excerpt: before.get(excerpt) for excerpt in part if theme_of[excerpt] == theme}
            _record(session, cause, mine, theme)


def give_back(session: Session, cause: Cause, decision: str) -> None:
    """Put back what a decision displaced, where it still stands as the decision left it.

    What a later run moved elsewhere stays there, and so does what came from a theme that is no longer in force.
    """
    living = select(tables.Theme.id).where(
        tables.Theme.workspace_id == cause.workspace, tables.Theme.state.in_(("active", "excluded"))
    )
    in_force = set(session.scalars(living))
    for part in chunks(_changed(session, cause.workspace, decision)):
        ids = [excerpt for excerpt, _ in part]
        now_on = _theme_of(session, ids)
        kept = _displaced(session, cause.workspace, decision, ids)
        untouched = [
            excerpt
            for excerpt, left_on in part
            if now_on.get(excerpt) == left_on and (excerpt not in kept or kept[excerpt]["theme_id"] in in_force)
        ]
        session.execute(delete(tables.Assignment).where(tables.Assignment.excerpt_id.in_(untouched)))
        rows = [kept[excerpt] for excerpt in untouched if excerpt in kept]
        add_assignments(session, rows)
        for theme in sorted({kept[each]["theme_id"] if each in kept else "" for each in untouched}):
            mine = [each for each in untouched if (kept[each]["theme_id"] if each in kept else "") == theme]
            _record(session, cause, {each: now_on.get(each) for each in mine}, theme or None)


def clear(session: Session, cause: Cause, theme: str, home: str | None) -> None:
    """Empty a theme whose making was undone: what came to it later goes to its home, or to no theme."""
    query = select(tables.Assignment.excerpt_id).where(
        tables.Assignment.workspace_id == cause.workspace, tables.Assignment.theme_id == theme
    )
    left = list(session.scalars(query.order_by(tables.Assignment.excerpt_id)))
    for part in chunks(left):
        here = tables.Assignment.excerpt_id.in_(part)
        if home is None:
            session.execute(delete(tables.Assignment).where(here))
        else:
            session.execute(update(tables.Assignment).where(here).values(theme_id=home))
        _record(session, cause, dict.fromkeys(part, theme), home)


def count_moved(session: Session, workspace: str, decision: str) -> int:
    """How many excerpts a decision moved from one place to another."""
    change = tables.AssignmentChange
    elsewhere = or_(
        func.coalesce(change.from_theme, "") != func.coalesce(change.to_theme, ""),
    )
    query = select(func.count(change.seq)).where(change.workspace_id == workspace, change.cause == decision, elsewhere)
    return session.scalar(query) or 0


def _displace(session: Session, cause: Cause, excerpts: Sequence[str]) -> dict[str, str | None]:
    """Keep the assignments as they are; returns the theme each is on."""
    query = select(tables.Assignment).where(tables.Assignment.excerpt_id.in_(excerpts))
    rows = [{name: getattr(row, name) for name in _KEPT} for row in session.scalars(query)]
    insert_new(session, tables.Displaced, [row | {"decision_id": cause.decision} for row in rows])
    session.expire_all()
    return {row["excerpt_id"]: row["theme_id"] for row in rows}


def _pointed(cause: Cause, excerpt: str, theme: str) -> dict[str, Any]:
    return {
        "excerpt_id": excerpt,
        "workspace_id": cause.workspace,
        "theme_id": theme,
        "confidence": SURE,
        "origin": "human",
        "run_id": None,
        "created_at": cause.now,
    }


def _record(session: Session, cause: Cause, before: Mapping[str, str | None], to: str | None) -> None:
    common = {"workspace_id": cause.workspace, "to_theme": to, "cause": cause.decision, "created_at": cause.now}
    rows = [{"excerpt_id": excerpt, "from_theme": theme, **common} for excerpt, theme in sorted(before.items())]
    insert_all(session, tables.AssignmentChange, rows)


def _changed(session: Session, workspace: str, decision: str) -> list[tuple[str, str | None]]:
    """(excerpt, the theme it was left on) of all that a decision moved."""
    change = tables.AssignmentChange
    query = select(change.excerpt_id, change.to_theme).where(change.workspace_id == workspace, change.cause == decision)
    return [(row.excerpt_id, row.to_theme) for row in session.execute(query.order_by(change.seq))]


def _theme_of(session: Session, excerpts: Sequence[str]) -> dict[str, str]:
    query = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id)
    rows = session.execute(query.where(tables.Assignment.excerpt_id.in_(excerpts)))
    return {row.excerpt_id: row.theme_id for row in rows}


def _displaced(session: Session, workspace: str, decision: str, excerpts: Sequence[str]) -> dict[str, dict[str, Any]]:
    query = select(*(getattr(tables.Displaced, name) for name in _KEPT)).where(
        tables.Displaced.workspace_id == workspace,
        tables.Displaced.decision_id == decision,
        tables.Displaced.excerpt_id.in_(excerpts),
    )
    return {row.excerpt_id: dict(row._mapping) for row in session.execute(query)}
