"""Writing a run: its record, the themes it found or found again, their members, the lineage; whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.assignments import add_assignments
from synth.store.rows import chunks, insert_all, next_numbers
from synth.themes import keeping
from synth.themes.areas import request_areas
from synth.themes.curating.standing import Standing, read_standing
from synth.themes.listing import coverage
from synth.themes.proposal import Cluster, Proposal

SAME_CONTENT = 0.5  # Jaccard overlap from which a theme's machine-made name stands
WRITTEN = (
    "name",
    "name_origin",
    "state",
    "definition",
    "key_phrases",
    "exemplars",
    "edge",
    "centroid",
    "threshold",
    "embedder",
)
"""The columns of a theme that a run writes."""
_ASSIGNED = ("theme_id", "confidence", "origin", "run_id", "created_at")


def publish(session: Session, parts: Parts, workspace: str, proposal: Proposal) -> str:
    """Put the proposal in force in the caller's transaction; returns the id of the run.

    What the proposal leaves for a person to decide becomes a run of its own, that waits.
    """
    run = _new_run(session, workspace)
    put_in_force(session, parts, workspace, proposal, run)
    _write_run(session, workspace, proposal, run, "published", parts.now())
    if proposal.waiting is not None:
        hold(session, parts, workspace, proposal.waiting, "proposed")
    return run


def hold(
    session: Session, parts: Parts, workspace: str, proposal: Proposal, state: str, reasons: Sequence[str] = ()
) -> str:
    """Write a run down that waits for a person, `proposed` or `refused`; nothing of it is in force."""
    run = _new_run(session, workspace)
    _write_run(session, workspace, proposal, run, state, parts.now(), reasons)
    keeping.keep(session, workspace, run, keeping.pack(proposal))
    return run


def put_in_force(session: Session, parts: Parts, workspace: str, proposal: Proposal, run: str) -> None:
    """Write the themes, members and lineage of a run, and keep what was before it for rolling it back."""
    now = parts.now()
    before = read_themes(session, workspace)
    overlaps = {pair.cluster: pair for pair in proposal.matches}
    standing = read_standing(session, workspace)
    _retire(session, workspace, proposal, standing)
    names = _name_clusters(session, workspace, proposal, {n: pair.theme_id for n, pair in overlaps.items()})
    for cluster in proposal.clusters:
        pair = overlaps.get(cluster.number)
        if pair is None:
            _insert_theme(session, workspace, names[cluster.number], cluster, proposal, run, now)
        else:
            _update_theme(session, workspace, pair.theme_id, cluster, proposal, pair.jaccard, standing)
    assignments = _assign(session, workspace, proposal, names, run, now)
    _unquote(session, workspace, assignments)
    _write_lineage(session, workspace, proposal, names, run)
    after = read_themes(session, workspace)
    changed = {id: columns for id, columns in before.items() if after[id] != columns}
    born = sorted(after.keys() - before.keys())
    keeping.keep(session, workspace, run, {"themes": changed, "born": born, "assignments": assignments})
    _supersede(session, workspace, proposal, run)
    request_areas(session, parts, workspace)


def read_themes(session: Session, workspace: str) -> dict[str, dict[str, Any]]:
    """Every theme, whatever its state, with the columns that a run writes."""
    columns = [getattr(tables.Theme, name) for name in WRITTEN]
    query = select(tables.Theme.id.label("theme"), *columns).where(tables.Theme.workspace_id == workspace)
    return {row.theme: {name: getattr(row, name) for name in WRITTEN} for row in session.execute(query)}


def read_assignments(session: Session, workspace: str) -> dict[str, dict[str, Any]]:
    """Excerpt id to its assignment."""
    columns = [getattr(tables.Assignment, name) for name in _ASSIGNED]
    query = select(tables.Assignment.excerpt_id, *columns).where(tables.Assignment.workspace_id == workspace)
    return {row.excerpt_id: {name: getattr(row, name) for name in _ASSIGNED} for row in session.execute(query)}


def write_assignments(session: Session, workspace: str, rows: Mapping[str, Mapping[str, Any] | None]) -> None:
    """Give each excerpt this assignment, or none, in place of the one it has."""
    for part in chunks(sorted(rows)):
        session.execute(delete(tables.Assignment).where(tables.Assignment.excerpt_id.in_(part)))
    given = [{"excerpt_id": id, "workspace_id": workspace, **row} for id, row in sorted(rows.items()) if row]
    add_assignments(session, given)


def record_changes(
    session: Session, workspace: str, changes: Mapping[str, tuple[str | None, str | None]], cause: str, now: datetime
) -> None:
    """Write down from which theme to which each excerpt moved."""
    common = {"workspace_id": workspace, "cause": cause, "created_at": now}
    rows = [
        {"excerpt_id": id, "from_theme": old, "to_theme": new, **common} for id, (old, new) in sorted(changes.items())
    ]
    for part in chunks(rows, 5_000):
        insert_all(session, tables.AssignmentChange, part)


def _new_run(session: Session, workspace: str) -> str:
    return f"R{next_numbers(session, workspace, 'run', 1)[0]}"


def _name_clusters(session: Session, workspace: str, proposal: Proposal, carried: Mapping[int, str]) -> dict[int, str]:
    """Cluster number to theme id: the one it carries on, or a new one; ids are never given twice."""
    born = [cluster.number for cluster in proposal.clusters if cluster.number not in carried]
    fresh = next_numbers(session, workspace, "theme", len(born)) if born else []
    return {**carried, **{number: f"T{new}" for number, new in zip(born, fresh, strict=True)}}


def _insert_theme(
    session: Session, workspace: str, id: str, cluster: Cluster, proposal: Proposal, run: str, now: datetime
) -> None:
    described = _description(cluster)
    fixed = {
        "workspace_id": workspace,
        "id": id,
        "name": _unique(session, workspace, described.pop("name")),
        "state": "active",
        "pinned": False,
        "embedder": proposal.embedder,
        "born_run_id": run,
        "created_at": now,
    }
    session.execute(insert(tables.Theme), [fixed | described | _shape(cluster)])


def _update_theme(
    session: Session,
    workspace: str,
    id: str,
    cluster: Cluster,
    proposal: Proposal,
    overlap: float,
    standing: Standing,
) -> None:
    """Bring a theme's content up to date. Its name changes only with most of its content, and never a person's."""
    theme = session.get_one(tables.Theme, (workspace, id))
    values = _shape(cluster) | {"embedder": proposal.embedder}
    if cluster.naming is not None:
        described = _description(cluster)
        name, origin = described.pop("name"), described.pop("name_origin")
        if id in standing.described:
            del described["definition"]
        values |= described
        if theme.name_origin != "human" and overlap < SAME_CONTENT:
            values |= {"name": _unique(session, workspace, name, but=id), "name_origin": origin}
    mine = (tables.Theme.workspace_id == workspace) & (tables.Theme.id == id)
    session.execute(update(tables.Theme).where(mine).values(**values))


def _shape(cluster: Cluster) -> dict[str, Any]:
    return {
        "centroid": cluster.centroid.astype("<f4").tobytes(),
        "threshold": cluster.threshold,
    }


def _description(cluster: Cluster) -> dict[str, Any]:
    naming = cluster.naming
    assert naming is not None, "a cluster that carries no theme on is always described"
    return {
        "name": naming.name,
        "name_origin": naming.origin,
        "definition": naming.definition,
        "key_phrases": list(naming.key_phrases),
        "exemplars": [cluster.members[place] for place in naming.exemplars],
        "edge": [cluster.members[place] for place in naming.edge],
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
) -> dict[str, dict[str, Any] | None]:
    """Give every member its theme, and take those that were seen and are in no cluster off theirs.

    What people did stands, and so does what the run did not see. Returns what was written over, as it was.
    """
    before = read_assignments(session, workspace)
    human = {excerpt for excerpt, row in before.items() if row["origin"] == "human"}
    wanted = {
        excerpt: {"theme_id": names[cluster.number], "confidence": confidence}
        for cluster in proposal.clusters
        for excerpt, confidence in zip(cluster.members, cluster.confidence, strict=True)
        if excerpt not in human
    }
    rows: dict[str, dict[str, Any] | None] = {}
    for excerpt in sorted({*proposal.seen, *wanted} - human):
        old, new = before.get(excerpt), wanted.get(excerpt)
        if new is None:
            rows |= {excerpt: None} if old else {}
        elif old is None or old["theme_id"] != new["theme_id"]:
            rows[excerpt] = {**new, "origin": "discovered", "run_id": run, "created_at": now}
        elif old["confidence"] != new["confidence"] or old["run_id"] is None:
            rows[excerpt] = {**old, **new, "run_id": old["run_id"] or run}
    write_assignments(session, workspace, rows)
    moves = {excerpt: (theme_of(before.get(excerpt)), theme_of(row)) for excerpt, row in rows.items()}
    record_changes(session, workspace, {id: move for id, move in moves.items() if move[0] != move[1]}, run, now)
    return {excerpt: before.get(excerpt) for excerpt in rows}


def _unquote(session: Session, workspace: str, before: Mapping[str, Mapping[str, Any] | None]) -> None:
    """A theme is not shown by excerpts that left it."""
    now_on = read_assignments(session, workspace)
    left: dict[str, set[str]] = {}
    for excerpt, row in before.items():
        if row is not None and theme_of(now_on.get(excerpt)) != row["theme_id"]:
            left.setdefault(row["theme_id"], set()).add(excerpt)
    for id, gone in left.items():
        theme = session.get_one(tables.Theme, (workspace, id))
        theme.exemplars = [each for each in theme.exemplars if each not in gone]
        theme.edge = [each for each in theme.edge if each not in gone]
    session.flush()


def theme_of(row: Mapping[str, Any] | None) -> str | None:
    """The theme of an assignment; None of none."""
    return None if row is None else str(row["theme_id"])


def _retire(session: Session, workspace: str, proposal: Proposal, standing: Standing) -> None:
    """A theme that no cluster carries on is no longer active, unless a person has shaped it.

    Its name is free again, its id is never given again.
    """
    theme = tables.Theme
    for event in proposal.events:
        if event.kind in ("retired", "merged") and event.theme_id not in (None, *standing.shaped):
            mine = (theme.workspace_id == workspace) & (theme.id == event.theme_id) & (theme.state == "active")
            session.execute(update(theme).where(mine).values(state=event.kind))


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


def _supersede(session: Session, workspace: str, proposal: Proposal, run: str) -> None:
    """What waited for a person was made before this run and speaks of themes as they were; it waits no longer.

    Pieces of single themes still stand where only the unassigned were looked at since, or another piece was taken.
    """
    waiting = [each for each in keeping.waiting_runs(session, workspace) if each.id != run]
    if proposal.scope in ("unassigned", "part"):
        waiting = [each for each in waiting if each.scope != "part"]
    keeping.supersede(session, waiting)


def _write_run(
    session: Session,
    workspace: str,
    proposal: Proposal,
    run: str,
    state: str,
    now: datetime,
    reasons: Sequence[str] = (),
) -> None:
    row = {
        "workspace_id": workspace,
        "id": run,
        "state": state,
        "scope": proposal.scope,
        "embedder": proposal.embedder,
        "parameters": dict(proposal.parameters),
        "figures": account(session, workspace, proposal, reasons),
        "started_at": proposal.started_at,
        "finished_at": now if state == "published" else None,
    }
    session.execute(insert(tables.Run), [row])


def account(session: Session, workspace: str, proposal: Proposal, reasons: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of a run: what it measured, its events, and how much is on a theme now."""
    excerpts, unassigned = coverage(session, workspace)
    events: dict[str, int] = {}
    for event in proposal.events:
        events[event.kind] = events.get(event.kind, 0) + 1
    share = round(1 - unassigned / excerpts, 4) if excerpts else 0.0
    figures = {**proposal.figures, "unassigned": unassigned, "coverage": share, "events": events}
    return figures | ({"reasons": list(reasons)} if reasons else {})
