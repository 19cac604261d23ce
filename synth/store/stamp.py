"""Whether what is counted has changed: what is kept in memory is read again when the stamp is another one.

Every transaction that writes into a table that something is counted or read from raises one number, whoever began it:
a job, a person's decision, a command. What is written beside (jobs, insights, answers, who was here) raises nothing, so
a job that only gets on leaves what is kept as it is.

A second number is raised by all of these but what takes feedback in. While an import runs the first moves every second,
and a server beside workers shows counts that are seconds old rather than count all day. What a person or a discovery
changed moves both, and is seen at once.

A third number is raised by feedback that everybody may read: what comes into sources that are neither restricted nor
hold research. What is left out for somebody may be behind that, and is never behind anything else.

Which vectors a transaction changed is written down under its number. Whoever raises the number holds it until the
commit, so what stands under the numbers up to one's own is all there was.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from sqlalchemy import event, or_, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from synth.store import tables
from synth.store.rows import insert_all, insert_new
from synth.store.tables import Change, VectorChange
from synth.store.withholding import RESEARCH

MOST_KEPT = 2048  # things that were read; 3.2 MB in 200 of them
Stamp = int
Read = TypeVar("Read")
SOON, LATEST = 10.0, 60.0  # seconds that a count may be old while feedback is taken in, at least and at most
TIMES = 20  # times as long as it took, in between
LATEST_OF_ALL = 300.0  # seconds that it may be where others are counted again
REST = 4  # times as long as it took until the next one is counted again: a fifth of a process goes into that
TRIFLE = 0.005  # seconds: what took no longer is counted again
_LATELY: Final = "lately"  # instead of a stamp, where none tells
_ONE: Final = 1  # the row that every change raises
_SAID: Final = 2  # the row that is raised by what is more than feedback taken in
_OPEN: Final = 3  # the row that is raised by feedback that everybody may read
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
_TAKEN: Final = frozenset(
    table.__tablename__
    for table in (
        *(tables.Source, tables.Document, tables.DocumentAttribute, tables.Turn),
        *(tables.Excerpt, tables.Assignment, tables.Embedding),
    )
)
"""The tables of feedback, whose sources say who may read it."""
_HARMLESS: Final = frozenset(
    table.__tablename__ for table in (tables.Person, tables.Account, tables.Import, tables.RefusedRow)
)
"""The tables that are written while feedback is taken in and that nothing is left out by."""


_taking_in: ContextVar[bool] = ContextVar("taking_in", default=False)


class WritingSession(Session):
    """A transaction that raises the number when it commits, if it wrote into what is counted."""


def read_stamp(session: Session) -> Stamp:
    """Equal for two moments between which nothing that is counted was written."""
    return _read_numbers(session)[0]


def read_standing(session: Session) -> Stamp:
    """Equal for two moments between which nothing was written but feedback that everybody may read."""
    number, _, of_everybody = _read_numbers(session)
    return number - of_everybody


def _read_numbers(session: Session) -> tuple[Stamp, Stamp, Stamp]:
    """The stamp, the one that taking feedback in does not raise, and the one that only some of that raises.

    A session that only reads sees one state: it is asked once.
    """
    known: tuple[Stamp, Stamp, Stamp] | None = session.info.get("stamp")
    if known is None:
        found = {row.id: row.number for row in session.execute(select(Change.id, Change.number))}
        known = found.get(_ONE, 0), found.get(_SAID, 0), found.get(_OPEN, 0)
        if "stamp" in session.info:
            session.info["stamp"] = known
    return known


@contextmanager
def taking_in() -> Iterator[None]:
    """What is written in here is feedback that is taken in, and nothing that somebody decided."""
    token = _taking_in.set(True)
    try:
        yield
    finally:
        _taking_in.reset(token)


def note_vectors(session: Session, workspace: str, excerpts: Iterable[str]) -> None:
    """Write down, when this transaction commits, that the vectors of these excerpts came, went or became others."""
    session.info.setdefault("vectors", set()).update((workspace, excerpt) for excerpt in excerpts)
    session.info["changes"] = True


def note_sources(session: Session, sources: Iterable[int]) -> None:
    """Say whose feedback this transaction takes in: without it, it counts as what not everybody may read."""
    session.info.setdefault("sources", set()).update(sources)


@event.listens_for(WritingSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _note(state.session, getattr(state.statement, "table", None))


@event.listens_for(WritingSession, "after_flush")
def _note_flush(session: Session, _: object) -> None:
    for written in (*session.new, *session.dirty, *session.deleted):
        _note(session, written.__table__)


def _note(session: Session, table: Any) -> None:
    if (name := getattr(table, "name", None)) not in BESIDE:
        session.info["changes"] = True
        if name not in _HARMLESS:
            session.info.setdefault("tables", set()).add(name)


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
        number = _raise_number(session, _ONE)
        if not _taking_in.get():
            _raise_number(session, _SAID)
        elif _is_for_everybody(session):
            _raise_number(session, _OPEN)
        _write_vectors(session, number)


def _is_for_everybody(session: Session) -> bool:
    """Whether what is taken in changes nothing of what is left out for somebody, or shows more of it.

    It is asked behind the first number, which whoever restricts a source raises as well: one of the two sees the other.
    """
    written, sources = session.info.get("tables", set()), session.info.get("sources", set())
    if not written <= _TAKEN or (written and not sources):
        return False
    source = tables.Source.__table__.c
    for_some = or_(source.readers.is_not(None), source.kind == RESEARCH)
    return not sources or session.scalar(select(source.id).where(source.id.in_(sorted(sources)), for_some)) is None


def _raise_number(session: Session, id: int) -> int:
    raised = update(Change).where(Change.id == id).values(number=Change.number + 1).returning(Change.number)
    number = session.scalar(raised)
    if number is None:
        number = 1
        insert_new(session, Change, [{"id": id, "number": number}])
    return number


def _write_vectors(session: Session, number: int) -> None:
    changed = session.info.pop("vectors", set())
    rows = [{"workspace_id": workspace, "number": number, "excerpt_id": excerpt} for workspace, excerpt in changed]
    insert_all(session, VectorChange, rows)


def hidden_sources(session: Session) -> frozenset[int]:
    """The sources that are left out for who reads in this session: what ranks before it filters has to know of them."""
    hidden: frozenset[int] = session.info.get("hidden", frozenset())
    return hidden


def sees_all(session: Session) -> bool:
    """Whether nothing is withheld from who reads in this session: what it holds of one workspace is all there is."""
    return "eyes" not in session.info


@dataclass(frozen=True, slots=True)
class _Held:
    """What was read, under which numbers, when, and how long that took."""

    stamp: Stamp | str
    said: Hashable
    value: Any
    at: float = field(default_factory=time.monotonic)
    took: float = 0.0


def _seen(name: str, session: Session) -> str:
    """The name under which it is kept for whoever reads in this session."""
    return f"{name} for {session.info.get('eyes', 'researchers')}"


class _Turn:
    """Whose turn it is to read again what is merely late: one thread's, and nobody's for a while after it.

    Else all that was asked for is counted at once every minute, and nothing is answered meanwhile. What is read again
    in the course of it belongs to the same turn.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0  # of the thread that has it
        self._rested = 0.0  # when it may be taken again

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Whether it is this thread's turn, until the `with` ends: not during another's, nor soon after one."""
        if not self._lock.acquire(blocking=False):
            yield False
            return
        began = time.monotonic()
        try:
            if self._depth == 0 and began < self._rested:
                yield False
                return
            self._depth += 1
            try:
                yield True
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._rested = time.monotonic() + REST * (time.monotonic() - began)
        finally:
            self._lock.release()


class Kept:
    """What was read from a workspace and is the same until something changes. Safe to share between threads.

    What several threads want at once is read once. What was read longest ago is let go when there is too much of it.
    With `late`, what is only behind feedback that is being taken in is good for a while: see `LATEST`; of that, one
    thing at a time is read again: see `_Turn`.
    """

    def __init__(self, *, late: bool = False) -> None:
        self.late = late
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], _Held] = {}
        self._reading: dict[tuple[str, str], threading.RLock] = {}
        self._turn = _Turn()

    def read(self, name: str, session: Session, workspace: str, make: Callable[[], Read]) -> Read:
        """What `make` reads in this session, or read under that name when nothing has changed since."""
        stamp, said, _ = _read_numbers(session)
        return self._find((_seen(name, session), workspace), stamp, said, make)

    def earlier(self, name: str, session: Session, workspace: str) -> Any:
        """What was read under that name the last time, whatever has changed since; None where nothing was."""
        held = self._kept.get((_seen(name, session), workspace))
        return None if held is None else held.value

    def read_of(
        self, name: str, stamp: Stamp | str, workspace: str, make: Callable[[], Read], *, said: Hashable = None
    ) -> Read:
        """The same held against a stamp of one's own: of what rests on tables that do not move the common one.

        With `late` it may be behind that stamp for a while, as long as `said` is the same.
        """
        return self._find((name, workspace), stamp, said, make)

    def read_lately(self, name: str, session: Session, workspace: str, make: Callable[[], Read]) -> Read:
        """What `make` reads, of which no stamp tells; with `late`, what it read a while ago: a minute at least."""
        if not self.late:
            return make()
        return self._find((_seen(name, session), workspace), _LATELY, None, make)

    def _find(self, key: tuple[str, str], stamp: Stamp | str, said: Hashable, make: Callable[[], Read]) -> Read:
        held = self._kept.get(key)
        if held is not None and self._holds(held, stamp, said):
            return cast("Read", held.value)
        with self._lock:
            alone = self._reading.setdefault(key, threading.RLock())
        if not alone.acquire(blocking=not self._is_late(held, stamp, said)):
            return cast("Read", held.value)  # type: ignore[union-attr]
        try:
            held = self._kept.get(key)  # another may have read it meanwhile
            if held is None or not self._holds(held, stamp, said):
                held = self._renewed(key, held, stamp, said, make)
            return cast("Read", held.value)
        except BaseException:
            self._leave(key)
            raise
        finally:
            alone.release()

    def _renewed(
        self, key: tuple[str, str], held: _Held | None, stamp: Stamp | str, said: Hashable, make: Callable[[], Any]
    ) -> _Held:
        """What is read now, or what is held where that is merely late and another such is just being read again."""
        began = time.monotonic()
        costly = held is not None and held.took > TRIFLE and began - held.at < LATEST_OF_ALL
        waits = costly and self._is_late(held, stamp, said)
        with self._turn.take() if waits else nullcontext(True) as mine:
            if not mine:
                return cast("_Held", held)
            value = make()
        made = _Held(stamp, said, value, took=time.monotonic() - began)
        self._keep(key, made)
        return made

    def _is_late(self, held: _Held | None, stamp: Stamp | str, said: Hashable) -> bool:
        """Whether what is held is behind nothing but feedback that is being taken in."""
        return held is not None and self.late and (stamp == _LATELY or (said is not None and held.said == said))

    def _holds(self, held: _Held, stamp: Stamp | str, said: Hashable) -> bool:
        if stamp == _LATELY:
            return time.monotonic() - held.at < max(LATEST, TIMES * held.took)
        if held.stamp == stamp:
            return True
        late = self._is_late(held, stamp, said) and held.took > TRIFLE
        return late and time.monotonic() - held.at < min(LATEST, max(SOON, TIMES * held.took))

    def _leave(self, key: tuple[str, str]) -> None:
        """What could not be read is not remembered as being read: names of it have no end."""
        with self._lock:
            if key not in self._kept:
                self._reading.pop(key, None)

    def _keep(self, key: tuple[str, str], held: _Held) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = held
            for oldest in list(self._kept)[:-MOST_KEPT]:
                del self._kept[oldest]
                self._reading.pop(oldest, None)
