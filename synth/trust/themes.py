"""How far the themes can be trusted: how much they cover, whether they stay, whether people agree with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from synth.answers.wording import say_number
from synth.store import tables
from synth.themes.listing import coverage
from synth.trust.figures import Figure, say_rate
from synth.trust.intervals import wilson

AGAIN = "Take in more feedback and run `synth discover`; a run is compared with the themes before it."


def measure_coverage(session: Session, workspace: str, now: datetime) -> Figure:
    """The share of what people said that is on a theme."""
    excerpts, unassigned = coverage(session, workspace)
    common: dict[str, Any] = {"name": "coverage", "title": "On a theme", "group": "Themes"}
    if not excerpts:
        return Figure(**common, meaning="Not measured: there is no feedback yet.", how="Run `synth ingest FILE`.")
    covered = excerpts - unassigned
    low, high = wilson(covered, excerpts)
    return Figure(
        **common,
        meaning=f"{say_rate(covered / excerpts)} of what people said is on a theme.",
        note=f"{say_number(unassigned)} excerpts are on none; they are searched and counted all the same.",
        how="All excerpts of people, without an interviewer's words, counted now.",
        value=covered / excerpts,
        low=low,
        high=high,
        n=excerpts,
        unit="excerpts",
        measured_at=now,
    )


def measure_stability(session: Session, workspace: str) -> Figure:
    """The share of excerpts that kept their theme in the last run that had themes to be compared with."""
    common: dict[str, Any] = {"name": "stability", "title": "Kept their theme", "group": "Themes"}
    run = _compared_run(session, workspace)
    if run is None:
        first = "Not measured: no run over everything has had themes before it to be compared with."
        return Figure(**common, meaning=first, how=AGAIN)
    kept, size = float(run.figures["stability"]), int(run.figures["compared"])
    low, high = wilson(round(kept * size), size)
    return Figure(
        **common,
        meaning=f"{say_rate(kept)} of the excerpts that had a theme before run {run.id} have the same theme after it.",
        how="Themes before and after the run are paired by their members, one to one; ids and names play no part.",
        value=kept,
        low=low,
        high=high,
        n=size,
        unit="excerpts with a theme before",
        measured_at=run.finished_at or run.started_at,
    )


def measure_corrections(session: Session, workspace: str) -> Figure:
    """The share of excerpts a person decided about that the machine had put on the same theme."""
    common: dict[str, Any] = {"name": "corrections", "title": "Left as they were by people", "group": "Themes"}
    moved, last = _moved(session, workspace)
    confirmed, newest = _confirmed(session, workspace)
    of = moved + confirmed
    if not of:
        how = "Move excerpts that are on the wrong theme to the right one; each move counts."
        return Figure(**common, meaning="Not measured: nobody has moved or confirmed an excerpt yet.", how=how)
    low, high = wilson(confirmed, of)
    return Figure(
        **common,
        meaning=(
            f"Of {say_number(of)} excerpts that a person decided about, the machine had {say_rate(confirmed / of)} on "
            "the same theme."
        ),
        note="People act on what looks wrong, so among all excerpts the agreement is higher.",
        how="Excerpts a person moved, against those a person put where they were; decisions that were undone are out.",
        value=confirmed / of,
        low=low,
        high=high,
        n=of,
        unit="excerpts decided by people",
        measured_at=max(at for at in (last, newest) if at is not None),
    )


def _compared_run(session: Session, workspace: str) -> tables.Run | None:
    query = select(tables.Run).where(tables.Run.workspace_id == workspace, tables.Run.state == "published")
    runs = session.scalars(query.order_by(tables.Run.started_at.desc()))
    return next((run for run in runs if run.figures.get("compared")), None)


def _moved(session: Session, workspace: str) -> tuple[int, datetime | None]:
    """Excerpts that a person moved to another theme or off every theme, and when the last one was."""
    query = (
        select(func.count(distinct(tables.AssignmentChange.excerpt_id)), func.max(tables.Decision.created_at))
        .join(
            tables.Decision,
            (tables.Decision.workspace_id == tables.AssignmentChange.workspace_id)
            & (tables.Decision.id == tables.AssignmentChange.cause),
        )
        .where(
            tables.AssignmentChange.workspace_id == workspace,
            tables.Decision.kind == "move",
            tables.Decision.undone_at.is_(None),
        )
    )
    count, last = session.execute(query).one()
    return int(count), last


def _confirmed(session: Session, workspace: str) -> tuple[int, datetime | None]:
    """Excerpts that a person put on the theme they were on: no decision moved them."""
    decided = select(tables.Decision.id).where(tables.Decision.workspace_id == workspace)
    moved = select(tables.AssignmentChange.excerpt_id).where(
        tables.AssignmentChange.workspace_id == workspace, tables.AssignmentChange.cause.in_(decided)
    )
    query = select(func.count(), func.max(tables.Assignment.created_at)).where(
        tables.Assignment.workspace_id == workspace,
        tables.Assignment.origin == "human",
        tables.Assignment.excerpt_id.not_in(moved),
    )
    count, last = session.execute(query).one()
    return int(count), last
