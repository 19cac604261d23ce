"""Releases as they are written down: added, listed, taken out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.store.rows import next_numbers
from synth.store.tables import Release, Theme
from synth.wire.values import moment

LONGEST = 100  # characters of a name
MOST_THEMES = 20


def add_release(
    parts: Parts, workspace: str, name: str, day: str, themes: Sequence[str] = (), *, by: str
) -> dict[str, Any]:
    """Write a release down; raises BadInput, NotFound for a theme that is not there, Conflict for a name that is."""
    name, on = name.strip(), _day(day)
    if not 0 < len(name) <= LONGEST:
        raise BadInput(f"A release has a name of 1 to {LONGEST} characters, such as 5.2.")
    wanted = list(dict.fromkeys(themes))
    if len(wanted) > MOST_THEMES:
        raise BadInput(f"A release is linked to at most {MOST_THEMES} themes.")
    with parts.database.write() as session:
        _check_themes(session, workspace, wanted)
        if session.scalar(select(Release.id).where(Release.workspace_id == workspace, Release.name == name)):
            raise Conflict(f"There is a release called {name} already.")
        row = {
            "workspace_id": workspace,
            "id": f"V{next_numbers(session, workspace, 'release', 1)[0]}",
            "name": name,
            "day": on.isoformat(),
            "themes": wanted,
            "created_by": by,
            "created_at": parts.now(),
        }
        session.execute(insert(Release), [row])
        return release_document(session.get_one(Release, (workspace, row["id"])))


def list_releases(session: Session, workspace: str) -> list[Release]:
    """All of them, the newest first."""
    query = select(Release).where(Release.workspace_id == workspace)
    return list(session.scalars(query.order_by(Release.day.desc(), Release.created_at.desc(), Release.id)))


def remove_release(session: Session, workspace: str, id: str) -> None:
    """Take one out; raises NotFound."""
    mine = Release.workspace_id == workspace, Release.id == id
    if session.execute(delete(Release).where(*mine).returning(Release.id)).first() is None:
        raise NotFound(f"There is no release {id}.")


def release_document(release: Release) -> dict[str, Any]:
    """As it is shown."""
    return {
        "id": release.id,
        "name": release.name,
        "day": release.day,
        "themes": list(release.themes),
        "created_by": release.created_by,
        "created_at": moment(release.created_at),
    }


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise BadInput(f"'{written}' is not a day; write it as 2026-11-22.") from None


def _check_themes(session: Session, workspace: str, themes: Sequence[str]) -> None:
    query = select(Theme.id).where(Theme.workspace_id == workspace, Theme.state == "active", Theme.id.in_(themes))
    if missing := sorted(set(themes) - set(session.scalars(query))):
        raise NotFound(f"There is no theme {missing[0]}.")
