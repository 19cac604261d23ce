"""Requests that carried an Idempotency-Key: what was answered, for a day, so that asking twice does it once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, update
from sqlalchemy.orm import Session

from synth.store.tables import KeyedRequest

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request by its key: of whom, under which key (its hash), at which address (its hash)."""

    workspace: str
    credential: str
    key: str
    route: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What is there once."""
        return self.workspace, self.credential, self.key


def claim_key(session: Session, keyed: Keyed, now: datetime) -> KeyedRequest | None:
    """Take the key for this request; gives the earlier one instead where the key is taken. In a transaction of its own.

    Raises IntegrityError where another took it at the same moment (PostgreSQL; on SQLite writers wait for each other).
    """
    session.execute(delete(KeyedRequest).where(_of(keyed.workspace) & (KeyedRequest.asked_at < now - KEPT)))
    if (earlier := session.get(KeyedRequest, keyed.identity)) is not None:
        return earlier
    workspace, credential, key = keyed.identity
    row = {"workspace_id": workspace, "credential_id": credential, "key_hash": key, "route": keyed.route}
    session.execute(insert(KeyedRequest), [{**row, "asked_at": now}])
    return None


def keep_reply(session: Session, keyed: Keyed, *, body_hash: str, status: int, reply: bytes) -> None:
    """Keep what was answered; `reply` is sealed by the caller."""
    held = session.get_one(KeyedRequest, keyed.identity)
    held.body_hash, held.status, held.reply = body_hash, status, reply


def release_key(session: Session, keyed: Keyed) -> None:
    """Give the key back: the request had no effect."""
    held = session.get(KeyedRequest, keyed.identity)
    if held is not None and held.status is None:
        session.delete(held)


def forget_keys(session: Session, workspace: str, before: datetime) -> int:
    """Delete the requests of before then; returns how many there were."""
    found = session.execute(delete(KeyedRequest).where(_of(workspace) & (KeyedRequest.asked_at < before)))
    return cast("CursorResult[Any]", found).rowcount


def erase_replies(session: Session, workspace: str) -> int:
    """Take out what was answered: it may quote whom an erasure reaches. The keys stay taken. Returns how many."""
    held = _of(workspace) & KeyedRequest.reply.is_not(None)
    return cast("CursorResult[Any]", session.execute(update(KeyedRequest).where(held).values(reply=None))).rowcount


def _of(workspace: str) -> Any:
    return KeyedRequest.workspace_id == workspace
