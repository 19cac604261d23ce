"""Who may come in, and where."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base


class Workspace(Base):
    """The tenant."""

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    created_at: Mapped[datetime]


class Counter(Base):
    """The last number given out per workspace and kind, for readable permanent ids (T7, R3, I12)."""

    __tablename__ = "counters"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Change(Base):
    """How many transactions have changed what is counted: the one row there is grows with each of them."""

    __tablename__ = "changes"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class Credential(Base):
    """A token that opens a workspace; only its SHA-256 is stored."""

    __tablename__ = "credentials"
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    role: Mapped[str]
    scope: Mapped[str] = mapped_column(default="all", server_default="all")  # all | read | ingest
    kind: Mapped[str]  # token | login (a link that works once) | session (a browser)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # to the hour
    opened_by: Mapped[str | None]  # of a session: link | password | organisation


class User(Base):
    """Who signs in by name; those who come by links alone are not here. A name is one of them in each workspace."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_subject", "workspace_id", "issuer", "subject", unique=True),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    folded: Mapped[str] = mapped_column(primary_key=True)  # the name as it is compared
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]  # argon2id; None of those who sign in through their organisation
    issuer: Mapped[str | None]
    subject: Mapped[str | None]  # who they are there
    created_at: Mapped[datetime]


class Hook(Base):
    """An address at which another service sends feedback of one source, signed with a secret both know."""

    __tablename__ = "hooks"
    id: Mapped[str] = mapped_column(primary_key=True)  # random: it is all that the address tells
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    source: Mapped[str]
    sealed_secret: Mapped[bytes]  # opened by the key in the home folder
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # to the hour


class KeyedRequest(Base):
    """A request that carried an Idempotency-Key, and what was answered: sealed, and empty once it is erased."""

    __tablename__ = "keyed_requests"
    __table_args__ = (Index("ix_keyed_requests_asked", "workspace_id", "asked_at"),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]  # the hash of the address that was asked
    body_hash: Mapped[str | None]
    status: Mapped[int | None]  # None until it was answered
    reply: Mapped[bytes | None]  # sealed with the secret of the credential
    asked_at: Mapped[datetime]


class Visit(Base):
    """When somebody, by the name they signed in with, was last on the overview, and when on the visit before."""

    __tablename__ = "visits"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    before_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Somebody changed something, or read personal data: ids and words of ours. Triggers let the table only grow."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_at", "workspace_id", "at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    at: Mapped[datetime]
    credential_id: Mapped[str | None]  # None of commands on the machine, and of the link in a letter
    kind: Mapped[str]  # of the credential, or `link` or `hook`
    role: Mapped[str | None]  # that it had then
    action: Mapped[str]
    subject_kind: Mapped[str | None]
    subject: Mapped[str | None]  # an id
    request_id: Mapped[str | None]
