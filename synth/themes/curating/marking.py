"""Decisions that mark a theme: its name, its pin, its place under another, whether it is shown, whether it learns."""

from sqlalchemy.orm import Session

from synth.errors import Conflict
from synth.parts import Parts
from synth.store import tables
from synth.themes.curating.columns import set_columns
from synth.themes.curating.moving import Cause
from synth.themes.curating.naming import check_name
from synth.themes.curating.plans import Outcome, Plan, find_theme
from synth.themes.curating.standing import pairs_apart, standing_decisions
from synth.themes.curating.wanted import Apart, Exclude, Parent, Pin, Rename, Teach


def plan_rename(session: Session, parts: Parts, workspace: str, wanted: Rename) -> Plan:  # noqa: ARG001 - as all plans
    """The theme keeps the name a person gives it."""
    theme = find_theme(session, workspace, wanted.theme)
    name = check_name(session, workspace, wanted.name, but=theme.id)
    if (theme.name, theme.name_origin) == (name, "human"):
        raise Conflict(f"{theme.id} is called “{name}” already.")

    def carry_out(cause: Cause) -> Outcome:
        set_columns(session, cause.workspace, theme.id, name=name, name_origin="human")
        return Outcome()

    return Plan("rename", theme.id, (theme.id,), {"name": name}, carry_out)


def plan_pin(session: Session, parts: Parts, workspace: str, wanted: Pin) -> Plan:  # noqa: ARG001 - as all plans
    """No run touches a pinned theme."""
    theme = find_theme(session, workspace, wanted.theme)
    if theme.pinned == wanted.pinned:
        raise Conflict(f"{theme.id} “{theme.name}” is {'pinned already' if wanted.pinned else 'not pinned'}.")

    def carry_out(cause: Cause) -> Outcome:
        set_columns(session, cause.workspace, theme.id, pinned=wanted.pinned)
        return Outcome()

    return Plan("pin", theme.id, (theme.id,), {"pinned": wanted.pinned}, carry_out)


def plan_exclude(session: Session, parts: Parts, workspace: str, wanted: Exclude) -> Plan:  # noqa: ARG001 - as all
    """An excluded theme keeps its excerpts and takes in what is like them; none of it is shown or counted."""
    theme = find_theme(session, workspace, wanted.theme)
    state = "excluded" if wanted.excluded else "active"
    if theme.state == state:
        raise Conflict(f"{theme.id} “{theme.name}” is {'excluded already' if wanted.excluded else 'not excluded'}.")

    def carry_out(cause: Cause) -> Outcome:
        set_columns(session, cause.workspace, theme.id, state=state)
        return Outcome()

    return Plan("exclude", theme.id, (theme.id,), {"excluded": wanted.excluded}, carry_out)


def plan_parent(session: Session, parts: Parts, workspace: str, wanted: Parent) -> Plan:  # noqa: ARG001 - as all plans
    """A theme can be a part of one other, and never of itself, however long the way round."""
    theme = find_theme(session, workspace, wanted.theme)
    if theme.parent_id == wanted.parent:
        raise Conflict(f"{theme.id} is {f'a part of {wanted.parent} already' if wanted.parent else 'a part of none'}.")
    above = wanted.parent
    while above is not None:
        if above == theme.id:
            raise Conflict(f"{wanted.parent} is {theme.id} itself or a part of it; choose another theme.")
        above = find_theme(session, workspace, above).parent_id
    touched = tuple(dict.fromkeys(id for id in (theme.id, theme.parent_id, wanted.parent) if id))

    def carry_out(cause: Cause) -> Outcome:
        set_columns(session, cause.workspace, theme.id, parent_id=wanted.parent)
        return Outcome()

    return Plan("parent", theme.id, touched, {"parent": wanted.parent}, carry_out)


def plan_apart(session: Session, parts: Parts, workspace: str, wanted: Apart) -> Plan:  # noqa: ARG001 - as all plans
    """Two themes stay two; it is the runs that read this."""
    theme = find_theme(session, workspace, wanted.theme)
    other = find_theme(session, workspace, wanted.other)
    if theme.id == other.id:
        raise Conflict(f"{theme.id} is one theme; name two.")
    if frozenset((theme.id, other.id)) in pairs_apart(standing_decisions(session, workspace)):
        raise Conflict(f"{theme.id} and {other.id} are apart already.")
    return Plan("apart", theme.id, (theme.id, other.id), {"other": other.id}, lambda _: Outcome())


def plan_teach(session: Session, parts: Parts, workspace: str, wanted: Teach) -> Plan:  # noqa: ARG001 - as all plans
    """Whether placement on the theme follows what the moves of people taught, or its centre alone."""
    theme = find_theme(session, workspace, wanted.theme)
    lesson = session.get(tables.Lesson, (workspace, theme.id))
    if lesson is None:
        raise Conflict(f"Nothing was taught about {theme.id} yet: move excerpts to it or away from it first.")
    if (lesson.state != "off") == wanted.taught:
        said = "already" if wanted.taught else "not"
        raise Conflict(f"Placement on {theme.id} is {said} open to what moves teach.")

    def carry_out(cause: Cause) -> Outcome:  # noqa: ARG001 - the lesson is read anew from the decisions
        return Outcome()

    return Plan("teach", theme.id, (theme.id,), {"taught": wanted.taught}, carry_out)
