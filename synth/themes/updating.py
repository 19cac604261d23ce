"""The theme jobs: after an import, where themes are missing or enough is unassigned; on demand, all anew."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import ledger, tables
from synth.themes.listing import coverage
from synth.themes.publishing import publish
from synth.themes.reading import active_themes
from synth.themes.running import Proposal, Scope, propose

OUTGROWN = 2.0  # a store this many times as large as at the last run over everything is looked at whole
LEAST = 50  # excerpts below which no first themes are sought unasked
UNASSIGNED_LEAST = 50  # unassigned excerpts, and…
UNASSIGNED_SHARE = 0.1  # …their share of the store, from which new themes are sought after an import


def update_themes(parts: Parts, held: ledger.Claim) -> None:
    """After an import: seek themes if they are due, then have insights drafted.

    While other imports are still being read, theirs is the job that looks: one discovery over all of it is better.
    """
    with parts.database.read() as session:
        coming = ledger.unfinished_kinds(session, held.workspace, ("intake", "embed", "renew"))
        scope = None if coming else _due(session, held.workspace)
    proposal = _propose(parts, held, scope) if scope is not None else None
    _finish(parts, held, {"scope": scope}, proposal)


def discover_themes(parts: Parts, held: ledger.Claim) -> None:
    """Asked for by a person: look at everything anew; themes that are found again keep their ids and names."""
    scope: Scope = held.payload.get("scope", "all")
    _finish(parts, held, {"scope": scope}, _propose(parts, held, scope))


def _due(session: Session, workspace: str) -> Scope | None:
    """What to look at: everything while there are no themes or the store has outgrown them, else what is unassigned."""
    excerpts, unassigned = coverage(session, workspace)
    if not active_themes(session, workspace):
        return "all" if excerpts >= LEAST else None
    if excerpts >= OUTGROWN * _seen_by_last_whole_run(session, workspace):
        return "all"
    fresh = unassigned - _unassigned_then(session, workspace)
    return "unassigned" if fresh >= max(UNASSIGNED_LEAST, UNASSIGNED_SHARE * excerpts) else None


def _unassigned_then(session: Session, workspace: str) -> int:
    """How many excerpts the last published run left unassigned: those it has looked at already."""
    query = select(tables.Run.figures).where(tables.Run.workspace_id == workspace, tables.Run.state == "published")
    figures = session.scalar(query.order_by(tables.Run.started_at.desc()).limit(1))
    return int(figures["unassigned"]) if figures else 0


def _seen_by_last_whole_run(session: Session, workspace: str) -> int:
    """How many excerpts the last run over everything saw."""
    whole = select(tables.Run.figures).where(
        tables.Run.workspace_id == workspace, tables.Run.state == "published", tables.Run.scope == "all"
    )
    figures = session.scalar(whole.order_by(tables.Run.started_at.desc()).limit(1))
    return int(figures["excerpts"]) if figures else 0


def _propose(parts: Parts, held: ledger.Claim, scope: Scope) -> Proposal | None:
    with parts.database.write() as session:
        ledger.advance(session, held, now=parts.now(), stage="finding themes", done=0)
    return propose(parts, held.workspace, scope)


def _finish(parts: Parts, held: ledger.Claim, result: dict[str, Any], proposal: Proposal | None) -> None:
    """Publish what was found, end the job and queue the insights in one transaction: no run is made twice."""
    with parts.database.write() as session:
        now = parts.now()
        run = publish(session, parts, held.workspace, proposal) if proposal else None
        ledger.finish(session, held, now=now, result=result | {"run": run})
        subject = session.scalar(select(tables.Job.subject).where(tables.Job.id == held.id))
        key = f"insights:{subject or held.id}"
        again = subject is None
        ledger.enqueue(session, held.workspace, "insights", {}, key=key, subject=subject, now=now, again=again)
