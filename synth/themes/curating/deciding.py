"""Carrying a decision out, or only showing what it would do; either way it is the same code that runs."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.rows import next_numbers
from synth.themes import keeping
from synth.themes.areas import request_areas
from synth.themes.curating.columns import changes, snapshot
from synth.themes.curating.creating import plan_create
from synth.themes.curating.effects import Effect, compare, take_picture
from synth.themes.curating.marking import (
    plan_apart,
    plan_exclude,
    plan_parent,
    plan_pin,
    plan_rename,
    plan_teach,
)
from synth.themes.curating.merging import plan_merge
from synth.themes.curating.moving import Cause, count_moved
from synth.themes.curating.plans import Outcome, Plan
from synth.themes.curating.regrouping import plan_move
from synth.themes.curating.splitting import plan_split
from synth.themes.curating.wanted import (
    Apart,
    Create,
    Exclude,
    Merge,
    Move,
    Parent,
    Pin,
    Rename,
    Split,
    Teach,
    Wanted,
)

_PLANS: Mapping[type, Callable[..., Plan]] = {
    Rename: plan_rename,
    Merge: plan_merge,
    Split: plan_split,
    Move: plan_move,
    Exclude: plan_exclude,
    Pin: plan_pin,
    Parent: plan_parent,
    Apart: plan_apart,
    Teach: plan_teach,
    Create: plan_create,
}
SHAPING = ("merge", "split", "move", "exclude", "pin", "apart", "create")  # what a run that waits did not know of
_TEACHING = ("move", "split", "teach")
_TELLING = ("merge", "split", "create")


def decide(
    session: Session, parts: Parts, workspace: str, actor: str, wanted: Wanted
) -> tuple[tables.Decision, Effect]:
    """Carry a decision out in the caller's transaction, record it, and queue what follows from it.

    Raises BadInput, NotFound or Conflict with what to do about it; nothing is changed then.
    """
    plan = _PLANS[type(wanted)](session, parts, workspace, wanted)
    id = f"D{next_numbers(session, workspace, 'decision', 1)[0]}"
    cause = Cause(workspace, id, parts.now())
    before, columns_before = take_picture(session, workspace, plan.touched), snapshot(session, workspace)
    outcome = plan.carry_out(cause)
    session.flush()
    session.expire_all()
    touched = tuple(dict.fromkeys((*plan.touched, *outcome.created)))
    effect = compare(before, take_picture(session, workspace, touched), count_moved(session, workspace, id))
    columns = changes(columns_before, snapshot(session, workspace))
    _write(session, plan, outcome, cause, actor=actor, touched=touched, columns=columns, excerpts=effect.excerpts)
    _write_lineage(session, cause, outcome, effect.excerpts)
    if plan.kind in SHAPING:
        supersede(session, workspace, touched)
    queue_consequences(session, parts, workspace, plan.kind)
    return session.get_one(tables.Decision, (workspace, id)), effect


def preview(
    session: Session, parts: Parts, workspace: str, actor: str, wanted: Wanted
) -> tuple[tables.Decision, Effect]:
    """What `decide` would do, in the caller's transaction, which is as it was before when this returns."""
    attempt = session.begin_nested()
    try:
        decision, effect = decide(session, parts, workspace, actor, wanted)
        session.expunge(decision)
    finally:
        attempt.rollback()
    return decision, effect


def supersede(session: Session, workspace: str, themes: Collection[str]) -> None:
    """A run that waits for a person and speaks of these themes was made before the decision; it waits no longer."""
    waiting = keeping.waiting_runs(session, workspace)
    keeping.supersede(session, [run for run in waiting if not _spoken_of(session, run).isdisjoint(themes)])


def _spoken_of(session: Session, run: tables.Run) -> set[str]:
    """The themes a run that waits says something about; none where its proposal is no longer kept."""
    content = keeping.load(session, run.workspace_id, run.id)
    if content is None:
        return set()
    proposal = keeping.unpack(content)
    named = {str(other) for event in proposal.events for other in event.others}
    return (
        named
        | {event.theme_id for event in proposal.events if event.theme_id}
        | {pair.theme_id for pair in proposal.matches}
    )


def queue_consequences(session: Session, parts: Parts, workspace: str, kind: str) -> None:
    """Have placement learn from what people moved, and insights and areas drawn of themes that are new or changed."""
    if kind in _TEACHING:
        ledger.enqueue(session, workspace, "teach", {}, key="teach", now=parts.now(), again=True)
    if kind in _TELLING:
        ledger.enqueue(session, workspace, "insights", {}, key="insights", now=parts.now(), again=True)
        request_areas(session, parts, workspace)


def _write(
    session: Session,
    plan: Plan,
    outcome: Outcome,
    cause: Cause,
    *,
    actor: str,
    touched: tuple[str, ...],
    columns: tuple[Any, Any],
    excerpts: int,
) -> None:
    named = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == cause.workspace, tables.Theme.id.in_(touched)
    )
    row = {
        "workspace_id": cause.workspace,
        "id": cause.decision,
        "actor": actor,
        "kind": plan.kind,
        "theme_id": plan.theme or outcome.created[0],
        "before": {"columns": columns[0]},
        "after": {
            "wanted": dict(plan.asked),
            "columns": columns[1],
            "themes": list(touched),
            "created": list(outcome.created),
            "homes": dict(outcome.homes),
            "described": list(outcome.described),
            "names": {each.id: each.name for each in session.execute(named)},
            "excerpts": excerpts,
        },
        "created_at": cause.now,
    }
    session.execute(insert(tables.Decision), [row])


def _write_lineage(session: Session, cause: Cause, outcome: Outcome, excerpts: int) -> None:
    rows = [
        {
            "workspace_id": cause.workspace,
            "run_id": cause.decision,
            "theme_id": theme,
            "event": event,
            "others": list(others),
            "overlap": 1.0,
            "size": excerpts,
        }
        for theme, event, others in outcome.lineage
    ]
    if rows:
        session.execute(insert(tables.Lineage), rows)
