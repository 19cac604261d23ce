"""Writing down who did what: in the transaction that does it, so that neither stands without the other.

A door says who acts (`acting`); the first transaction that commits meanwhile carries the event. What was acted on is
the id the door knows, else that of the first row of its kind the transaction wrote.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import event, insert
from sqlalchemy.orm import ORMExecuteState, Session

from synth.store import tables
from synth.store.database import Database
from synth.store.identity import new_id
from synth.store.stamp import WritingSession
from synth.store.tables import AuditEvent

KINDS: Final = {
    table.__tablename__: kind
    for kind, table in {
        "code": tables.Code,
        "coding change": tables.CodingChange,
        "credential": tables.Credential,
        "decision": tables.Decision,
        "delivery": tables.Delivery,
        "erasure": tables.Erasure,
        "highlight": tables.Highlight,
        "hook": tables.Hook,
        "import": tables.Import,
        "insight": tables.Insight,
        "job": tables.Job,
        "release": tables.Release,
        "run": tables.Run,
        "saved question": tables.SavedQuestion,
        "source": tables.Source,
        "study": tables.Study,
        "subscription": tables.Subscription,
        "theme": tables.Theme,
    }.items()
}
ORGANISATION: Final = "organisation"  # who acts where its claims do
_LONGEST = 200  # characters of an id that came with the request


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done: the action, the kind of thing, and its id where the door knows it."""

    action: str
    kind: str | None = None
    subject: str | None = None


@dataclass(slots=True)
class Act:
    """Somebody at work; `deed` is asked for when it is written down, as a door may not know it before."""

    workspace: str | None  # None where only what is written tells
    credential: str | None
    kind: str
    role: str | None
    request: str | None
    now: Callable[[], datetime]
    deed: Callable[[], Deed | None]
    is_written: bool = False


_acts: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def acting(act: Act) -> Iterator[None]:
    """What this context writes from here on is the act's; the first transaction that commits carries the event."""
    token = _acts.set(act)
    try:
        yield
    finally:
        _acts.reset(token)


def write_event(database: Database, act: Act) -> None:
    """Write an act down that no transaction carried: a reading, or a change of something outside the database."""
    deed = act.deed()
    if not act.is_written and deed is not None and act.workspace is not None:
        act.is_written = True
        with database.write() as session:
            add_event(session, act, deed, act.workspace)


def add_event(session: Session, act: Act, deed: Deed, workspace: str) -> None:
    """The event in the caller's transaction."""
    row = {
        "id": new_id("a"),
        "workspace_id": workspace,
        "at": act.now(),
        "credential_id": act.credential,
        "kind": act.kind,
        "role": act.role,
        "action": deed.action,
        "subject_kind": deed.kind,
        "subject": None if deed.subject is None else deed.subject[:_LONGEST],
        "request_id": act.request,
    }
    session.execute(insert(AuditEvent), [row])


def note_subject(session: Session, kind: str, id: str) -> None:
    """Say what is acted on where no row of its kind is written."""
    session.info.setdefault("written", {})[kind] = id


@event.listens_for(WritingSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    act = _acts.get()
    if act is None or act.is_written or not (state.is_insert or state.is_update or state.is_delete):
        return
    rows = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    first: Any = rows[0] if state.is_insert and rows else {}
    _note(state.session, getattr(getattr(state.statement, "table", None), "name", None), first.get("id"), None)


@event.listens_for(WritingSession, "after_flush")
def _note_flush(session: Session, _: object) -> None:
    act = _acts.get()
    if act is not None and not act.is_written:
        for written in (*session.new, *session.dirty, *session.deleted):
            held = written.__dict__
            _note(session, written.__tablename__, held.get("id"), held.get("workspace_id"))


def _note(session: Session, table: str | None, id: Any, workspace: str | None) -> None:
    """The first id of each kind, and the workspace."""
    written: dict[str | None, Any] = session.info.setdefault("written", {})
    if id is not None:
        written.setdefault(KINDS.get(table or ""), str(id))
    if workspace is not None:
        session.info.setdefault("workspace", workspace)
    written.setdefault("", True)  # something was


@event.listens_for(WritingSession, "before_commit", insert=True)
def _write_down(session: Session) -> None:
    """Before the number of changes is raised, which comes last. A transaction within another is none of its own."""
    act = _acts.get()
    if act is None or act.is_written or session.in_nested_transaction():
        return
    session.flush()
    written, deed = session.info.get("written", {}), act.deed()
    workspace = act.workspace or session.info.get("workspace")
    if not written or deed is None or workspace is None:
        return
    found = deed if deed.kind is None or deed.subject else Deed(deed.action, deed.kind, written.get(deed.kind))
    add_event(session, act, found, workspace)
    session.info["carries"] = act


@event.listens_for(WritingSession, "after_commit")
def _carried(session: Session) -> None:
    if not session.in_nested_transaction() and (act := session.info.pop("carries", None)):
        act.is_written = True
