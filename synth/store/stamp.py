"""Whether a workspace has changed: what is kept in memory is read again when its stamp is another one.

Documents, excerpts, vectors and themes change in jobs, by decisions of people, and when a run is accepted or rolled
back; each of these leaves a trace in a small table, so that nothing large is counted.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, bindparam, case, func, select, true
from sqlalchemy.orm import Session

from synth.store.tables import Account, Decision, Excerpt, Job, Person, Run, Source, Theme

MOST_KEPT = 512  # things that were read
Stamp = tuple[object, ...]
Read = TypeVar("Read")
_READING = ("index", "repair", "insights", "saved", "report")  # jobs that change none of it, however they get on
_RUN_STATES = ("published", "proposed", "refused", "rolled_back")
_GROWING = (Excerpt.seq, Person.id, Account.id, Source.id)  # keys that grow: the highest is known at once


def read_stamp(session: Session, workspace: str) -> Stamp:
    """Equal for two moments between which nothing was taken in, embedded, placed, decided or removed.

    A session that only reads sees one state: it is asked once.
    """
    known: dict[str, Stamp] = session.info.get("stamps", {})
    if workspace not in known:
        known[workspace] = tuple(session.execute(_TRACES, {"workspace": workspace}).one())
    return known[workspace]


def _traces() -> Select[*tuple[Any, ...]]:
    """All of them in one statement: it is asked by every session that reads."""
    mine: BindParameter[str] = bindparam("workspace")
    jobs = (func.count(Job.id), func.sum(Job.attempts), func.sum(Job.done), func.max(Job.finished_at))
    runs = (func.count(Run.id), *(func.count(case((Run.state == state, 1))) for state in _RUN_STATES))
    tables = (
        _row((*jobs, func.max(Job.lease_until))).where(Job.workspace_id == mine, Job.kind.not_in(_READING)),
        _row((func.count(Decision.id), func.max(Decision.undone_at))).where(Decision.workspace_id == mine),
        _row(runs).where(Run.workspace_id == mine),
        _row((func.count(Theme.id),)).where(Theme.workspace_id == mine),
    )
    first, *others = rows = [table.subquery() for table in tables]
    joined: FromClause = first
    for other in others:
        joined = joined.join(other, true())
    newest = (select(func.max(column)).scalar_subquery() for column in _GROWING)
    return select(*(column for row in rows for column in row.c), *newest).select_from(joined)


def _row(traces: Sequence[ColumnElement[Any]]) -> Select[*tuple[Any, ...]]:
    return select(*(trace.label(f"trace{place}") for place, trace in enumerate(traces)))


_TRACES = _traces()


class Kept:
    """What was read from a workspace and is the same until it changes. Safe to share between threads.

    What was read longest ago is let go when there is too much of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[Stamp, Any]] = {}

    def read(self, name: str, session: Session, workspace: str, make: Callable[[], Read]) -> Read:
        """What `make` reads in this session, or read under that name when the workspace was the same."""
        stamp = read_stamp(session, workspace)
        name = f"{name} for {session.info.get('eyes', 'researchers')}"
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
