"""The job ledger: work is written with the data it belongs to, done at least once, and takes effect exactly once.

A job is claimed under a lease with a random token; only the holder of the token may report progress or finish it. A
lease that ran out makes the job claimable again. After its last attempt a job is dead and waits for a person.

Clocks differ, and may jump. One that is ahead takes jobs over that others still do, which changes nothing: the token
decides. A job that nobody tried yet is due whatever the clock of whoever wrote it said, and so is one whose last
attempt ended in what is still to come.
"""

import random
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, case, or_, select, update
from sqlalchemy.orm import Session

from synth import tracing
from synth.errors import Conflict, NotFound
from synth.store.identity import new_id
from synth.store.rows import insert_new
from synth.store.sharing import in_turn
from synth.store.tables import Job

LEASE = timedelta(seconds=60)
MAX_BACKOFF = timedelta(minutes=10)
ATTEMPTS = 5
LONGEST_WAIT = timedelta(hours=1)  # that a busy server is left alone for
MAX_DEATHS = 30  # attempts a job may have in all when it was the whole process that ended under it


class LeaseLost(Conflict):
    """Another worker took the job over; what this one was about to write must not be written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in hand, with the token that allows finishing it."""

    id: str
    workspace: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    lease: str
    trace: str | None = None  # what it belongs to, as W3C writes it


def enqueue(
    session: Session,
    workspace: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    subject: str | None = None,
    total: int | None = None,
    again: bool = False,
    max_attempts: int = ATTEMPTS,
) -> str:
    """Write a job into the caller's transaction and return its id; the same key gives the job that is there already.

    With `again`, a job with this key that has ended is queued once more: for work that recurs.
    """
    mine = select(Job).where(Job.workspace_id == workspace, Job.idempotency_key == key)
    existing = session.scalar(mine)
    if existing:
        if again and existing.state in ("done", "dead"):
            _requeue(existing, now)
            existing.payload, existing.done, existing.total = dict(payload), 0, total
            existing.trace = tracing.current()
        return existing.id
    job = {
        "id": new_id("j"),
        "workspace_id": workspace,
        "kind": kind,
        "state": "queued",
        "subject": subject,
        "payload": dict(payload),
        "idempotency_key": key,
        "run_after": now,
        "total": total,
        "max_attempts": max_attempts,
        "created_at": now,
    }
    with tracing.child(f"enqueue {kind}", "producer", job=str(job["id"])):
        insert_new(session, Job, [job | {"trace": tracing.current()}])
    return session.scalars(mine.with_only_columns(Job.id)).one()


def claim(
    session: Session, *, now: datetime, job_id: str | None = None, kinds: Collection[str] | None = None
) -> Claim | None:
    """Take the named job, or one that is due; None when there is nothing to do.

    Workspaces take turns; of each the oldest job goes first. With `kinds` only one of these is taken: what a newer
    process wrote, one that knows it does.
    """
    while job := _next(session, now, job_id, kinds):
        if job.attempts < job.max_attempts:
            return _take(job, now)
        _bury(job, "The worker died on every attempt.", now)
        session.flush()
    return None


def renew(session: Session, held: Claim, *, now: datetime) -> None:
    """Keep the lease alive; raises LeaseLost when another worker has the job."""
    _set(session, held, lease_until=now + LEASE)


def advance(session: Session, held: Claim, *, now: datetime, stage: str, done: int, total: int | None = None) -> None:
    """Report progress and renew the lease, in the transaction that made the progress.

    Attempts are counted between two steps of progress: a long job may outlive many workers as long as it moves.
    """
    known = {} if total is None else {"total": total}
    _set(session, held, lease_until=now + LEASE, stage=stage, done=done, attempts=1, **known)


def finish(session: Session, held: Claim, *, now: datetime, result: Mapping[str, Any] | None = None) -> None:
    """Mark the job done, in the transaction that holds its effect."""
    _set(
        session,
        held,
        state="done",
        lease=None,
        lease_until=None,
        result=dict(result or {}),
        finished_at=now,
        error=None,
    )


