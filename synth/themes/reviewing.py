"""What a person does with a run: accept one that waits, roll back one that is in force; whole or not at all."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.errors import Conflict, NotFound
from synth.model import WAITING
from synth.parts import Parts
from synth.store import tables
from synth.store.everybody import told
from synth.store.rows import chunks, one_of
from synth.store.stamp import sees_all
from synth.themes import keeping
from synth.themes.areas import request_areas
from synth.themes.assigning import place_excerpts
from synth.themes.changes import Change, choose, is_merge, list_changes, read_on
from synth.themes.curating.deciding import decide
from synth.themes.curating.wanted import Merge
from synth.themes.proposal import Cluster, Proposal
from synth.themes.publishing import (
    account,
    put_in_force,
    read_assignments,
    record_changes,
    theme_of,
    write_assignments,
)
from synth.themes.reading import theme_names


def accept(
    session: Session,
    parts: Parts,
    workspace: str,
    run_id: str,
    *,
    actor: str,
    changes: Collection[str] | None = None,
) -> None:
    """Put a run in force that waits, or only the named changes of it, in the caller's transaction.

    A merge it proposes becomes a decision of the actor, so that later runs respect it and it can be undone. Raises
    NotFound; Conflict where no such run waits; BadInput for a change it does not have.
    """
    run = _find(session, workspace, run_id)
    if run.state not in WAITING:
        raise Conflict(_why_not(run))
    proposal = _load_proposal(session, run)
    if proposal is None:
        raise Conflict(f"What {run_id} proposed is no longer kept; start a new run.")
    if changes is not None:
        on = read_on(session, workspace)
        left_out = sum(change.key not in changes for change in list_changes(session, workspace, proposal, on))
        proposal = choose(proposal, changes, on)
        proposal = replace(proposal, figures={**proposal.figures, "left_out": left_out})
    merges = [event for event in proposal.events if is_merge(event)]
    written = replace(proposal, events=tuple(event for event in proposal.events if not is_merge(event)))
    put_in_force(session, parts, workspace, written, run_id)
    run.state, run.finished_at = "published", parts.now()
    session.flush()
    for event in merges:
        wanted = Merge(themes=(str(event.theme_id),), into=str(event.others[0]))
        decide(session, parts, workspace, actor, wanted)
    run.figures = account(session, workspace, proposal)
    session.flush()


def waiting_changes(session: Session, workspace: str, run_id: str) -> list[Change]:
    """What a run that waits would change; nothing where it does not wait. Raises NotFound.

    Who may not see all it was made from sees what it does with the rest.
    """
    run = _find(session, workspace, run_id)
    proposal = _load_proposal(session, run) if run.state in WAITING else None
    if proposal is None:
        return []
    if sees_all(session):
        return list_changes(session, workspace, proposal, read_on(session, workspace))
    seen = _as_seen(session, workspace, proposal)
    changes = list_changes(session, workspace, seen, read_on(session, workspace))
    return [replace(each, name=told(session, workspace, each.name, "A group of excerpts")) for each in changes]


def _as_seen(session: Session, workspace: str, proposal: Proposal) -> Proposal:
    """The proposal over the excerpts and themes that are not left out for who reads."""
    members = [id for cluster in proposal.clusters for id in cluster.members]
    excerpt = tables.Excerpt
    ids = {*proposal.seen, *members}
    query = select(excerpt.id).where(excerpt.workspace_id == workspace, one_of(session, excerpt.id, ids))
    shown, names = set(session.scalars(query)), theme_names(session, workspace)
    matches = tuple(pair for pair in proposal.matches if pair.theme_id in names)
    unseen = {pair.cluster for pair in proposal.matches} - {pair.cluster for pair in matches}
    clusters = (
        replace(each, members=tuple(id for id in each.members if id in shown))
        for each in proposal.clusters
        if each.number not in unseen
    )
    return replace(
        proposal,
        seen=tuple(id for id in proposal.seen if id in shown),
        clusters=tuple(each for each in clusters if each.members),
        matches=matches,
        events=tuple(
            each for each in proposal.events if not is_merge(each) or {each.theme_id, each.others[0]} <= names.keys()
        ),
    )


def roll_back(session: Session, parts: Parts, workspace: str, run_id: str) -> None:
    """Take back all that a run did, in the caller's transaction.

    The themes it gave birth to are retired, what it moved returns, and what came to a theme that is gone is placed
    anew. Raises NotFound; Conflict where the run is not in force, or a later run or decision builds on it.
    """
    run = _find(session, workspace, run_id)
    if run.state != "published":
        raise Conflict(f"{run_id} is {_said(run.state)}; only a run that is in force can be rolled back.")
    _refuse_later_runs(session, run)
    content = keeping.load(session, workspace, run_id)
    if content is None:
        raise Conflict(f"{run_id} was applied by an earlier version, which kept nothing to roll it back with.")
    _refuse_decisions(session, run, {*content["themes"], *content["born"]})
    loose = _give_back(session, parts, workspace, run_id, content)
    for theme, columns in content["themes"].items():
        _set(session, workspace, theme, columns)
    for theme in content["born"]:
        _set(session, workspace, theme, {"state": "retired"})
    run.state = "rolled_back"
    keeping.drop(session, workspace, run_id)
    session.flush()
    place_excerpts(session, parts, workspace, loose)
    request_areas(session, parts, workspace)


def _find(session: Session, workspace: str, run_id: str) -> tables.Run:
    run = session.get(tables.Run, (workspace, run_id))
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return run


def _why_not(run: tables.Run) -> str:
    if run.state == "superseded":
        return f"A later run has looked at the themes since {run.id} was made; start a new one to see what it finds."
    return f"{run.id} is {_said(run.state)}; only a run that waits can be accepted."


def _said(state: str) -> str:
    return {"published": "in force", "rolled_back": "rolled back"}.get(state, state)


def _load_proposal(session: Session, run: tables.Run) -> Proposal | None:
    """What a run that waits proposes, without the excerpts that were erased since; None where it is not kept."""
    content = keeping.load(session, run.workspace_id, run.id)
    if content is None:
        return None
    proposal = keeping.unpack(content)
    there = _existing(session, run.workspace_id, proposal.seen)
    if len(there) == len(proposal.seen):
        return proposal
    clusters = [_only(cluster, there) for cluster in proposal.clusters]
    return replace(
        proposal,
        seen=tuple(id for id in proposal.seen if id in there),
        clusters=tuple(cluster for cluster in clusters if cluster.members),
    )


def _only(cluster: Cluster, there: set[str]) -> Cluster:
    """The cluster without those that are gone; its exemplars are places in its members, and move with them."""
    places = [place for place, id in enumerate(cluster.members) if id in there]
    new = {old: place for place, old in enumerate(places)}
    naming = cluster.naming
    if naming is not None:
        exemplars, edge = (tuple(new[each] for each in old if each in new) for old in (naming.exemplars, naming.edge))
        naming = replace(naming, exemplars=exemplars, edge=edge)
    return replace(
        cluster,
        members=tuple(cluster.members[place] for place in places),
        confidence=tuple(cluster.confidence[place] for place in places),
        naming=naming,
    )


def _refuse_later_runs(session: Session, run: tables.Run) -> None:
    query = select(tables.Run.id).where(tables.Run.workspace_id == run.workspace_id, tables.Run.state == "published")
    later = [other for other in session.scalars(query) if _applied_after(session, run, other)]
    if later:
        last = max(later, key=lambda other: int(other[1:]))
        raise Conflict(f"{last} was applied after {run.id} and builds on it; roll back {last} first.")


def _applied_after(session: Session, run: tables.Run, other: str) -> bool:
    then = session.get_one(tables.Run, (run.workspace_id, other))
    assert then.finished_at is not None
    assert run.finished_at is not None
    return (then.finished_at, int(other[1:])) > (run.finished_at, int(run.id[1:]))


def _refuse_decisions(session: Session, run: tables.Run, themes: set[str]) -> None:
    query = select(tables.Decision).where(
        tables.Decision.workspace_id == run.workspace_id,
        tables.Decision.undone_at.is_(None),
        tables.Decision.created_at >= run.finished_at,
    )
    for decision in session.scalars(query.order_by(tables.Decision.created_at.desc())):
        about = sorted(themes & {decision.theme_id, *decision.after.get("themes", ())})
        if about:
            raise Conflict(
                f"{decision.id} ({decision.kind}) was decided about {about[0]} after {run.id}; undo it first."
            )


def _give_back(session: Session, parts: Parts, workspace: str, run_id: str, content: Mapping[str, Any]) -> list[str]:
    """Restore the assignments as they were before; returns the excerpts that are to be placed anew."""
    now_on = read_assignments(session, workspace)
    before: dict[str, dict[str, Any] | None] = content["assignments"]
    there = _existing(session, workspace, before)
    rows = {id: row for id, row in before.items() if id in there and not _is_human(now_on.get(id))}
    born = set(content["born"])
    loose = [id for id, row in now_on.items() if row["theme_id"] in born and id not in rows and not _is_human(row)]
    rows |= dict.fromkeys(loose)
    write_assignments(session, workspace, rows)
    moves = {id: (theme_of(now_on.get(id)), theme_of(row)) for id, row in rows.items()}
    record_changes(
        session, workspace, {id: move for id, move in moves.items() if move[0] != move[1]}, run_id, parts.now()
    )
    return sorted(loose)


def _existing(session: Session, workspace: str, ids: Iterable[str]) -> set[str]:
    there: set[str] = set()
    for part in chunks(sorted(ids)):
        query = select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, tables.Excerpt.id.in_(part))
        there.update(session.scalars(query))
    return there


def _is_human(row: Mapping[str, Any] | None) -> bool:
    return row is not None and row["origin"] == "human"


def _set(session: Session, workspace: str, theme: str, columns: Mapping[str, Any]) -> None:
    mine = (tables.Theme.workspace_id == workspace) & (tables.Theme.id == theme)
    session.execute(update(tables.Theme).where(mine).values(**columns))
