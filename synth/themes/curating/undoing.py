"""Undoing a decision: the themes and excerpts go back to how they were, as far as nothing else was done to them."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from synth.errors import Conflict, NotFound
from synth.parts import Parts
from synth.store import tables
from synth.themes.curating.columns import restore, set_columns
from synth.themes.curating.deciding import SHAPING, queue_consequences, supersede
from synth.themes.curating.effects import Effect, compare, take_picture
from synth.themes.curating.members import refresh_quotes, refresh_shape
from synth.themes.curating.moving import Cause, clear, count_moved, give_back
from synth.themes.curating.standing import IN_FORCE, standing_decisions
from synth.themes.curating.wording import say


def undo(session: Session, parts: Parts, workspace: str, actor: str, id: str) -> tuple[tables.Decision, Effect]:
    """Take a decision back in the caller's transaction.

    Raises NotFound; Conflict when it was undone before, or when a later decision about one of its themes stands.
    """
    decision = find_decision(session, workspace, id)
    if decision.undone_at is not None:
        raise Conflict(f"{id} was undone already.")
    themes = decision.after["themes"]
    _refuse_out_of_order(session, workspace, decision)
    cause = Cause(workspace, f"{id}/undo", parts.now())
    before = take_picture(session, workspace, themes)
    renewed = restore(session, workspace, decision.before["columns"], decision.after["columns"])
    give_back(session, cause, id)
    for theme in decision.after["created"]:
        clear(session, cause, theme, decision.after["homes"][theme])
        set_columns(session, workspace, theme, state="retired", pinned=False)
    _mark_undone(session, cause, decision, actor)
    session.flush()
    session.expire_all()
    refresh_shape(session, parts, workspace, _in_force(session, workspace, renewed))
    refresh_quotes(session, parts, workspace, _in_force(session, workspace, themes))
    if decision.kind in SHAPING:
        supersede(session, workspace, themes)
    queue_consequences(session, parts, workspace, decision.kind)
    moved = count_moved(session, workspace, cause.decision)
    return decision, compare(before, take_picture(session, workspace, themes), moved)


def find_decision(session: Session, workspace: str, id: str) -> tables.Decision:
    """One decision; raises NotFound."""
    decision = session.get(tables.Decision, (workspace, id))
    if decision is None:
        raise NotFound(f"There is no decision {id}; `synth themes decisions` lists those there are.")
    return decision


def blocking(decisions: list[tables.Decision], decision: tables.Decision) -> tables.Decision | None:
    """The newest standing decision about one of the same themes that came after; it has to be undone before."""
    mine, number = set(decision.after["themes"]), int(decision.id[1:])
    later = [each for each in decisions if int(each.id[1:]) > number and mine & set(each.after["themes"])]
    return later[-1] if later else None


def _refuse_out_of_order(session: Session, workspace: str, decision: tables.Decision) -> None:
    later = blocking(standing_decisions(session, workspace), decision)
    if later is not None:
        raise Conflict(f"{later.id} ({say(later)}) came later and stands on the same themes; undo it first.")


def _mark_undone(session: Session, cause: Cause, decision: tables.Decision, actor: str) -> None:
    """The lineage says that a merge or a split was taken back; what was said before stays said."""
    decision.undone_at, decision.undone_by = cause.now, actor
    if decision.kind not in ("merge", "split"):
        return
    returned = decision.after["wanted"]["themes"] if decision.kind == "merge" else decision.after["created"]
    rows = [
        {
            "workspace_id": cause.workspace,
            "run_id": decision.id,
            "theme_id": theme,
            "event": "restored" if decision.kind == "merge" else "retired",
            "others": [decision.theme_id],
            "overlap": 1.0,
            "size": decision.after["excerpts"],
        }
        for theme in returned
    ]
    session.execute(insert(tables.Lineage), rows)


def _in_force(session: Session, workspace: str, themes: list[str]) -> list[str]:
    found = [session.get_one(tables.Theme, (workspace, theme)) for theme in themes]
    return [theme.id for theme in found if theme.state in IN_FORCE]
