"""Merging: several themes become one of them; the others live on as what leads to it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict
from synth.parts import Parts
from synth.store import tables
from synth.themes.curating.columns import set_columns
from synth.themes.curating.members import refresh_shape
from synth.themes.curating.moving import Cause, carry_all
from synth.themes.curating.plans import Outcome, Plan, by_number, find_theme
from synth.themes.curating.standing import pairs_apart, standing_decisions
from synth.themes.curating.wanted import Merge


def plan_merge(session: Session, parts: Parts, workspace: str, wanted: Merge) -> Plan:
    """All excerpts of the themes go to `into`; a run that finds one of them again puts it there too."""
    into = find_theme(session, workspace, wanted.into, states=("active",))
    gone = [find_theme(session, workspace, id, states=("active",)).id for id in wanted.themes]
    if into.id in gone:
        raise BadInput(f"{into.id} is what the others are merged into; leave it out of those that go.")
    _refuse_apart(session, workspace, {into.id, *gone})

    def carry_out(cause: Cause) -> Outcome:
        for theme in gone:
            carry_all(session, cause, theme, into.id)
            set_columns(session, workspace, theme, state="merged", pinned=False, parent_id=None)
        _adopt(session, workspace, gone, into.id)
        refresh_shape(session, parts, workspace, [into.id])
        return Outcome(lineage=tuple((theme, "merged", (into.id,)) for theme in gone))

    return Plan("merge", into.id, (into.id, *gone), {"themes": gone, "into": into.id}, carry_out)


def _refuse_apart(session: Session, workspace: str, themes: set[str]) -> None:
    """Two themes that a person kept apart are not merged before that is undone."""
    for decision in standing_decisions(session, workspace):
        for pair in pairs_apart([decision]):
            if pair <= themes:
                first, second = by_number(pair)
                raise Conflict(f"{decision.id} says that {first} and {second} are not the same; undo it first.")


def _adopt(session: Session, workspace: str, gone: list[str], into: str) -> None:
    """What was a part of a theme that went is a part of the one it went into; that one is a part of none of them."""
    theme = tables.Theme
    children = (theme.workspace_id == workspace) & theme.parent_id.in_(gone)
    session.execute(update(theme).where(children, theme.id != into).values(parent_id=into))
    session.execute(update(theme).where(children, theme.id == into).values(parent_id=None))
