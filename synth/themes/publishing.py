"""Writing a run: its record, the themes it found or found again, their members, the lineage; whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.rows import chunks, next_numbers
from synth.themes.listing import coverage
from synth.themes.running import Cluster, Proposal

SAME_CONTENT = 0.5  # Jaccard overlap from which a theme's machine-made name stands


def publish(session: Session, parts: Parts, workspace: str, proposal: Proposal) -> str:
    """Put the proposal in force in the caller's transaction; returns the id of the run."""
    now = parts.now()
    run = f"R{next_numbers(session, workspace, 'run', 1)[0]}"
    overlaps = {pair.cluster: pair for pair in proposal.matches}
    _retire(session, workspace, proposal)
    names = _name_clusters(session, workspace, proposal, {n: pair.theme_id for n, pair in overlaps.items()})
    for cluster in proposal.clusters:
        pair = overlaps.get(cluster.number)
        if pair is None:
            _insert_theme(session, workspace, names[cluster.number], cluster, proposal, run, now)
        else:
            _update_theme(session, workspace, pair.theme_id, cluster, proposal, pair.jaccard)
    _assign(session, workspace, proposal, names, run, now)
    _write_lineage(session, workspace, proposal, names, run)
    _write_run(session, workspace, proposal, run, now)
    return run


def _name_clusters(session: Session, workspace: str, proposal: Proposal, carried: Mapping[int, str]) -> dict[int, str]:
    """Cluster number to theme id: the one it carries on, or a new one; ids are never given twice."""
    born = [cluster.number for cluster in proposal.clusters if cluster.number not in carried]
    fresh = next_numbers(session, workspace, "theme", len(born)) if born else []
    return {**carried, **{number: f"T{new}" for number, new in zip(born, fresh, strict=True)}}


def _insert_theme(
    session: Session, workspace: str, id: str, cluster: Cluster, proposal: Proposal, run: str, now: datetime
) -> None:
    fixed = {
        "workspace_id": workspace,
        "id": id,
        "name": _unique(session, workspace, cluster.naming.name),
        "name_origin": "machine",
        "state": "active",
        "pinned": False,
        "embedder": proposal.embedder,
        "born_run_id": run,
        "created_at": now,
    }
    session.execute(insert(tables.Theme), [fixed | _content(cluster)])


def _update_theme(
    session: Session, workspace: str, id: str, cluster: Cluster, proposal: Proposal, overlap: float
) -> None:
    """Bring a theme's content up to date. Its name changes only with most of its content, and never a person's."""
    theme = session.get_one(tables.Theme, (workspace, id))
    values = _content(cluster) | {"embedder": proposal.embedder}
    if theme.name_origin == "machine" and overlap < SAME_CONTENT:
        values["name"] = _unique(session, workspace, cluster.naming.name, but=id)
    mine = (tables.Theme.workspace_id == workspace) & (tables.Theme.id == id)
    session.execute(update(tables.Theme).where(mine).values(**values))


def _content(cluster: Cluster) -> dict[str, Any]:
    naming = cluster.naming
    return {
        "definition": naming.definition,
        "key_phrases": list(naming.key_phrases),
        "exemplars": [cluster.members[place] for place in naming.exemplars],
        "edge": [cluster.members[place] for place in naming.edge],
        "area": cluster.area,
        "centroid": cluster.centroid.astype("<f4").tobytes(),
        "threshold": cluster.threshold,
    }


