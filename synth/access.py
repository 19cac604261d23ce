"""Who may come in: the credentials of a workspace, what their role allows, and how long they hold.

A secret is random, shown once, and stored as its SHA-256 only. There are four kinds: a `token` for programs, a `login`
link that works once, the `session` of a browser that signed in, and the `local` one this machine's own commands use.
A token may be narrowed by a scope below what its role allows, so that one that leaks opens little.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotAllowed, NotFound
from synth.parts import Parts
from synth.store.auditing import Act, Deed, add_event
from synth.store.identity import new_id
from synth.store.restricting import Reader
from synth.store.tables import Credential, User, Workspace
from synth.store.walls import everywhere, within
from synth.wire.values import moment

Role = Literal["viewer", "editor", "researcher", "admin"]
Scope = Literal["all", "read", "ingest"]
CredentialKind = Literal["token", "login", "session", "local"]
Way = Literal["link", "password", "organisation"]  # to open a session
ROLES: tuple[Role, ...] = get_args(Role)  # each may do all that those before it may
SCOPES: Final[Mapping[Scope, str]] = {
    "all": "do all that its role may",
    "read": "read what its role may read, and change nothing",
    "ingest": "send feedback, and see what became of what it sent",
}
SENDS: Final[Role] = "editor"  # the least role that sends feedback
LOGIN_LASTS = timedelta(hours=1)
FIRST_LOGIN_LASTS = timedelta(hours=24)
LENT = timedelta(days=1)  # to one command: no command takes so long
SESSION_LASTS = timedelta(days=14)
ORGANISATION_LASTS = timedelta(hours=12)  # so that whoever leaves it is out within the day
ADMINISTRATOR = "administrator"  # who opens the first login link of an installation
COMMANDS = "commands on this machine"
USE_STEP = timedelta(hours=1)  # uses within it are written down as one
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Access:
    """What a credential opens: one workspace, in one role, all of it or what its scope leaves."""

    workspace: str
    role: Role
    name: str
    credential: str  # its id
    kind: CredentialKind
    scope: Scope = "all"

    def may(self, role: Role) -> bool:
        """True when this role includes the other."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def sees_only(self) -> str | None:
        """The credential whose imports are the only ones this one sees: itself, or None where it sees all."""
        return self.credential if self.scope == "ingest" else None

    @property
    def reader(self) -> Reader:
        """Who reads, as sources name those who may."""
        return Reader(self.workspace, self.name, researches=self.may("researcher"))

    @property
    def follower(self) -> str:
        """The name under which this one follows questions; who gives commands on the machine is its administrator."""
        return ADMINISTRATOR if self.kind == "local" else self.name


def create_token(
    parts: Parts, workspace: str, name: str, role: Role, *, expires: datetime | None, scope: Scope = "all"
) -> str:
    """A token for a program; returns its secret, which is not to be had again. Raises BadInput."""
    if scope not in SCOPES:
        raise BadInput(f"'{scope}' is no scope; choose {', '.join(SCOPES)}.")
    if scope == "ingest" and role in ROLES and ROLES.index(role) < ROLES.index(SENDS):
        raise BadInput(f"A token that sends feedback needs the role {SENDS}; a {role} sends none.")
    return _create(parts, workspace, name, role, "token", expires, scope)


def create_login(parts: Parts, workspace: str, name: str, role: Role, *, lasts: timedelta = LOGIN_LASTS) -> str:
    """The key of a link that signs a browser in once; returns its secret."""
    return _create(parts, workspace, name, role, "login", parts.now() + lasts)


def create_local(parts: Parts, workspace: str) -> str:
    """The credential of this machine's own commands; the one before it ends here. Returns its secret."""
    with parts.database.write() as session:
        _revoke(session, parts.now(), Credential.workspace_id == workspace, Credential.kind == "local")
        return _add(session, parts.now(), workspace, COMMANDS, "admin", "local", None)


def add_first_login(session: Session, workspace: str, now: datetime) -> str:
    """The key of the link by which the administrator of a new workspace comes in; returns its secret."""
    return _add(session, now, workspace, ADMINISTRATOR, "admin", "login", now + FIRST_LOGIN_LASTS)


def lend_local(session: Session, workspace: str, now: datetime) -> str:
    """A credential for one command on this machine, beside the one that a server published; returns its secret."""
    return _add(session, now, workspace, COMMANDS, "admin", "local", now + LENT)


def give_back_local(session: Session, secret: str, now: datetime) -> None:
    """End it."""
    _revoke(session, now, Credential.secret_hash == _hash(secret))


