"""Workspaces: made, listed and renamed by whoever runs the machine; nobody who signs in can.

The id of one is readable: it names a workspace on the command line and at the sign-in, and opens nothing. No request
is answered for a workspace it names, only for that of its credential.
"""

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synth.access import add_first_login
from synth.errors import BadInput, Conflict, NotFound
from synth.settings import FIRST_WORKSPACE
from synth.store.auditing import Act, Deed, add_event
from synth.store.database import Database
from synth.store.rows import insert_new
from synth.store.tables import Credential, Document, User, Workspace
from synth.store.walls import everywhere, within
from synth.wire.values import moment

LONGEST: Final = 100  # characters of a name
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def ensure_first(database: Database, timezone: str, now: datetime) -> None:
    """Make the first workspace where it is missing; its zone is the one that is set."""
    row = {"id": FIRST_WORKSPACE, "name": "Main", "timezone": timezone, "created_at": now}
    with within(FIRST_WORKSPACE), database.write() as session:
        insert_new(session, Workspace, [row])
        first = session.get_one(Workspace, FIRST_WORKSPACE)
        if first.timezone != timezone:
            first.timezone = timezone


def list_ids(database: Database) -> list[str]:
    """The ids, in the order the workspaces were made."""
    with everywhere(), database.read() as session:
        return list(session.scalars(select(Workspace.id).order_by(Workspace.created_at, Workspace.id)))


def list_workspaces(database: Database) -> list[dict[str, Any]]:
    """Every workspace with how much it holds and how many may come in, in the order they were made."""
    with everywhere(), database.read() as session:
        found = session.scalars(select(Workspace).order_by(Workspace.created_at, Workspace.id)).all()
        documents = _count(session, Document)
        tokens = _count(session, Credential, Credential.kind == "token", Credential.revoked_at.is_(None))
        users = _count(session, User)
    return [
        _document(each)
        | {
            "documents": documents.get(each.id, 0),
            "tokens": tokens.get(each.id, 0),
            "users": users.get(each.id, 0),
        }
        for each in found
    ]


def add_workspace(database: Database, name: str, *, id: str | None, timezone: str, now: datetime) -> dict[str, Any]:
    """Make one, with the login link of its administrator; its id is made of its name where none is given.

    Raises BadInput, Conflict.
    """
    name = _checked(name)
    id = id or _id_of(name)
    if not _ID.fullmatch(id):
        raise BadInput(f"'{id}' is no id of a workspace; take 1 to 40 small letters, digits and hyphens with --id.")
    _check_zone(timezone)
    with within(id), database.write() as session:
        if session.get(Workspace, id) is not None:
            raise Conflict(f"There is a workspace {id} already; give this one another id with --id.")
        session.execute(insert(Workspace), [{"id": id, "name": name, "timezone": timezone, "created_at": now}])
        secret = add_first_login(session, id, now)
        _write_down(session, id, "make_workspace", now)
        return _document(session.get_one(Workspace, id)) | {"link": f"/login?key={secret}"}


def rename_workspace(database: Database, id: str, name: str, *, now: datetime) -> dict[str, Any]:
    """Give one another name; its id stays. Raises NotFound, BadInput."""
    name = _checked(name)
    with within(id), database.write() as session:
        found = session.get(Workspace, id)
        if found is None:
            raise NotFound(_unknown(database, id))
        found.name = name
        _write_down(session, id, "rename_workspace", now)
        return _document(found)


def check_workspace(database: Database, id: str) -> None:
    """Raise NotFound, with those there are, where there is no such workspace."""
    with within(id), database.read() as session:
        known = session.get(Workspace, id) is not None
    if not known:
        raise NotFound(_unknown(database, id))


def _write_down(session: Session, workspace: str, action: str, now: datetime) -> None:
    """Commands on the machine go into the audit log of the workspace they are about."""
    add_event(session, Act(workspace, None, "local", "admin", None, lambda: now, lambda: None), Deed(action), workspace)


def _unknown(database: Database, id: str) -> str:
    return f"There is no workspace '{id}'; there is {', '.join(list_ids(database))}. `synth workspaces add` makes one."


def _count(session: Session, table: Any, *which: Any) -> dict[str, int]:
    counted = select(table.workspace_id, func.count()).where(*which).group_by(table.workspace_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def _checked(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise BadInput(f"Give the workspace a name of 1 to {LONGEST} characters.")
    return name


def _id_of(name: str) -> str:
    id = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:40].strip("-")
    if not id:
        raise BadInput(f"No id can be made of '{name}'; give one with --id, such as --id team-two.")
    return id


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise BadInput(f"'{name}' names no time zone; use a name such as Europe/Berlin.") from None


def _document(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "timezone": workspace.timezone,
        "created_at": moment(workspace.created_at),
    }
