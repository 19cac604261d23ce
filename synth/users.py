"""Users: those who sign in with a browser, by name, each in one role.

There are no passwords and no table of users: a user is whoever holds a session, or a login link nobody has opened yet.
Everything they hold is in one role, and ends at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from synth.access import ROLES, Role, create_login, in_force
from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.store.tables import Credential
from synth.wire.values import moment


def list_users(session: Session, workspace: str, now: datetime) -> list[dict[str, Any]]:
    """Every user with their role, by name."""
    held: dict[str, list[Credential]] = defaultdict(list)
    for each in session.scalars(select(Credential).where(*_theirs(workspace, now)).order_by(Credential.created_at)):
        held[each.name].append(each)
    return [_document(name, held[name]) for name in sorted(held, key=str.casefold)]


def invite(parts: Parts, workspace: str, name: str, role: Role) -> dict[str, Any]:
    """A login link for a new user, or another one for one that is there; raises BadInput, Conflict."""
    name = name.strip()
    _check(role)
    with parts.database.read() as session:
        there = [each["role"] for each in list_users(session, workspace, parts.now()) if each["name"] == name]
    if there and there[0] != role:
        raise Conflict(f"{name} is here as {there[0]}; change that role instead of inviting them again.")
    secret = create_login(parts, workspace, name, role)
    return {"name": name, "role": role, "link": f"/login?key={secret}"}


def change_role(parts: Parts, workspace: str, name: str, role: Role, *, by: str) -> dict[str, Any]:
    """Give all that a user holds another role, at once; raises BadInput, NotFound, Conflict for one's own role."""
    _check(role)
    _refuse_own(name, by)
    now = parts.now()
    with parts.database.write() as session:
        held = list(session.scalars(select(Credential).where(*_theirs(workspace, now, name))))
        if not held:
            raise NotFound(f"There is no user called {name}.")
        for each in held:
            each.role = role
        session.flush()
        return next(each for each in list_users(session, workspace, now) if each["name"] == name)


def remove(parts: Parts, workspace: str, name: str, *, by: str) -> None:
    """End every session and login link of a user; raises NotFound, Conflict for oneself."""
    _refuse_own(name, by)
    now = parts.now()
    with parts.database.write() as session:
        held = list(session.scalars(select(Credential).where(*_theirs(workspace, now, name))))
        if not held:
            raise NotFound(f"There is no user called {name}.")
        for each in held:
            each.revoked_at = now


def _theirs(workspace: str, now: datetime, name: str | None = None) -> list[ColumnElement[bool]]:
    mine = [Credential.workspace_id == workspace, Credential.kind.in_(("session", "login")), in_force(now)]
    return mine if name is None else [*mine, Credential.name == name]


def _check(role: str) -> None:
    if role not in ROLES:
        raise BadInput(f"'{role}' is no role; use {', '.join(ROLES[:-1])} or {ROLES[-1]}.")


def _refuse_own(name: str, by: str) -> None:
    """Otherwise the last administrator could lock everybody out by a slip."""
    if name == by:
        raise Conflict("Nobody changes or ends their own access here; ask another administrator.")


def _document(name: str, held: Sequence[Credential]) -> dict[str, Any]:
    sessions = [each for each in held if each.kind == "session"]
    used = [each.used_at for each in sessions if each.used_at]
    return {
        "name": name,
        "role": held[-1].role,
        "sessions": len(sessions),
        "invited": len(held) - len(sessions),
        "since": moment(held[0].created_at),
        "used_at": moment(max(used)) if used else None,
    }
