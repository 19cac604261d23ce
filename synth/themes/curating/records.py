"""Reading decisions: the list of them, newest first, each with what stands in the way of undoing it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.reading import Listed, Page
from synth.themes.curating.effects import Effect
from synth.themes.curating.members import load_members
from synth.themes.curating.plans import find_theme
from synth.themes.curating.standing import standing_decisions
from synth.themes.curating.suggesting import Suggestion, suggest
from synth.themes.curating.undoing import blocking, find_decision
from synth.themes.curating.wording import say
from synth.wire.curating import decision_document, effect_document
from synth.wire.values import moment


def list_decisions(session: Session, workspace: str, page: Page, *, theme: str | None = None) -> Listed:
    """The decisions, newest first; those about one theme when it is named. They are made by hand, so never too many."""
    query = select(tables.Decision).where(tables.Decision.workspace_id == workspace)
    decisions = sorted(session.scalars(query), key=lambda decision: int(decision.id[1:]))
    standing = [decision for decision in decisions if decision.undone_at is None]
    wanted = [each for each in reversed(decisions) if theme is None or theme in each.after["themes"]]
    places = [each.id for each in wanted]
    start = places.index(page.after[1]) + 1 if page.after and page.after[1] in places else 0
    shown = wanted[start : start + page.limit]
    ends = (moment(shown[-1].created_at), shown[-1].id) if start + page.limit < len(wanted) else None
    return Listed([describe(decision, standing) for decision in shown], ends)


def get_decision(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One decision; raises NotFound."""
    return describe(find_decision(session, workspace, id), standing_decisions(session, workspace))


def describe(decision: tables.Decision, standing: list[tables.Decision]) -> dict[str, Any]:
    """A decision as a document, with the later one that has to be undone before it."""
    later = blocking(standing, decision) if decision.undone_at is None else None
    return decision_document(decision, say(decision), later.id if later else None)


def tell(decision: tables.Decision, effect: Effect) -> dict[str, Any]:
    """A decision with what it does to the numbers."""
    return {"decision": decision_document(decision, say(decision), None), "effect": effect_document(effect)}


def suggest_parts(session: Session, parts: Parts, workspace: str, theme: str) -> list[Suggestion]:
    """What a theme could be split into; raises NotFound."""
    find_theme(session, workspace, theme, states=("active",))
    return suggest(load_members(session, parts, workspace, theme), parts.embedder)
