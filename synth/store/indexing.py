"""Keeping the vector index equal to SQL: draining the outbox, finding differences, building it anew.

The outbox names excerpts whose vector came or went; what is true of them is asked of SQL when they are brought over. So
a repair only has to name excerpts there. While any are named, searches compare them beside the index of a server, or
compare everything in SQL.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

from synth.errors import Unavailable
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.rows import chunks, insert_all, read_ids
from synth.store.vectors import Matrix
from synth.store.walls import everywhere, within

PIECE = 5_000  # excerpts brought into the index at once
_FEW, _MANY = 2_000, 20_000  # changes up to which a search compares them beside the index; beside workers
_MOMENT = 3.0  # seconds for which what is coming is good beside workers
_LATE = 20  # the part of all by which a matrix that may be a moment old may differ from the index
SAMPLE = 50  # vectors compared with SQL when the index is looked over


@dataclass(frozen=True, slots=True)
class Difference:
    """What the index lacks and what it holds too much, as excerpt ids."""

    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus)


def drain_outbox(parts: Parts, held: ledger.Claim) -> None:
    """The index job: bring the changes written with the data into the index; a broken one is replaced on the way."""
    from synth.store.chroma import IndexBroken

    try:
        _drain(parts, held.workspace, held)
    except IndexBroken:
        rebuild(parts, held.workspace, held)
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now())


def repair_index(parts: Parts, held: ledger.Claim) -> None:
    """The repair job: look a sound index over and bring it up to date, replace a broken one."""
    from synth.store.chroma import IndexBroken

    try:
        parts.index.probe(held.workspace)
        found = reconcile(parts, held.workspace, held)
        parts.index.clear_elsewhere(held.workspace)
        result: dict[str, Any] = {"missing": len(found.missing), "surplus": len(found.surplus), "rebuilt": False}
    except IndexBroken as error:
        result = {"missing": rebuild(parts, held.workspace, held), "surplus": 0, "rebuilt": True, "fault": str(error)}
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now(), result=result)


def request_repair(parts: Parts, workspace: str) -> str:
    """Queue a repair of the index, unless one waits already; returns the job's id."""
    with parts.database.write() as session:
        return ledger.enqueue(session, workspace, "repair", {}, key="repair", now=parts.now(), again=True)


