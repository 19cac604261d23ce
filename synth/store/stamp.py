"""Whether what is counted has changed: what is kept in memory is read again when the stamp is another one.

Every transaction that writes into a table that something is counted or read from raises one number, whoever began it:
a job, a person's decision, a command. What is written beside (jobs, insights, answers, who was here) raises nothing, so
a job that only gets on leaves what is kept as it is.

Which vectors a transaction changed is written down under its number. Whoever raises the number holds it until the
commit, so what stands under the numbers up to one's own is all there was.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from synth.store import tables
from synth.store.rows import insert_new
from synth.store.tables import Change, VectorChange

MOST_KEPT = 512  # things that were read
Stamp = int
Read = TypeVar("Read")
_ONE: Final = 1  # the row there is
BESIDE: Final = frozenset(
    table.__tablename__
    for table in (
        *(
            tables.Job,
            tables.IndexChange,
            tables.Counter,
            tables.Change,
            tables.VectorChange,
            tables.Credential,
            tables.Visit,
            tables.KeyedRequest,
            tables.AuditEvent,
            tables.User,
        ),
        *(tables.ModelCall, tables.ModelReply, tables.ReplyEvidence, tables.Measurement),
        *(tables.Insight, tables.InsightEvent, tables.Answer, tables.Citation, tables.Report),
        *(tables.SavedQuestion, tables.SavedRun, tables.Follower),
        *(tables.Schedule, tables.Subscription, tables.Delivery),
        *(tables.Code, tables.Highlight, tables.CodingChange, tables.FirstSuggestion, tables.Board),
    )
)
"""The tables of which nothing is kept. What is not named here moves the stamp, so that a new table does."""


class WritingSession(Session):
    """A transaction that raises the number when it commits, if it wrote into what is counted."""


def read_stamp(session: Session) -> Stamp:
    """Equal for two moments between which nothing that is counted was written.

    A session that only reads sees one state: it is asked once.
    """
    known: Stamp | None = session.info.get("stamp")
    if known is None:
        known = session.scalar(select(Change.number).where(Change.id == _ONE)) or 0
        if "stamp" in session.info:
            session.info["stamp"] = known
    return known


def note_vectors(session: Session, workspace: str, excerpts: Iterable[str]) -> None:
    """Write down, when this transaction commits, that the vectors of these excerpts came, went or became others."""
    session.info.setdefault("vectors", set()).update((workspace, excerpt) for excerpt in excerpts)
    session.info["changes"] = True


@event.listens_for(WritingSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _note(state.session, getattr(state.statement, "table", None))


@event.listens_for(WritingSession, "after_flush")
def _note_flush(session: Session, _: object) -> None:
    for written in (*session.new, *session.dirty, *session.deleted):
        _note(session, written.__table__)


def _note(session: Session, table: Any) -> None:
    if getattr(table, "name", None) not in BESIDE:
        session.info["changes"] = True


@event.listens_for(WritingSession, "after_transaction_create")
def _remember(session: Session, begun: SessionTransaction) -> None:
    if begun.nested:
        session.info[begun] = session.info.get("changes", False)


@event.listens_for(WritingSession, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """What was only tried, to show what it would do, has not been written."""
    if ended.nested:
        session.info["changes"] = session.info.pop(ended)


@event.listens_for(WritingSession, "before_commit")
def _count_change(session: Session) -> None:
    """Last of all: others who write wait for this row until the transaction ends."""
    session.flush()
    if session.info.get("changes"):
        raised = update(Change).where(Change.id == _ONE).values(number=Change.number + 1).returning(Change.number)
        number = session.scalar(raised)
        if number is None:
            number = 1
            insert_new(session, Change, [{"id": _ONE, "number": number}])
        _write_vectors(session, number)


def _write_vectors(session: Session, number: int) -> None:
    changed = session.info.pop("vectors", set())
    rows = [{"workspace_id": workspace, "number": number, "excerpt_id": excerpt} for workspace, excerpt in changed]
    if rows:
        session.execute(insert(VectorChange), rows)


def sees_all(session: Session) -> bool:
    """Whether nothing is withheld from who reads in this session: what it holds of one workspace is all there is."""
    return "eyes" not in session.info


class Kept:
    """What was read from a workspace and is the same until something changes. Safe to share between threads.

    What was read longest ago is let go when there is too much of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[Stamp | str, Any]] = {}

    def read(self, name: str, session: Session, workspace: str, make: Callable[[], Read]) -> Read:
        """What `make` reads in this session, or read under that name when nothing has changed since."""
        name = f"{name} for {session.info.get('eyes', 'researchers')}"
        return self.read_of(name, read_stamp(session), workspace, make)

    def read_of(self, name: str, stamp: Stamp | str, workspace: str, make: Callable[[], Read]) -> Read:
        """The same held against a stamp of one's own: of what rests on tables that do not move the common one."""
        with self._lock:
            held = self._kept.get((name, workspace))
        if held and held[0] == stamp:
            found: Read = held[1]
            return found
        made = make()
        with self._lock:
            self._kept.pop((name, workspace), None)
            self._kept[name, workspace] = (stamp, made)
            for oldest in list(self._kept)[:-MOST_KEPT]:
                del self._kept[oldest]
        return made
