"""Who may read a source: said by administrators, or by whoever first sends something to it.

Everybody may, until it is restricted to names: those of users, and of tokens, which read as users do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.access import end_credential, hold_doors, in_force
from synth.errors import BadInput, Conflict, NotAllowed, NotFound
from synth.parts import Parts
from synth.store import tables
from synth.store.keyed import erase_replies
from synth.store.restricting import read_left_out
from synth.store.rows import insert_new

MOST_READERS: Final = 200
Source, Credential, User = tables.Source, tables.Credential, tables.User


def set_readers(parts: Parts, workspace: str, source: str, readers: Sequence[str] | None) -> None:
    """Restrict a source to those who are named, beside administrators; with None everybody may read it.

    Answers that are kept for who asks again are forgotten: they may hold what is restricted now. Raises NotFound,
    BadInput for a name that nobody has.
    """
    with parts.database.write() as session:
        found = _find(session, workspace, source)
        if found is None:
            raise NotFound(f"There is no source called {source}.")
        found.readers = None if readers is None else checked_readers(session, workspace, readers, parts.now())
        erase_replies(session, workspace)


def begin_restricted(
    session: Session, workspace: str, source: str, kind: str, readers: Sequence[str], now: datetime
) -> None:
    """Make a source that is restricted before anything is in it; raises BadInput, Conflict where it is there already.

    One that is restricted to the same names may be there.
    """
    named, found = checked_readers(session, workspace, readers, now), _find(session, workspace, source)
    if found is not None and found.readers != named:
        said = "an administrator says who may read it. Leave the names out, or send this to a new source."
        raise Conflict(f"There is a source called {source} already: {said}")
    row = {"workspace_id": workspace, "name": source, "kind": kind, "readers": named, "created_at": now}
    insert_new(session, Source, [row])


def checked_readers(session: Session, workspace: str, readers: Sequence[str], now: datetime) -> list[str]:
    """The names, each once; raises BadInput for one that no user and no token in force has, and for too many."""
    named = sorted({name.strip() for name in readers if name.strip()})
    if len(named) > MOST_READERS:
        raise BadInput(f"At most {MOST_READERS} can be named for a source; give them one token or role together.")
    unknown = sorted(set(named) - _names(session, workspace, now))
    if unknown:
        raise BadInput(f"Nobody is called {unknown[0]} here: write the names of users and tokens as they are listed.")
    return named


def expect_reader(session: Session, parts: Parts, workspace: str, source: str) -> bool:
    """Whether a source is restricted; raises NotAllowed where it is to others than whoever sends with these parts."""
    found = _find(session, workspace, source)
    if found is None or found.readers is None:
        return False
    if found.id in read_left_out(parts.left_out()):
        raise NotAllowed(f"Only those who may read {source} can add to it; an administrator says who they are.")
    return True


def restricted_names(session: Session, workspace: str) -> frozenset[str]:
    """The names of the restricted sources."""
    query = select(Source.name).where(Source.workspace_id == workspace, Source.readers.is_not(None))
    return frozenset(session.scalars(query))


def forget_reader(session: Session, workspace: str, name: str) -> None:
    """Take somebody's name off all sources: whoever has it later is somebody else."""
    query = select(Source).where(Source.workspace_id == workspace, Source.readers.is_not(None))
    for source in session.scalars(query):
        source.readers = [each for each in source.readers or () if each != name]


def end_token(parts: Parts, workspace: str, credential: str) -> None:
    """End a credential now; where nobody else has its name, that is taken off all sources. Raises NotFound."""
    with parts.database.write() as session:
        hold_doors(session, workspace)
        name = end_credential(session, parts.now(), workspace, credential)
        if name not in _names(session, workspace, parts.now()):
            forget_reader(session, workspace, name)


def _find(session: Session, workspace: str, source: str) -> tables.Source | None:
    return session.scalar(select(Source).where(Source.workspace_id == workspace, Source.name == source))


def _names(session: Session, workspace: str, now: datetime) -> set[str]:
    """Of users, and of all that can come in."""
    users = select(User.name).where(User.workspace_id == workspace)
    held = select(Credential.name).where(
        Credential.workspace_id == workspace, Credential.kind.in_(("token", "login", "session")), in_force(now)
    )
    return {*session.scalars(users), *session.scalars(held)}
