"""The vectors of a workspace as one matrix, read from SQL and kept in memory: for exact search and discovery.

While an import runs, something changes every second. Only what is written down as changed is read then.
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from synth.store.database import Database
from synth.store.rows import one_of
from synth.store.stamp import Stamp, read_stamp
from synth.store.tables import Embedding, Excerpt, VectorChange
from synth.store.walls import everywhere

_FEW: Final = 500  # changed vectors, and
_PART: Final = 4  # the part of all, up to which only they are read
_MOMENT: Final = 2.0  # seconds that a matrix may be old beside workers, at least and
_MOMENTS: Final = 10.0  # at most, and
_TIMES: Final = 30  # times as long as it took to bring it up to date, between these: a large one is copied
_LOOKED_OVER: Final = 600.0  # seconds after which all are counted: what an earlier version wrote is not written down


@dataclass(frozen=True, slots=True)
class Matrix:
    """Excerpt ids in ascending order, and their vectors in the same order: (n, dimension) float32 of length 1."""

    ids: NDArray[np.str_]
    vectors: NDArray[np.float32]

    def nearest(
        self, query: NDArray[np.float32], k: int, *, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k excerpts most similar to the query by cosine, best first; only those named in `within`, if given."""
        if within is None:
            return self.best(self.vectors @ query, k)
        rows = self.rows(within)
        scores = self.vectors[rows] @ query
        found = _top(scores, k)
        return list(zip(self.ids[rows[found]].tolist(), scores[found].tolist(), strict=True))

    def ranked(self, query: NDArray[np.float32], within: Collection[str]) -> NDArray[np.intp]:
        """The row numbers of those named in `within`, the most similar to the query first."""
        rows = self.rows(within)
        return rows[np.argsort(-(self.vectors[rows] @ query), kind="stable")]

    def best(self, scores: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The k excerpts of the highest scores, which are in the order of the ids, best first."""
        found = _top(scores, k)
        return list(zip(self.ids[found].tolist(), scores[found].tolist(), strict=True))

    def rows(self, ids: Collection[str]) -> NDArray[np.intp]:
        """The row numbers of the named excerpts that have a vector, ascending."""
        if not len(self.ids) or not ids:
            return np.empty(0, dtype=np.intp)
        wanted = np.asarray(sorted(ids))
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        found: NDArray[np.intp] = places[self.ids[places] == wanted]
        return found

    def replaced(self, changed: Collection[str], now: "Matrix") -> "Matrix":
        """Another matrix, in which the vectors of what changed are those of `now`, or none."""
        ids, vectors = self.ids, self.vectors
        gone = self.rows(changed)
        if len(gone):
            ids, vectors = np.delete(ids, gone), np.delete(vectors, gone, axis=0)
        if not len(now.ids):
            return Matrix(ids, vectors)
        places = np.searchsorted(ids, now.ids)
        joined = np.empty((len(ids) + len(now.ids), vectors.shape[1]), np.float32)
        at = places + np.arange(len(places))
        for begin, end, moved in zip([0, *places], [*places, len(ids)], range(len(places) + 1), strict=True):
            joined[begin + moved : end + moved] = vectors[begin:end]
        joined[at] = now.vectors
        return Matrix(np.insert(ids.astype(np.result_type(ids, now.ids)), places, now.ids), joined)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A matrix as it was under a stamp; when all of it was last read or counted."""

    stamp: Stamp
    matrix: Matrix
    looked_over: float
    took: float = 0.0  # seconds
    at: float = field(default_factory=time.monotonic)


class VectorStore:
    """Reads matrices and keeps the last one of each workspace, to which what changed since then is added."""

    def __init__(self, database: Database, embedder: str, dimension: int) -> None:
        self._database = database
        self._embedder = embedder
        self._dimension = dimension
        self.late = False  # whether a matrix may be a moment old, beside workers that take feedback in
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def matrix(self, workspace: str, *, fresh: bool = False) -> Matrix:
        """All vectors of the workspace as they are in SQL now.

        What was written since the last time is read; with `fresh`, everything is.
        """
        with self._database.read() as session:
            stamp = read_stamp(session)
            kept = self._kept.get(workspace)
            if kept and not fresh and (kept.stamp == stamp or self._is_good(kept)):
                return kept.matrix
            if not self._lock.acquire(blocking=kept is None or fresh or not self.late):
                return kept.matrix  # type: ignore[union-attr]
            try:
                return self._renew(session, workspace, stamp, fresh=fresh)
            finally:
                self._lock.release()

    def _renew(self, session: Session, workspace: str, stamp: Stamp, *, fresh: bool) -> Matrix:
        kept = self._kept.get(workspace)  # another may have read it meanwhile
        if kept and not fresh and (kept.stamp >= stamp or self._is_good(kept)):
            return kept.matrix
        began = time.monotonic()
        found = None if fresh or kept is None else self._follow(session, workspace, stamp, kept)
        found = found or _Kept(stamp, self._read(session, workspace), time.monotonic())
        found = replace(found, took=found.at - began)
        self._kept[workspace] = found
        return found.matrix

    def _is_good(self, kept: _Kept) -> bool:
        return self.late and time.monotonic() - kept.at < min(_MOMENTS, max(_MOMENT, _TIMES * kept.took))

    def _follow(self, session: Session, workspace: str, stamp: Stamp, kept: _Kept) -> _Kept | None:
        """What is kept with the changes that are written down since; None where these do not tell all."""
        mine = VectorChange.workspace_id == workspace
        first = session.scalar(select(func.min(VectorChange.number)).where(mine))
        if first is not None and first > kept.stamp:
            return None
        most = max(_FEW, len(kept.matrix.ids) // _PART)
        since = select(VectorChange.excerpt_id).where(mine, VectorChange.number > kept.stamp).distinct()
        changed = list(session.scalars(since.limit(most + 1)))
        if len(changed) > most:
            return None
        matrix, looked_over = kept.matrix, kept.looked_over
        if changed:
            matrix = matrix.replaced(changed, self._read(session, workspace, one_of(session, Excerpt.id, changed)))
        if time.monotonic() - looked_over > _LOOKED_OVER:
            looked_over = time.monotonic()
            if session.scalar(self._query(workspace, func.count())) != len(matrix.ids):
                return None
        return _Kept(stamp, matrix, looked_over)

    def _read(self, session: Session, workspace: str, *which: ColumnElement[bool]) -> Matrix:
        query = self._query(workspace, Excerpt.id, Embedding.vector).where(*which).order_by(Excerpt.id)
        rows = session.execute(query).all()
        joined = b"".join(row.vector for row in rows)
        vectors = np.frombuffer(joined, dtype="<f4").reshape(len(rows), self._dimension)
        return Matrix(np.asarray([row.id for row in rows], dtype=np.str_), vectors)

    def _query(self, workspace: str, *columns: Any) -> Select[Any]:
        same = (Embedding.workspace_id == Excerpt.workspace_id) & (Embedding.text_hash == Excerpt.text_hash)
        query = select(*columns).select_from(Excerpt).join(Embedding, same)
        return query.where(Excerpt.workspace_id == workspace, Embedding.embedder == self._embedder)


def of_other_embedders(embedder: str) -> ColumnElement[bool]:
    """The vectors that another embedder made: as two ranges of an index, so that to find none costs nothing."""
    return or_(Embedding.embedder < embedder, Embedding.embedder > embedder)


def count_outdated(database: Database, embedder: str) -> int:
    """How many vectors of other embedders there are, over all workspaces."""
    with everywhere(), database.read() as session:
        return session.scalar(select(func.count()).select_from(Embedding).where(of_other_embedders(embedder))) or 0


def _top(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The places of the k highest scores, best first."""
    if len(scores) <= 4 * k:
        return np.argsort(-scores, kind="stable")[:k]
    best = np.argpartition(-scores, k)[:k]
    return best[np.argsort(-scores[best], kind="stable")]
