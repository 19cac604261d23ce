"""How far work on an import is: its jobs summed up by kind, and what follows when the last piece is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from synth.store import ledger
from synth.store.tables import Import, Job

ORDER = ("transcribe", "intake", "embed", "index", "themes", "insights")


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of work on a subject: how many jobs, how many ended, and the steps they report."""

    kind: str
    jobs: int
    finished: int
    dead: int
    done: int
    total: int | None
    step: str | None
    error: str | None

    @property
    def ended(self) -> bool:
        """Nothing of it is queued or running."""
        return self.finished + self.dead == self.jobs


def stages_of(session: Session, subject: str) -> tuple[Stage, ...]:
    """The stages of a subject in the order they run; one row of the ledger or ten thousand, it is one query."""
    query = select(
        Job.kind,
        func.count(Job.id).label("jobs"),
        func.count(case((Job.state == "done", 1))).label("finished"),
        func.count(case((Job.state == "dead", 1))).label("dead"),
        func.sum(Job.done).label("done"),
        func.count(Job.total).label("planned"),
        func.sum(Job.total).label("total"),
        func.max(case((Job.state == "running", Job.stage))).label("step"),
        func.max(Job.error).label("error"),
    ).where(Job.subject == subject)
    stages = [_stage(row) for row in session.execute(query.group_by(Job.kind))]
    return tuple(sorted(stages, key=lambda stage: (_place(stage.kind), stage.kind)))


def settle(session: Session, workspace: str, import_id: str, *, now: datetime) -> None:
    """When the last piece of an import is done, queue what follows. Pieces that end together wait for each other."""
    session.get(Import, import_id, with_for_update=True)
    if ledger.unfinished(session, import_id, ("transcribe", "intake", "embed")):
        return
    for kind in ("index", "themes"):
        key = f"{kind}:{import_id}"
        ledger.enqueue(session, workspace, kind, {"import_id": import_id}, key=key, subject=import_id, now=now)


def _stage(row: Row[Any]) -> Stage:
    return Stage(
        kind=row.kind,
        jobs=row.jobs,
        finished=row.finished,
        dead=row.dead,
        done=int(row.done),
        total=int(row.total) if row.planned == row.jobs else None,
        step=row.step,
        error=row.error,
    )


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)
