"""The theme jobs: after an import, where themes are missing or enough is new; every week; and on demand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import ledger, tables
from synth.themes.curating.lessons import teach_after_run
from synth.themes.guarding import find_faults
from synth.themes.listing import coverage
from synth.themes.proposal import Proposal, Scope
from synth.themes.publishing import hold, publish
from synth.themes.reading import active_themes
from synth.themes.running import propose

OUTGROWN = 2.0  # a store this many times as large as at the last run over everything is looked at whole
LEAST = 50  # excerpts below which no first themes are sought unasked
UNASSIGNED_LEAST = 50  # unassigned excerpts, and…
UNASSIGNED_SHARE = 0.1  # …their share of the store, from which new themes are sought after an import
EVERY = timedelta(days=7)  # from one run over everything to the next


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The run that came of a proposal, and whether it is in force."""

    run: str
    state: str


def update_themes(parts: Parts, held: ledger.Claim) -> None:
    """After an import: look at the themes if that is due, then have insights drafted.

    While other imports are still being read or wait for their look, theirs is the job that looks: one run over all of
    it is better.
    """
    with parts.database.read() as session:
        coming = ledger.unfinished_kinds(session, held.workspace, ("intake", "embed", "renew"))
        waits = ledger.another_waits(session, held, now=parts.now())
        due = not coming and not waits and _is_due(session, held.workspace)
    scope: Scope = "all"
    if not waits:
        _measure(parts, held.workspace)
    proposal = _propose(parts, held, scope) if due else None
    _finish(parts, held, {"scope": scope if due else None}, proposal)


def discover_themes(parts: Parts, held: ledger.Claim) -> None:
    """Asked for by a person or the calendar."""
    scope: Scope = held.payload.get("scope", "all")
    _finish(parts, held, {"scope": scope}, _propose(parts, held, scope))


def weekly_run_is_due(session: Session, workspace: str, parts: Parts) -> bool:
    """True when there is feedback the last look at everything did not see, and that look is a week old."""
    if not active_themes(session, workspace) or coverage(session, workspace)[0] <= _seen(session, workspace):
        return False
    run, job = tables.Run, tables.Job
    runs = select(run.started_at).where(run.workspace_id == workspace, run.scope.in_(("all", "anew")))
    jobs = select(job.finished_at).where(
        job.workspace_id == workspace, job.kind == "discover", job.finished_at.is_not(None)
    )
    looks = [*session.scalars(runs), *(at for at in session.scalars(jobs) if at)]
    return not looks or max(looks) + EVERY <= parts.now()


def _is_due(session: Session, workspace: str) -> bool:
    """Whether to look: while there are no themes, or the store has outgrown them, or much of it is on none."""
    excerpts, unassigned = coverage(session, workspace)
    if not active_themes(session, workspace):
        return excerpts >= LEAST
    if excerpts >= OUTGROWN * _seen(session, workspace):
        return True
    return unassigned - _unassigned_then(session, workspace) >= max(UNASSIGNED_LEAST, UNASSIGNED_SHARE * excerpts)


def _unassigned_then(session: Session, workspace: str) -> int:
    """How many excerpts the last run left unassigned: those it has looked at already."""
    query = select(tables.Run.figures).where(tables.Run.workspace_id == workspace, tables.Run.scope != "part")
    figures = session.scalar(query.order_by(tables.Run.started_at.desc()).limit(1))
    return int(figures["unassigned"]) if figures else 0


def _seen(session: Session, workspace: str) -> int:
    """How many excerpts the last run over everything saw, whether or not it was applied."""
    whole = select(tables.Run.figures).where(
        tables.Run.workspace_id == workspace, tables.Run.scope.in_(("all", "anew"))
    )
    figures = session.scalar(whole.order_by(tables.Run.started_at.desc()).limit(1))
    return int(figures["excerpts"]) if figures else 0


def _propose(parts: Parts, held: ledger.Claim, scope: Scope) -> Proposal | None:
    with parts.database.write() as session:
        ledger.advance(session, held, now=parts.now(), stage="finding themes", done=0)
    return propose(parts, held.workspace, scope)


def _finish(parts: Parts, held: ledger.Claim, result: dict[str, Any], proposal: Proposal | None) -> None:
    """Write what was found, end the job and queue the insights in one transaction: no run is made twice."""
    with parts.database.write() as session:
        now = parts.now()
        outcome = _decide(session, parts, held.workspace, proposal) if proposal else None
        if outcome and outcome.state == "published":
            teach_after_run(session, parts, held.workspace)
        told = {"run": outcome.run, "state": outcome.state} if outcome else {"run": None}
        ledger.finish(session, held, now=now, result=result | told)
        subject = session.scalar(select(tables.Job.subject).where(tables.Job.id == held.id))
        key = f"insights:{subject or held.id}"
        again = subject is None
        ledger.enqueue(session, held.workspace, "insights", {}, key=key, subject=subject, now=now, again=again)
    if outcome and outcome.state == "published":
        _measure(parts, held.workspace)


def _measure(parts: Parts, workspace: str) -> None:
    """Let the database plan for a store of the size it has now."""
    with parts.database.read() as session:
        excerpts, unassigned = coverage(session, workspace)
    parts.database.measure(workspace, excerpts, excerpts - unassigned)


def _decide(session: Session, parts: Parts, workspace: str, proposal: Proposal) -> _Outcome:
    """Policy: a look at everything anew waits for a person; what the guard finds fault with is refused."""
    if proposal.scope == "anew" and active_themes(session, workspace):
        return _Outcome(hold(session, parts, workspace, proposal, "proposed"), "proposed")
    if faults := find_faults(session, workspace, proposal):
        return _Outcome(hold(session, parts, workspace, proposal, "refused", faults), "refused")
    return _Outcome(publish(session, parts, workspace, proposal), "published")