def end_local(parts: Parts, workspace: str) -> None:
    """End the credential of this machine's own commands: nobody serves them any more."""
    with parts.database.write() as session:
        _revoke(session, parts.now(), Credential.workspace_id == workspace, Credential.kind == "local")


def open_session(parts: Parts, login: str) -> str:
    """Use up the key of a login link; returns the secret of the session it opens. Raises NotAllowed."""
    with everywhere(), parts.database.write() as session:
        held = _find(session, parts.now(), login, ("login",))
        if held is not None:
            hold_doors(session, held.workspace_id)
            session.refresh(held)  # its role may have been changed meanwhile
        if held is None or not _revoke(session, parts.now(), Credential.id == held.id):
            raise NotAllowed("This login link has been used or has expired; ask for a new one.")
        return begin_session(session, parts, held.workspace_id, held.name, held.role, "link")


def begin_session(
    session: Session,
    parts: Parts,
    workspace: str,
    name: str,
    role: str,
    opened_by: Way,
    *,
    lasts: timedelta = SESSION_LASTS,
    also: Sequence[str] = (),
) -> str:
    """The secret of a new session; that somebody signed in, and what was done `also`, goes into the audit log."""
    hold_doors(session, workspace)
    secret = _add(session, parts.now(), workspace, name, role, "session", parts.now() + lasts)
    begun = session.scalars(select(Credential).where(Credential.secret_hash == _hash(secret))).one()
    begun.opened_by = opened_by
    act = Act(workspace, begun.id, "session", role, None, parts.now, lambda: None)
    for action in ("sign_in", *also):
        add_event(session, act, Deed(action, "credential"), workspace)
    return secret


def hold_doors(session: Session, workspace: str) -> None:
    """Until this transaction ends nobody else comes in, is put out, or is given another role.

    On PostgreSQL a session that is being opened is not seen by what ends the others: it would outlast a password, a
    role or a user. Whoever decides by what they read asks for this first.
    """
    session.execute(select(Workspace.id).where(Workspace.id == workspace).with_for_update(key_share=True))


def end_sessions(session: Session, now: datetime, workspace: str, name: str, *, but: str | None = None) -> int:
    """End the sessions and login links of a user, all but one where it is named; returns how many there were."""
    hold_doors(session, workspace)
    query = select(Credential).where(
        Credential.workspace_id == workspace,
        Credential.kind.in_(("session", "login")),
        Credential.name == name,
        in_force(now),
    )
    held = [each for each in session.scalars(query) if each.id != but]
    for each in held:
        each.revoked_at = now
    return len(held)


def list_sessions(parts: Parts, held: Access) -> list[dict[str, Any]]:
    """The sessions of whoever asks, from a session of theirs, newest first; raises Conflict for a token."""
    mine = _sessions_of(parts, held)
    with parts.database.read() as session:
        found = session.scalars(select(Credential).where(*mine).order_by(Credential.created_at.desc(), Credential.id))
        return [_session_document(each, held) for each in found]


def end_session(parts: Parts, held: Access, id: str | None) -> None:
    """End one session of whoever asks, or all their others; raises Conflict, NotFound."""
    mine = _sessions_of(parts, held)
    with parts.database.write() as session:
        if id is None:
            end_sessions(session, parts.now(), held.workspace, held.name, but=held.credential)
        elif not _revoke(session, parts.now(), *mine, Credential.id == id):
            raise NotFound(f"There is no session {id} of yours in force.")


def verify(parts: Parts, secret: str, kinds: Collection[CredentialKind] = ("token", "local")) -> Access:
    """What a secret of one of these kinds opens; raises NotAllowed when it opens nothing."""
    with everywhere(), parts.database.read() as session:
        held = _find(session, parts.now(), secret, kinds)
    if held is None:
        raise NotAllowed("This credential is unknown, has expired or was revoked.")
    with within(held.workspace_id):
        _note_use(parts, held)
    role, kind, scope = cast("Role", held.role), cast("CredentialKind", held.kind), cast("Scope", held.scope)
    return Access(held.workspace_id, role, held.name, held.id, kind, scope)


def list_tokens(parts: Parts, workspace: str) -> list[dict[str, Any]]:
    """Tokens and sessions in force, newest first; their secrets are nowhere."""
    with parts.database.read() as session:
        listed = select(Credential).where(
            Credential.workspace_id == workspace, Credential.kind.in_(("token", "session")), in_force(parts.now())
        )
        return [
            _document(each) for each in session.scalars(listed.order_by(Credential.created_at.desc(), Credential.id))
        ]