def is_behind(parts: Parts, workspace: str) -> bool:
    """True while changes wait in the outbox: the index does not show what SQL holds."""
    with parts.database.read() as session:
        query = select(tables.IndexChange.seq).where(tables.IndexChange.workspace_id == workspace).limit(1)
        return session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class Coming:
    """What the index does not show yet: the excerpts named in the outbox, and the vectors of those that have one."""

    named: frozenset[str]
    matrix: Matrix

    def added(self, found: Sequence[tuple[str, float]], vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """What the index found with what it does not show yet: the k nearest of both."""
        exact = self.matrix.best(self.matrix.vectors @ vector, k)
        both = [*(hit for hit in found if hit[0] not in self.named), *exact]
        return sorted(both, key=lambda hit: (-hit[1], hit[0]))[:k]


def find_coming(parts: Parts, workspace: str, matrix: Matrix) -> Coming | None:
    """What the index does not show yet; None where that is too much to be compared beside it, or the index is a folder.

    A folder has one reader at a time, who would wait for what is written. Beside workers it is read every few seconds.
    Raises Unavailable where the index lacks more than what is named: an emptied one gives no error and no answers.
    """
    if parts.vectors.late:
        moment = f"moment {int(time.monotonic() / _MOMENT)}"
        coming = parts.kept.read_of("coming", moment, workspace, lambda: _read_coming(parts, workspace, matrix, _MANY))
    else:
        coming = _read_coming(parts, workspace, matrix, _FEW if parts.index.is_served else 0)
    if coming is not None and not coming.named:
        # Where it was whole a moment ago it is not asked again: counting takes a Chroma server longer than searching.
        _expect(parts, matrix, parts.index.count(workspace, lately=len(matrix.ids)))
    return coming


def _read_coming(parts: Parts, workspace: str, matrix: Matrix, most: int) -> Coming | None:
    most = min(most, len(matrix.ids) // 2)
    with parts.database.read() as session:
        query = select(tables.IndexChange.excerpt_id).where(tables.IndexChange.workspace_id == workspace)
        named = frozenset(read_ids(session, query.limit(most + 1)))
    if len(named) > most:
        return None
    if named:
        _expect(parts, matrix, parts.index.count(workspace), len(named))
    rows = matrix.rows(named)
    return Coming(named, Matrix(matrix.ids[rows], matrix.vectors[rows]))


def _expect(parts: Parts, matrix: Matrix, held: int, coming: int = 0) -> None:
    """Beside workers the number of vectors may be a moment old, and differ by a few."""
    vectors = len(matrix.ids)
    if abs(held - vectors) > coming + (vectors // _LATE if parts.vectors.late else 0):
        raise Unavailable(f"The vector index holds {held:,} of {vectors:,} vectors; it is being repaired.")


def difference(parts: Parts, workspace: str) -> Difference:
    """What a comparison of all ids finds; raises Unavailable when the index cannot be read."""
    stored = set(parts.vectors.matrix(workspace, fresh=True).ids.tolist())
    indexed = parts.index.ids(workspace)
    return Difference(tuple(sorted(stored - indexed)), tuple(sorted(indexed - stored)))


def reconcile(parts: Parts, workspace: str, held: ledger.Claim | None = None) -> Difference:
    """Make the index equal to SQL, repairing only what differs; returns what it found.

    Raises IndexBroken when vectors taken from all over the store are not in the index as SQL has them.
    """
    before = parts.vectors.matrix(workspace, fresh=True)
    found = difference(parts, workspace)
    _name(parts, workspace, [*found.missing, *found.surplus])
    _drain(parts, workspace, held)
    if len(before.ids):
        step = max(1, len(before.ids) // SAMPLE)
        parts.index.verify(workspace, before.ids[::step].tolist(), before.vectors[::step])
    return found


def rebuild(parts: Parts, workspace: str, held: ledger.Claim | None = None) -> int:
    """Throw the index away and fill it from SQL, embedding nothing; returns how many vectors the workspace has.

    The index is shared: where a folder goes, every other workspace is named in the outbox too, with a job to refill it.
    """
    for each in _throw_away(parts, workspace):
        with within(each):
            _request_draining(parts, each)
    _drain(parts, workspace, held)
    return len(parts.vectors.matrix(workspace).ids)


def rebuild_all(parts: Parts, workspaces: Sequence[str]) -> int:
    """The same for all of these at once; returns how many vectors they have."""
    for each in workspaces:
        with within(each):
            _name(parts, each, parts.vectors.matrix(each, fresh=True).ids.tolist())
            _empty(parts, each)
    held = 0
    for each in workspaces:
        with within(each):
            _drain(parts, each, None)
            held += len(parts.vectors.matrix(each).ids)
    return held


def begin_anew(parts: Parts, workspace: str) -> int:
    """Throw the index away and queue its refilling; returns how many vectors the workspace has in SQL.

    Until that job is through, searches are answered from SQL: exactly, and without what is not there any more.
    """
    for each in (workspace, *_throw_away(parts, workspace)):
        with within(each):
            _request_draining(parts, each)
    return len(parts.vectors.matrix(workspace).ids)


def _request_draining(parts: Parts, workspace: str) -> None:
    """Queue the job that brings over what stands in the outbox: a repair would name all of it once more."""
    with parts.database.write() as session:
        ledger.enqueue(session, workspace, "index", {}, key="index:anew", now=parts.now(), again=True)


def _throw_away(parts: Parts, workspace: str) -> list[str]:
    """Empty the index, with all that SQL has in the outbox; returns the other workspaces that were in it."""
    others = _other_workspaces(parts, workspace)
    for each in (workspace, *others):
        with within(each):
            _name(parts, each, parts.vectors.matrix(each, fresh=True).ids.tolist())
    _empty(parts, workspace)
    return others


def _drain(parts: Parts, workspace: str, held: ledger.Claim | None) -> None:
    done = 0
    while changes := _oldest_changes(parts, workspace):
        named = sorted(set(changes.values()))
        matrix = parts.vectors.matrix(workspace)
        rows = matrix.rows(named)
        stored = matrix.ids[rows].tolist()
        parts.index.put(workspace, stored, matrix.vectors[rows])
        parts.index.drop(workspace, sorted(set(named).difference(stored)))
        done += len(named)
        _forget(parts, list(changes), held, done)


def _oldest_changes(parts: Parts, workspace: str) -> dict[int, str]:
    """Place in the outbox to excerpt id."""
    with parts.database.read() as session:
        query = select(tables.IndexChange.seq, tables.IndexChange.excerpt_id)
        query = query.where(tables.IndexChange.workspace_id == workspace).order_by(tables.IndexChange.seq).limit(PIECE)
        return {row.seq: row.excerpt_id for row in session.execute(query)}


def _forget(parts: Parts, places: Sequence[int], held: ledger.Claim | None, done: int) -> None:
    """Only what was read: a transaction that is slow to commit may add a lower place later."""
    with parts.database.write() as session:
        for part in chunks(places):
            session.execute(delete(tables.IndexChange).where(tables.IndexChange.seq.in_(part)))
        if held is not None:
            ledger.advance(session, held, now=parts.now(), stage="indexing", done=done)


def _name(parts: Parts, workspace: str, excerpts: Sequence[str]) -> None:
    """Put excerpts into the outbox."""
    rows = [{"workspace_id": workspace, "excerpt_id": excerpt, "change": "put"} for excerpt in excerpts]
    if rows:
        with parts.database.write() as session:
            insert_all(session, tables.IndexChange, rows)


def _other_workspaces(parts: Parts, workspace: str) -> list[str]:
    with everywhere(), parts.database.read() as session:
        return list(session.scalars(select(tables.Workspace.id).where(tables.Workspace.id != workspace)))


def _empty(parts: Parts, workspace: str) -> None:
    """A folder is removed, sound or not; of a Chroma server only the workspace's own collection is."""
    try:
        parts.index.destroy()
    except Unavailable:
        parts.index.clear(workspace)