def fail(
    session: Session, held: Claim, *, now: datetime, error: str, retryable: bool, wait: float | None = None
) -> None:
    """Queue the job again after a pause that doubles with each attempt, or bury it when it has had its attempts.

    The pause is no shorter than the `wait` seconds that a busy server asked for, up to the longest one.
    """
    job = session.get(Job, held.id)
    if job is None or job.lease != held.lease:
        return
    if not retryable or job.attempts >= job.max_attempts:
        _bury(job, error, now)
        return
    pause = min(MAX_BACKOFF, timedelta(seconds=2**job.attempts)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    pause = max(pause, min(LONGEST_WAIT, timedelta(seconds=min(wait or 0.0, 1e6))))
    job.state, job.lease, job.lease_until = "queued", None, None
    job.error, job.run_after, job.started_at = error, now + pause, now


def release_all(session: Session, *, now: datetime) -> int:
    """Give every lease back. Only for the sole owner of a store, who knows that no other worker lives.

    Whoever ends the process means the process, not the job in hand: the job gets another attempt, up to MAX_DEATHS.
    """
    spared = case((Job.max_attempts < MAX_DEATHS, Job.max_attempts + 1), else_=Job.max_attempts)
    given = {"state": "queued", "lease": None, "lease_until": None, "run_after": now, "max_attempts": spared}
    query = update(Job).where(Job.state == "running").values(given)
    return cast("CursorResult[Any]", session.execute(query)).rowcount


def due(session: Session, *, now: datetime, limit: int = 1000) -> list[tuple[str, str]]:
    """(id, kind) of jobs that wait for a worker: queued and due, or left behind by one that died."""
    query = select(Job.id, Job.kind).where(_waiting(now)).order_by(Job.run_after, Job.created_at, Job.id)
    return [(row.id, row.kind) for row in session.execute(query.limit(limit))]


def any_queued(session: Session) -> bool:
    """True while a job waits, due or not."""
    return session.scalar(select(Job.id).where(Job.state == "queued").limit(1)) is not None


def unfinished(session: Session, subject: str, kinds: Sequence[str]) -> bool:
    """True while a job of these kinds on this subject is queued or running."""
    open_ = Job.state.in_(("queued", "running"))
    return session.scalar(select(Job.id).where(Job.subject == subject, Job.kind.in_(kinds), open_).limit(1)) is not None


def unfinished_kinds(session: Session, workspace: str, kinds: Sequence[str]) -> bool:
    """True while a job of these kinds is queued or running anywhere in the workspace."""
    open_ = Job.state.in_(("queued", "running"))
    query = select(Job.id).where(Job.workspace_id == workspace, Job.kind.in_(kinds), open_)
    return session.scalar(query.limit(1)) is not None


def another_waits(session: Session, held: Claim, *, now: datetime) -> bool:
    """True while another job of the same kind and workspace is due: what is the same for both, that one will do."""
    alike = (Job.workspace_id == held.workspace, Job.kind == held.kind, Job.id != held.id)
    return session.scalar(select(Job.id).where(*alike, _due(now)).limit(1)) is not None


def retry(session: Session, workspace: str, job_id: str, *, now: datetime) -> None:
    """Give a dead job a new set of attempts."""
    job = session.scalar(select(Job).where(Job.workspace_id == workspace, Job.id == job_id))
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    if job.state != "dead":
        raise Conflict(f"Job {job_id} is {job.state}; only a dead job can be tried again.")
    _requeue(job, now)


def _waiting(now: datetime) -> ColumnElement[bool]:
    return or_(_due(now), and_(Job.state == "running", Job.lease_until < now))


def _due(now: datetime) -> ColumnElement[bool]:
    """Queued, and its time has come, or nobody tried it yet, or its pause was reckoned by a clock that was ahead."""
    ahead = or_(Job.run_after > now + LONGEST_WAIT, Job.started_at > now + LEASE)
    times = Job.run_after <= now, Job.attempts == 0, ahead
    return and_(Job.state == "queued", or_(*times))


def _next(session: Session, now: datetime, job_id: str | None, kinds: Collection[str] | None) -> Job | None:
    query = select(Job).where(_waiting(now)).order_by(Job.run_after, Job.created_at, Job.id)
    if kinds is not None:
        query = query.where(Job.kind.in_(kinds))
    if job_id is not None:
        return _first(session, query.where(Job.id == job_id))
    turns = in_turn(session, _waiting(now), now, kinds)
    found = (_first(session, query.where(Job.workspace_id == workspace)) for workspace in turns)
    return next((job for job in found if job is not None), None)


def _first(session: Session, query: Select[Job]) -> Job | None:
    """What another worker is taking at this moment is passed over."""
    return session.scalar(query.limit(1).with_for_update(skip_locked=True))


def _take(job: Job, now: datetime) -> Claim:
    lease = secrets.token_hex(8)
    job.state, job.attempts = "running", job.attempts + 1
    job.lease, job.lease_until, job.started_at = lease, now + LEASE, now
    return Claim(job.id, job.workspace_id, job.kind, job.payload, job.attempts, lease, job.trace)


def _requeue(job: Job, now: datetime) -> None:
    job.state, job.attempts, job.run_after = "queued", 0, now
    job.error, job.finished_at, job.stage = None, None, None


def _set(session: Session, held: Claim, **values: Any) -> None:
    query = update(Job).where(Job.id == held.id, Job.lease == held.lease).values(**values)
    if cast("CursorResult[Any]", session.execute(query)).rowcount != 1:
        raise LeaseLost(f"Job {held.id} was taken over by another worker.")


def _bury(job: Job, error: str, now: datetime) -> None:
    job.state, job.lease, job.lease_until = "dead", None, None
    job.error, job.finished_at = error, now