def revoke(parts: Parts, workspace: str, credential: str) -> None:
    """End a credential now; raises NotFound when there is none of this id in force."""
    with parts.database.write() as session:
        end_credential(session, parts.now(), workspace, credential)


def end_credential(session: Session, now: datetime, workspace: str, credential: str) -> str:
    """The same in a transaction that does more; returns the name it had."""
    mine = (Credential.workspace_id == workspace, Credential.id == credential, in_force(now))
    name = session.scalar(select(Credential.name).where(*mine))
    if name is None or not _revoke(session, now, *mine):
        raise NotFound(f"There is no credential {credential} in force.")
    return name


def nobody_is_in(parts: Parts, workspace: str) -> bool:
    """True while no administrator is in, nor could come in by name: on a first start, or when a session ran out."""
    with parts.database.read() as session:
        named = select(User.folded).where(User.workspace_id == workspace, User.role == "admin")
        if session.scalar(named.limit(1)) is not None:
            return False
        admins = select(Credential.id).where(
            Credential.workspace_id == workspace,
            Credential.kind == "session",
            Credential.role == "admin",
            in_force(parts.now()),
        )
        return session.scalar(admins.limit(1)) is None


def in_force(now: datetime) -> ColumnElement[bool]:
    """The condition on credentials that have neither ended nor expired."""
    lasting = or_(Credential.expires_at.is_(None), Credential.expires_at > now)
    return lasting & Credential.revoked_at.is_(None)


def _sessions_of(parts: Parts, held: Access) -> tuple[ColumnElement[bool], ...]:
    if held.kind != "session":
        raise Conflict("A token has no sessions; sign in with a browser to see yours.")
    return (
        Credential.workspace_id == held.workspace,
        Credential.kind == "session",
        Credential.name == held.name,
        in_force(parts.now()),
    )


def _session_document(credential: Credential, held: Access) -> dict[str, Any]:
    return {
        "id": credential.id,
        "opened_by": credential.opened_by or "link",
        "created_at": moment(credential.created_at),
        "expires_at": moment(credential.expires_at),
        "used_at": moment(credential.used_at),
        "is_this": credential.id == held.credential,
    }


def _document(credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "name": credential.name,
        "role": credential.role,
        "scope": credential.scope,
        "kind": credential.kind,
        "created_at": moment(credential.created_at),
        "expires_at": moment(credential.expires_at),
        "used_at": moment(credential.used_at),
    }


def _create(
    parts: Parts,
    workspace: str,
    name: str,
    role: str,
    kind: CredentialKind,
    expires: datetime | None,
    scope: Scope = "all",
) -> str:
    if role not in ROLES:
        raise BadInput(f"'{role}' is no role; choose {', '.join(ROLES)}.")
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise BadInput(f"Give the credential a name of 1 to {_LONGEST_NAME} characters that says who uses it.")
    if expires is not None and expires <= parts.now():
        raise BadInput("The credential would expire before it can be used; choose a later time.")
    with parts.database.write() as session:
        return _add(session, parts.now(), workspace, name.strip(), role, kind, expires, scope)


def _add(
    session: Session,
    now: datetime,
    workspace: str,
    name: str,
    role: str,
    kind: CredentialKind,
    expires: datetime | None,
    scope: Scope = "all",
) -> str:
    secret = f"synth_{secrets.token_urlsafe(32)}"
    session.add(
        Credential(
            id=new_id("k"),
            workspace_id=workspace,
            name=name,
            role=role,
            scope=scope,
            kind=kind,
            secret_hash=_hash(secret),
            created_at=now,
            expires_at=expires,
        )
    )
    return secret


def _note_use(parts: Parts, held: Credential) -> None:
    now = parts.now()
    if held.kind in ("token", "session") and (held.used_at is None or now - held.used_at >= USE_STEP):
        with parts.database.write() as session:
            session.execute(update(Credential).where(Credential.id == held.id).values(used_at=now))


def _find(session: Session, now: datetime, secret: str, kinds: Collection[str]) -> Credential | None:
    query = select(Credential).where(Credential.secret_hash == _hash(secret), Credential.kind.in_(kinds))
    return session.scalar(query.where(in_force(now)))


def _revoke(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    """How many were ended by this: a credential ends once."""
    query = update(Credential).where(*which, Credential.revoked_at.is_(None)).values(revoked_at=now)
    return cast("CursorResult[Any]", session.execute(query)).rowcount


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
