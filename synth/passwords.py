"""Passwords: what one has to be, setting it, and signing in with it (argon2id).

A name that is unknown and a password that is wrong are answered alike, and after the same work.
"""

import threading
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.access import Access, begin_session, end_sessions, hold_doors
from synth.errors import BadInput, Conflict, NotAllowed
from synth.parts import Parts
from synth.store.tables import Credential, User
from synth.store.walls import everywhere, within

SHORTEST, LONGEST = 12, 200  # characters
WRONG = "The name or the password is wrong."
FRESH = timedelta(hours=1)  # for which a session opened by a link takes the place of a forgotten password
PASSES, MEMORY, LANES = 2, 19 << 10, 1  # memory in KiB
_FEW = 5  # different characters
_OBVIOUS: Final = frozenset(
    (
        *("password", "passwort", "passw0rd", "motdepasse", "contraseña", "letmein", "welcome", "qwerty", "qwertz"),
        *("azerty", "administrator", "admin", "iloveyou", "changeme", "secret", "asdfghjkl", "qwertyuiop", "synth"),
        *("feedback", "dragon", "monkey", "football", "sunshine", "princess", "trustno", "default", "master"),
    )
)
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p")
_AT_ONCE = threading.BoundedSemaphore(2)  # they take a core each while they work


def sign_in(parts: Parts, name: str, password: str, workspace: str = "") -> str:
    """The secret of a new session of whoever has this name and password; raises NotAllowed.

    The workspace has to be named where the name has a password in several: one password is held against one hash.
    """
    with everywhere(), parts.database.read() as session:
        user = _find(session, name, workspace.strip())
    held = user.password_hash if user else None
    if not _is_right(held or _nobody(), password) or user is None or held is None:
        raise NotAllowed(WRONG)
    with within(user.workspace_id), parts.database.write() as session:
        hold_doors(session, user.workspace_id)
        now_held = session.get(User, (user.workspace_id, user.folded))
        if now_held is None or now_held.password_hash != held:
            raise NotAllowed(WRONG)  # it was changed, or the user removed, this moment
        if _hasher().check_needs_rehash(held):
            now_held.password_hash = _hash(password)
        return begin_session(session, parts, now_held.workspace_id, now_held.name, now_held.role, "password")


def set_password(parts: Parts, held: Access, current: str, new: str) -> None:
    """Give whoever is signed in another password, and end their other sessions and login links.

    The current one is asked for, unless a login link has just opened this session: so a forgotten one is replaced.
    Raises BadInput, NotAllowed, Conflict.
    """
    if held.kind != "session":
        raise Conflict("A token has no password; sign in with a browser to set yours.")
    check_password(new, held.name)
    with parts.database.read() as session:
        user = session.get(User, (held.workspace, fold(held.name)))
        here = session.get_one(Credential, held.credential)
    if user is not None and user.name != held.name:
        raise Conflict("Somebody signs in under this name already; ask an administrator for a link with another one.")
    if here.opened_by == "organisation" or (user is not None and user.issuer is not None):
        raise Conflict("You sign in through your organisation; your password is looked after there.")
    before = user.password_hash if user else None
    if before is not None and not is_fresh(here, parts.now()) and not _is_right(before, current):
        raise NotAllowed("The current password is wrong.")
    made = _hash(new)
    with parts.database.write() as session:
        hold_doors(session, held.workspace)
        _keep(session, parts, held, made)
        end_sessions(session, parts.now(), held.workspace, held.name, but=held.credential)


def is_fresh(opened: Credential, now: datetime) -> bool:
    """True of a session that a login link opened within the last hour."""
    return opened.opened_by == "link" and now - opened.created_at <= FRESH


def check_password(password: str, name: str) -> None:
    """Raise BadInput with what to do where a password is too easily guessed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(f"A password has {SHORTEST} to {LONGEST} characters; a few words in a row are easily kept.")
    plain = password.casefold()
    bare = plain.strip("0123456789!?.,-_#*$@ ")
    rest = plain.replace(fold(name), "").strip("0123456789!?.,-_#*$@ ")
    is_run = any(plain[:SHORTEST] in run or plain in run for run in _RUNS)
    if len(set(plain)) < _FEW or bare in _OBVIOUS or not bare or not rest or is_run:
        raise BadInput(
            "This password is among the first that anybody tries; take a few words that do not belong together."
        )


def fold(name: str) -> str:
    """A name as it is compared: case and width make no difference."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _find(session: Session, name: str, workspace: str) -> User | None:
    """The one user with a password and this name, in the workspace where one is named; None where there are more."""
    mine = [User.folded == fold(name), User.password_hash.is_not(None)]
    if workspace:
        mine.append(User.workspace_id == workspace)
    found = session.scalars(select(User).where(*mine).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _keep(session: Session, parts: Parts, held: Access, password_hash: str) -> None:
    mine = User.workspace_id == held.workspace, User.folded == fold(held.name)
    changed = update(User).where(*mine).values(password_hash=password_hash)
    if not session.execute(changed.returning(User.folded)).all():
        session.add(
            User(
                folded=fold(held.name),
                workspace_id=held.workspace,
                name=held.name,
                role=held.role,
                password_hash=password_hash,
                created_at=parts.now(),
            )
        )


def _is_right(held: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _hasher().verify(held, _normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False


def _hash(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(_normal(password))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)


@cache
def _nobody() -> str:
    """What a password is held against where there is no such user."""
    return _hash("nobody has this password")