def _unique(session: Session, workspace: str, name: str, *, but: str | None = None) -> str:
    """The name, or the name with a number when an active theme has it already."""
    query = select(tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state == "active", tables.Theme.id != (but or "")
    )
    taken = {other.casefold() for other in session.scalars(query)}
    free, number = name, 2
    while free.casefold() in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _assign(
    session: Session, workspace: str, proposal: Proposal, names: Mapping[int, str], run: str, now: datetime
) -> None:
    """Give every member its theme. A run over everything replaces what machines assigned; what people did stands."""
    before = _assignments(session, workspace)
    human = {excerpt for excerpt, (_, origin) in before.items() if origin == "human"}
    if proposal.scope == "all":
        machine = (tables.Assignment.workspace_id == workspace) & (tables.Assignment.origin != "human")
        session.execute(delete(tables.Assignment).where(machine))
    rows = [
        {
            "excerpt_id": excerpt,
            "workspace_id": workspace,
            "theme_id": names[cluster.number],
            "confidence": confidence,
            "origin": "discovered",
            "run_id": run,
            "created_at": now,
        }
        for cluster in proposal.clusters
        for excerpt, confidence in zip(cluster.members, cluster.confidence, strict=True)
        if excerpt not in human
    ]
    for part in chunks(rows, 5_000):
        session.execute(insert(tables.Assignment), list(part))
    after = {str(row["excerpt_id"]): str(row["theme_id"]) for row in rows}
    moved = {excerpt: theme for excerpt, (theme, origin) in before.items() if origin != "human"}
    _record_changes(session, workspace, moved, after, proposal, run, now)


def _assignments(session: Session, workspace: str) -> dict[str, tuple[str, str]]:
    query = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id, tables.Assignment.origin)
    rows = session.execute(query.where(tables.Assignment.workspace_id == workspace))
    return {row.excerpt_id: (row.theme_id, row.origin) for row in rows}


def _record_changes(
    session: Session,
    workspace: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
    proposal: Proposal,
    run: str,
    now: datetime,
) -> None:
    touched = (before.keys() | after.keys()) if proposal.scope == "all" else after.keys()
    common = {"workspace_id": workspace, "cause": run, "created_at": now}
    changes: Sequence[dict[str, Any]] = [
        {"excerpt_id": id, "from_theme": before.get(id), "to_theme": after.get(id), **common}
        for id in sorted(touched)
        if before.get(id) != after.get(id)
    ]
    for part in chunks(changes, 5_000):
        session.execute(insert(tables.AssignmentChange), list(part))


def _retire(session: Session, workspace: str, proposal: Proposal) -> None:
    """A theme that no cluster carries on is no longer active, unless a person pinned it or put excerpts on it.

    Its name is free again, its id is never given again.
    """
    placed = select(tables.Assignment.theme_id).where(
        tables.Assignment.workspace_id == workspace, tables.Assignment.origin == "human"
    )
    for event in proposal.events:
        if event.kind in ("retired", "merged") and event.theme_id is not None:
            mine = (tables.Theme.workspace_id == workspace) & (tables.Theme.id == event.theme_id)
            undecided = tables.Theme.pinned.is_(False) & tables.Theme.id.not_in(placed)
            session.execute(update(tables.Theme).where(mine, undecided).values(state=event.kind))


def _write_lineage(session: Session, workspace: str, proposal: Proposal, names: Mapping[int, str], run: str) -> None:
    sizes = {cluster.number: len(cluster.members) for cluster in proposal.clusters}
    rows = [
        {
            "workspace_id": workspace,
            "run_id": run,
            "theme_id": event.theme_id or names[event.cluster or 0],
            "event": event.kind,
            "others": [_theme_of(other, names) for other in event.others],
            "overlap": event.overlap,
            "size": sizes.get(event.cluster, 0) if event.cluster is not None else 0,
        }
        for event in proposal.events
    ]
    if rows:
        session.execute(insert(tables.Lineage), rows)


def _theme_of(other: str | int, names: Mapping[int, str]) -> str:
    return names[other] if isinstance(other, int) else other


def _write_run(session: Session, workspace: str, proposal: Proposal, run: str, now: datetime) -> None:
    excerpts, unassigned = coverage(session, workspace)
    events: dict[str, int] = {}
    for event in proposal.events:
        events[event.kind] = events.get(event.kind, 0) + 1
    share = round(1 - unassigned / excerpts, 4) if excerpts else 0.0
    figures = {**proposal.figures, "unassigned": unassigned, "coverage": share, "events": events}
    row = {
        "workspace_id": workspace,
        "id": run,
        "state": "published",
        "scope": proposal.scope,
        "embedder": proposal.embedder,
        "parameters": dict(proposal.parameters),
        "figures": figures,
        "started_at": proposal.started_at,
        "finished_at": now,
    }
    session.execute(insert(tables.Run), [row])
