"""Users: those who sign in with a browser, by name, each in one role.

A user is whoever holds a session or a login link nobody has opened yet, has a password, or signed in through their
organisation. Everything they hold is in one role, and ends at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from synth.access import ROLES, Role, create_login, end_sessions, hold_doors, in_force
from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.permitting import forget_reader
from synth.store.auditing import note_subject
from synth.store.tables import Credential, User
from synth.wire.values import moment


def list_users(session: Session, workspace: str, now: datetime) -> list[dict[str, Any]]:
    """Every user with their role, by name."""
    held: dict[str, list[Credential]] = defaultdict(list)
    for each in session.scalars(select(Credential).where(*_theirs(workspace, now)).order_by(Credential.created_at)):
        held[each.name].append(each)
    named = {each.name: each for each in session.scalars(select(User).where(User.workspace_id == workspace))}
    return [_document(name, held[name], named.get(name)) for name in sorted({*held, *named}, key=str.casefold)]


def workspaces_with_passwords(session: Session) -> int:
    """In how many workspaces a form for names and passwords is of use to somebody."""
    return len(session.scalars(select(User.workspace_id).where(User.password_hash.is_not(None)).distinct()).all())


def invite(parts: Parts, workspace: str, name: str, role: Role) -> dict[str, Any]:
    """A login link for a new user, or another one for one that is there; raises BadInput, Conflict."""
    name = name.strip()
    _check(role)
    with parts.database.read() as session:
        there = [each for each in list_users(session, workspace, parts.now()) if each["name"] == name]
    if there and there[0]["signs_in"] == "organisation":
        raise Conflict(f"{name} signs in through the organisation; a link would go past it.")
    if there and there[0]["role"] != role:
        raise Conflict(f"{name} is here as {there[0]['role']}; change that role instead of inviting them again.")
    secret = create_login(parts, workspace, name, role)
    return {"name": name, "role": role, "link": f"/login?key={secret}"}


def change_role(parts: Parts, workspace: str, name: str, role: Role, *, by: str) -> dict[str, Any]:
    """Give all that a user holds another role, at once; raises BadInput, NotFound, Conflict for one's own role."""
    _check(role)
    _refuse_own(name, by)
    now = parts.now()
    with parts.database.write() as session:
        hold_doors(session, workspace)
        user = _find(session, workspace, name)
        if user is not None and user.issuer is not None:
            raise Conflict(f"The role of {name} comes from the organisation at every sign-in; change it there.")
        held: list[Credential | User] = list(session.scalars(select(Credential).where(*_theirs(workspace, now, name))))
        held += [user] if user is not None else []
        if not held:
            raise NotFound(f"There is no user called {name}.")
        _tell_whom(session, workspace, name)
        for each in held:
            each.role = role
        session.flush()
        return next(each for each in list_users(session, workspace, now) if each["name"] == name)


def remove(parts: Parts, workspace: str, name: str, *, by: str) -> None:
    """End every session and login link of a user, forget their password, and take their name off restricted sources.

    Raises NotFound, Conflict for oneself.
    """
    _refuse_own(name, by)
    with parts.database.write() as session:
        hold_doors(session, workspace)
        user = _find(session, workspace, name)
        _tell_whom(session, workspace, name)
        ended = end_sessions(session, parts.now(), workspace, name)
        if user is not None:
            session.execute(delete(User).where(User.workspace_id == workspace, User.folded == user.folded))
        elif not ended:
            raise NotFound(f"There is no user called {name}.")
        forget_reader(session, workspace, name)


def sign_out(parts: Parts, workspace: str, name: str, *, by: str) -> None:
    """End every session and login link of a user, who may sign in again by name; raises NotFound, Conflict."""
    _refuse_own(name, by)
    with parts.database.write() as session:
        if not end_sessions(session, parts.now(), workspace, name):
            raise NotFound(f"There is no session of a user called {name}.")
        _tell_whom(session, workspace, name)


def _tell_whom(session: Session, workspace: str, name: str) -> None:
    """The audit log holds no names: it knows a user by the last credential of theirs."""
    mine = select(Credential.id).where(
        Credential.workspace_id == workspace, Credential.name == name, Credential.kind.in_(("session", "login"))
    )
    if last := session.scalar(mine.order_by(Credential.created_at.desc()).limit(1)):
        note_subject(session, "credential", last)


def _theirs(workspace: str, now: datetime, name: str | None = None) -> list[ColumnElement[bool]]:
    mine = [Credential.workspace_id == workspace, Credential.kind.in_(("session", "login")), in_force(now)]
    return mine if name is None else [*mine, Credential.name == name]


def _find(session: Session, workspace: str, name: str) -> User | None:
    return session.scalar(select(User).where(User.workspace_id == workspace, User.name == name))


def _check(role: str) -> None:
    if role not in ROLES:
        raise BadInput(f"'{role}' is no role; use {', '.join(ROLES[:-1])} or {ROLES[-1]}.")


def _refuse_own(name: str, by: str) -> None:
    """Otherwise the last administrator could lock everybody out by a slip."""
    if name == by:
        raise Conflict("Nobody changes or ends their own access here; ask another administrator.")


def _document(name: str, held: Sequence[Credential], user: User | None) -> dict[str, Any]:
    sessions = [each for each in held if each.kind == "session"]
    used = [each.used_at for each in sessions if each.used_at]
    by_name = "link" if user is None else "organisation" if user.issuer else "password"
    return {
        "name": name,
        "role": user.role if user is not None else held[-1].role,
        "signs_in": by_name,
        "sessions": len(sessions),
        "invited": len(held) - len(sessions),
        "since": moment(min([each.created_at for each in held] + ([user.created_at] if user else []))),
        "used_at": moment(max(used)) if used else None,
    }
