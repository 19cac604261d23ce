"""The vector index over one folder, one Chroma server, or several servers among which workspaces are shared out.

Which server holds a workspace is told by rendezvous hashing (Thaler and Ravishankar 1998): when one is added, or taken
off the list, only the workspaces move that have to. They are filled again from SQL where they are then; searches are
exact meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.errors import Unavailable
from synth.store.chroma import ChromaIndex


def open_index(*, folder: Path, urls: Sequence[str], embedder: str, dimension: int) -> "VectorIndex":
    """The index at these addresses, or in the folder where there are none. Nothing is asked of it yet."""
    if not urls:
        return ChromaIndex(folder=folder, url=None, embedder=embedder, dimension=dimension)
    servers = {url: ChromaIndex(folder=None, url=url, embedder=embedder, dimension=dimension) for url in urls}
    return ShardedIndex(servers) if len(servers) > 1 else servers[urls[0]]


class ShardedIndex:
    """Several servers behind what one index offers: a workspace is wholly on one of them. Safe to share like these."""

    is_served = True

    def __init__(self, servers: dict[str, ChromaIndex]) -> None:
        self._servers = servers

    def url_of(self, workspace: str) -> str:
        """The address of the server that holds a workspace."""
        return max(self._servers, key=lambda url: blake2b(f"{url}\0{workspace}".encode()).digest())

    def put(self, workspace: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """As `ChromaIndex.put`."""
        self._of(workspace).put(workspace, ids, vectors)

    def drop(self, workspace: str, ids: Sequence[str]) -> None:
        """As `ChromaIndex.drop`."""
        self._of(workspace).drop(workspace, ids)

    def query(self, workspace: str, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """As `ChromaIndex.query`."""
        return self._of(workspace).query(workspace, vector, k)

    def count(self, workspace: str, *, lately: int | None = None) -> int:
        """As `ChromaIndex.count`."""
        return self._of(workspace).count(workspace, lately=lately)

    def ids(self, workspace: str) -> set[str]:
        """As `ChromaIndex.ids`."""
        return self._of(workspace).ids(workspace)

    def clear(self, workspace: str) -> None:
        """Forget every vector of the workspace, on every server: one of them may have held it before."""
        self._of(workspace).clear(workspace)
        for other in self._others(workspace):
            other.discard(workspace)

    def clear_elsewhere(self, workspace: str) -> None:
        """Forget what other servers hold of the workspace, as far as they answer."""
        for other in self._others(workspace):
            with suppress(Unavailable):
                other.discard(workspace)

    def verify(self, workspace: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """As `ChromaIndex.verify`."""
        self._of(workspace).verify(workspace, ids, vectors)

    def is_at_rest(self) -> bool:
        """False: a server is never closed."""
        return False

    def probe(self, workspace: str | None = None) -> None:
        """As `ChromaIndex.probe`: the server of a workspace, or all of them."""
        for server in self._servers.values() if workspace is None else [self._of(workspace)]:
            server.probe(workspace)

    def destroy(self) -> None:
        """Raise Unavailable, as for one server."""
        next(iter(self._servers.values())).destroy()

    def close(self) -> None:
        """Let go of all servers."""
        for server in self._servers.values():
            server.close()

    def _of(self, workspace: str) -> ChromaIndex:
        return self._servers[self.url_of(workspace)]

    def _others(self, workspace: str) -> list[ChromaIndex]:
        mine = self.url_of(workspace)
        return [server for url, server in self._servers.items() if url != mine]


VectorIndex = ChromaIndex | ShardedIndex
