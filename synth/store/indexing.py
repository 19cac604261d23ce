"""Keeping the vector index equal to SQL: draining the outbox, finding differences, building it anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from synth.errors import Unavailable
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.rows import chunks
from synth.store.vectors import Matrix

PIECE = 5_000  # vectors sent to the index at once


@dataclass(frozen=True, slots=True)
class Difference:
    """What the index lacks and what it holds too much, as excerpt ids."""

    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus)


def drain_outbox(parts: Parts, held: ledger.Claim) -> None:
    """The index job: bring the changes written with the data into the index, oldest first."""
    while changes := _oldest_changes(parts, held.workspace):
        last = changes[-1][0]
        latest = {excerpt: change for _, excerpt, change in changes}
        put = [excerpt for excerpt, change in latest.items() if change == "put"]
        _put(parts, held.workspace, parts.vectors.matrix(held.workspace), put)
        parts.index.drop(held.workspace, [excerpt for excerpt, change in latest.items() if change == "drop"])
        with parts.database.write() as session:
            mine = (tables.IndexChange.workspace_id == held.workspace) & (tables.IndexChange.seq <= last)
            session.execute(delete(tables.IndexChange).where(mine))
            ledger.advance(session, held, now=parts.now(), stage="indexing", done=last)
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now())


def is_behind(parts: Parts, workspace: str) -> bool:
    """True while changes wait in the outbox: the index does not show what SQL holds."""
    with parts.database.read() as session:
        query = select(func.count()).select_from(tables.IndexChange).where(tables.IndexChange.workspace_id == workspace)
        return bool(session.scalar(query))


def difference(parts: Parts, workspace: str) -> Difference:
    """What a comparison of all ids finds; raises Unavailable when the index cannot be read."""
    stored = set(parts.vectors.matrix(workspace).ids.tolist())
    indexed = parts.index.ids(workspace)
    return Difference(tuple(sorted(stored - indexed)), tuple(sorted(indexed - stored)))


def reconcile(parts: Parts, workspace: str) -> Difference:
    """Make the index equal to SQL, repairing only what differs; returns what it found."""
    found = difference(parts, workspace)
    _put(parts, workspace, parts.vectors.matrix(workspace), found.missing)
    parts.index.drop(workspace, found.surplus)
    return found


def rebuild(parts: Parts, workspace: str) -> int:
    """Throw the workspace's collection away and fill it from SQL, embedding nothing; returns how many vectors went in."""
    parts.index.clear(workspace)
    matrix = parts.vectors.matrix(workspace)
    _put(parts, workspace, matrix, matrix.ids.tolist())
    return len(matrix.ids)


def repair_index(parts: Parts, held: ledger.Claim) -> None:
    """The repair job: reconcile a sound index, replace a broken one."""
    try:
        parts.index.probe()
        found = reconcile(parts, held.workspace)
        result = {"missing": len(found.missing), "surplus": len(found.surplus), "rebuilt": False}
    except Unavailable:
        parts.index.destroy()
        result = {"missing": rebuild(parts, held.workspace), "surplus": 0, "rebuilt": True}
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now(), result=result)


def request_repair(parts: Parts, workspace: str) -> str:
    """Queue a repair of the index, unless one waits already; returns the job's id."""
    with parts.database.write() as session:
        return ledger.enqueue(session, workspace, "repair", {}, key="repair", now=parts.now(), again=True)


def _oldest_changes(parts: Parts, workspace: str) -> list[tuple[int, str, str]]:
    with parts.database.read() as session:
        query = select(tables.IndexChange.seq, tables.IndexChange.excerpt_id, tables.IndexChange.change)
        query = query.where(tables.IndexChange.workspace_id == workspace).order_by(tables.IndexChange.seq).limit(PIECE)
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _put(parts: Parts, workspace: str, matrix: Matrix, ids: Sequence[str]) -> None:
    for part in chunks(ids, PIECE):
        rows = matrix.rows(part)
        parts.index.put(workspace, matrix.ids[rows].tolist(), matrix.vectors[rows])
