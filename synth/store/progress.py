"""How far work on an import is: its jobs summed up by kind, and what follows when the last piece is done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import ledger
from synth.store.tables import Import, Job

ORDER = ("intake", "embed", "index", "themes", "insights")


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
    """The stages of a subject in the order they run."""
    rows = list(session.scalars(select(Job).where(Job.subject == subject)))
    kinds = sorted({job.kind for job in rows}, key=lambda kind: ORDER.index(kind) if kind in ORDER else len(ORDER))
    return tuple(_stage(kind, [job for job in rows if job.kind == kind]) for kind in kinds)


def settle(session: Session, workspace: str, import_id: str, *, now: datetime) -> None:
    """When the last piece of an import is done, queue what follows. Pieces that end together wait for each other."""
    session.get(Import, import_id, with_for_update=True)
    if ledger.unfinished(session, import_id, ("intake", "embed")):
        return
    for kind in ("index", "themes"):
        key = f"{kind}:{import_id}"
        ledger.enqueue(session, workspace, kind, {"import_id": import_id}, key=key, subject=import_id, now=now)


def _stage(kind: str, jobs: list[Job]) -> Stage:
    running = [job for job in jobs if job.state == "running"]
    totals = [job.total for job in jobs]
    return Stage(
        kind=kind,
        jobs=len(jobs),
        finished=sum(job.state == "done" for job in jobs),
        dead=sum(job.state == "dead" for job in jobs),
        done=sum(job.done for job in jobs),
        total=None if any(total is None for total in totals) else sum(total or 0 for total in totals),
        step=running[0].stage if running else None,
        error=next((job.error for job in jobs if job.error), None),
    )
