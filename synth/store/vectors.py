"""The vectors of a workspace as one matrix, read from SQL and kept in memory: for exact search and discovery."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from synth.store.database import Database
from synth.store.stamp import Stamp, read_stamp
from synth.store.tables import Embedding, Excerpt


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


class VectorStore:
    """Reads matrices and keeps the last one of each workspace; a matrix is read again when the store has changed."""

    def __init__(self, database: Database, embedder: str, dimension: int) -> None:
        self._database = database
        self._embedder = embedder
        self._dimension = dimension
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Stamp, Matrix]] = {}

    def matrix(self, workspace: str, *, fresh: bool = False) -> Matrix:
        """All vectors of the workspace as they are in SQL now.

        They are read again when something has changed since the last time; with `fresh`, at any rate.
        """
        with self._lock, self._database.read() as session:
            stamp = read_stamp(session)
            kept = self._kept.get(workspace)
            if kept and kept[0] == stamp and not fresh:
                return kept[1]
            matrix = self._read(session, workspace)
            self._kept[workspace] = (stamp, matrix)
            return matrix

    def _read(self, session: Session, workspace: str) -> Matrix:
        query = (
            select(Excerpt.id, Embedding.vector)
            .join(
                Embedding, (Embedding.workspace_id == Excerpt.workspace_id) & (Embedding.text_hash == Excerpt.text_hash)
            )
            .where(Excerpt.workspace_id == workspace, Embedding.embedder == self._embedder)
            .order_by(Excerpt.id)
        )
        rows = session.execute(query).all()
        joined = b"".join(row.vector for row in rows)
        vectors = np.frombuffer(joined, dtype="<f4").reshape(len(rows), self._dimension)
        return Matrix(np.asarray([row.id for row in rows], dtype=np.str_), vectors)


def of_other_embedders(embedder: str) -> ColumnElement[bool]:
    """The vectors that another embedder made: as two ranges of an index, so that to find none costs nothing."""
    return or_(Embedding.embedder < embedder, Embedding.embedder > embedder)


def count_outdated(database: Database, embedder: str) -> int:
    """How many vectors of other embedders there are, over all workspaces."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Embedding).where(of_other_embedders(embedder))) or 0


def _top(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The places of the k highest scores, best first."""
    if len(scores) <= 4 * k:
        return np.argsort(-scores, kind="stable")[:k]
    best = np.argpartition(-scores, k)[:k]
    return best[np.argsort(-scores[best], kind="stable")]
