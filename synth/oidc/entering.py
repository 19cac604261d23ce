"""Who somebody is here, and what they may do, by the claims of their organisation; without a role nobody comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.access import ORGANISATION_LASTS, ROLES, Role, begin_session, end_sessions, hold_doors, in_force
from synth.errors import NotAllowed
from synth.parts import Parts
from synth.passwords import fold
from synth.store.auditing import ORGANISATION, Act, Deed, add_event
from synth.store.restricting import read_restrictions
from synth.store.tables import Credential, User

_LONGEST: Final = 100  # characters of a name


@dataclass(frozen=True, slots=True)
class Reading:
    """How claims are read: which one names somebody, which one tells their role, and by which of its values."""

    name_claim: str
    role_claim: str
    roles: Mapping[str, Role]


def enter(parts: Parts, workspace: str, issuer: str, claims: Mapping[str, Any], reading: Reading) -> str:
    """The secret of a session for whoever these checked claims are about; raises NotAllowed.

    They are known by what the provider never gives to another (`sub`). Their name stays what it was the first time, and
    is not taken over from anybody who signs in otherwise.
    """
    subject = cast("str", claims["sub"])
    theirs = select(User).where(User.workspace_id == workspace, User.issuer == issuer, User.subject == subject)
    try:
        role = read_role(claims, reading)
    except NotAllowed:  # and out of where they still are
        with parts.database.write() as session:
            if (user := session.scalar(theirs)) is not None:
                _put_out(session, parts, user)
        raise
    with parts.database.write() as session:
        hold_doors(session, workspace)
        user, also = session.scalar(theirs), []
        if user is None:
            user = _register(session, parts, workspace, read_name(claims, reading))
            user.issuer, user.subject, user.role = issuer, subject, role
            session.flush()
        elif user.role != role:
            user.role, also = role, ["take_role"]
            mine = (Credential.workspace_id == user.workspace_id, Credential.name == user.name)
            held = select(Credential).where(*mine, Credential.kind == "session", in_force(parts.now()))
            for each in session.scalars(held):
                each.role = role
        place = user.workspace_id, user.name, role
        return begin_session(session, parts, *place, "organisation", lasts=ORGANISATION_LASTS, also=also)


def _put_out(session: Session, parts: Parts, user: User) -> None:
    """End their sessions, and write down that the organisation did, on the last of these."""
    hold_doors(session, user.workspace_id)
    mine = (Credential.workspace_id == user.workspace_id, Credential.name == user.name, Credential.kind == "session")
    held = select(Credential.id).where(*mine, in_force(parts.now())).order_by(Credential.created_at.desc())
    last = session.scalar(held.limit(1))
    if end_sessions(session, parts.now(), user.workspace_id, user.name):
        act = Act(user.workspace_id, None, ORGANISATION, None, None, parts.now, lambda: None)
        add_event(session, act, Deed("lose_role", "credential", last), user.workspace_id)


def read_role(claims: Mapping[str, Any], reading: Reading) -> Role:
    """The highest role that a value of the claim stands for; raises NotAllowed where none does."""
    found: Any = claims
    for part in [reading.role_claim] if reading.role_claim in claims else reading.role_claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    held = [reading.roles[each] for each in values if isinstance(each, str) and each in reading.roles]
    if not held:
        raise NotAllowed("Your organisation has given you no role here; ask whoever looks after its sign-in.")
    return max(held, key=ROLES.index)


def read_name(claims: Mapping[str, Any], reading: Reading) -> str:
    """Under which name somebody is known here; raises NotAllowed where there is none, or it is not verified."""
    written = claims.get(reading.name_claim)
    name = written.strip() if isinstance(written, str) else ""
    if not 0 < len(name) <= _LONGEST or not name.isprintable():
        raise NotAllowed(
            "Your organisation does not say under which name you are known; SYNTH_OIDC_NAME_CLAIM names it."
        )
    if reading.name_claim == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise NotAllowed("Your organisation has not verified your e-mail address; sign in again once it has.")
    return name


def _register(session: Session, parts: Parts, workspace: str, name: str) -> User:
    used = select(Credential.name).where(
        Credential.workspace_id == workspace, Credential.kind.in_(("session", "login")), in_force(parts.now())
    )
    if fold(name) in {
        fold(each) for held in read_restrictions(session) if held.workspace == workspace for each in held.readers
    }:
        raise NotAllowed(f"{name} is the name of somebody who reads restricted sources; ask an administrator.")
    if session.get(User, (workspace, fold(name))) or fold(name) in {
        fold(each) for each in session.scalars(used.distinct())
    }:
        raise NotAllowed(f"Somebody signs in as {name} in another way; an administrator has to remove that user first.")
    user = User(folded=fold(name), workspace_id=workspace, name=name, role="viewer", created_at=parts.now())
    session.add(user)
    return user
