"""The vector index in Chroma: fast nearest neighbours, and nothing that cannot be made again from SQL.

Embedded (a folder) it has one owner, this process, and one call at a time: Chroma 1.5.9 keeps Python's interpreter lock
while it writes, so writes go in small steps to let other threads breathe. Over HTTP the server does the ordering.
A folder is loaded only after it has been found sound, because a damaged one can take the whole process down.
"""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput, SynthError, Unavailable
from synth.store import chroma_probe
from synth.store.chroma_unused import Unused

_PREFIX = "synth-"
_TIMEOUT = 10.0  # seconds, for connecting and for each answer of a Chroma server
_STEP = 100  # vectors put at once: a query waits until all that was put before it is in the graph
_DROPPED, _PAGE = 1_000, 5_000
_LATELY = 5.0  # seconds for which a number of vectors that was right stays so
_PAUSE = 0.002  # seconds between two steps, in which a waiting query gets its turn
_SAME = 1e-3  # largest difference, in any component or in a distance, between two copies of one unit vector
_HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "max_neighbors": 24,
    "ef_search": 200,
    # Saving rewrites the map of all ids, so rarely; what is not saved yet is in Chroma's log and is replayed.
    "sync_threshold": 5_000,
}


class IndexBroken(Unavailable):
    """The index holds no longer what was put into it; `destroy()` it and fill it again from SQL."""


class ChromaIndex:
    """One index over all workspaces for one embedder version; lives as long as the process, shared by its threads."""

    def __init__(
        self, *, folder: Path | None, url: str | None, embedder: str, dimension: int, token: str | None = None
    ) -> None:
        if (folder is None) == (url is None):
            raise BadInput("A vector index is either a folder or the address of a Chroma server: give one of them.")
        self._folder = folder.absolute() if folder else None
        self._unused = Unused(self._folder) if self._folder else None
        self._url, self._token = url, token
        self._embedder, self._dimension = embedder, dimension
        self._lock = RLock()
        self._system: Any = None
        self._collections: dict[str, Any] = {}
        self._counted: dict[str, tuple[int, float]] = {}  # by workspace, and when
        self._fault: str | None = None
        self._failed = False
        self._identity: tuple[int, int] | None = None  # of the database that is open, or was found sound at rest

    @property
    def is_served(self) -> bool:
        """True for the index of a Chroma server, whose files are not ours."""
        return self._url is not None

    def put(self, workspace: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add or replace vectors (one row of `dimension` floats per id); those already there unchanged cost little."""
        rows = dict(zip(ids, self._units(vectors, len(ids)), strict=True))
        names = list(rows)
        for start in range(0, len(names), _STEP):
            batch = names[start : start + _STEP]
            with self._collection(workspace) as collection:
                _upsert(collection, batch, np.stack([rows[name] for name in batch]))
            if self._folder:
                time.sleep(_PAUSE)

    def drop(self, workspace: str, ids: Sequence[str]) -> None:
        """Remove these ids; those that are not there are no error."""
        names = list(dict.fromkeys(ids))
        for start in range(0, len(names), _DROPPED):
            with self._collection(workspace) as collection:
                collection.delete(ids=names[start : start + _DROPPED])

    def query(self, workspace: str, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The `k` nearest ids with their cosine similarity (-1 to 1), best first; fewer when there are fewer."""
        if k < 1:
            return []
        unit = self._units(np.asarray(vector).reshape(1, -1), 1)
        with self._collection(workspace) as collection:
            found = collection.query(query_embeddings=unit, n_results=k, include=["distances"])
        hits = [(name, 1.0 - float(gap)) for name, gap in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def count(self, workspace: str, *, lately: int | None = None) -> int:
        """How many vectors the workspace has here; of a server, a few seconds old where it had as many as `lately`."""
        known = self._counted.get(workspace) if self.is_served else None
        if lately is not None and known is not None and known[0] == lately and time.monotonic() - known[1] < _LATELY:
            return lately
        with self._collection(workspace) as collection:
            counted = int(collection.count())
        self._counted[workspace] = counted, time.monotonic()
        return counted

    def ids(self, workspace: str) -> set[str]:
        """All ids of the workspace, read in pages."""
        found: set[str] = set()
        offset = 0
        while True:
            with self._collection(workspace) as collection:
                page = collection.get(limit=_PAGE, offset=offset, include=[])["ids"]
            found.update(page)
            offset += len(page)
            if len(page) < _PAGE:
                return found

    def clear(self, workspace: str) -> None:
        """Forget every vector of the workspace."""
        with self._collection(workspace) as collection:
            self._server().delete_collection(collection.name)
            self._collections.pop(workspace)

    def discard(self, workspace: str) -> None:
        """Forget every vector of the workspace, and begin nothing where there is none."""
        from chromadb.errors import NotFoundError

        with self._lock, self._translated(workspace):
            self._collections.pop(workspace, None)
            with suppress(NotFoundError):
                self._server().delete_collection(self._name(workspace))

    def clear_elsewhere(self, workspace: str) -> None:
        """Forget what other servers hold of it: there is none."""

    def verify(self, workspace: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Raise IndexBroken unless each of these ids (a sample from SQL) is here with this very vector."""
        units = self._units(vectors, len(ids))
        with self._collection(workspace) as collection:
            found = collection.get(ids=list(ids), include=["embeddings"])
        held = dict(zip(found["ids"], found["embeddings"], strict=True))
        for name, unit in zip(ids, units, strict=True):
            if name not in held or not np.allclose(held[name], unit, atol=_SAME):
                raise IndexBroken(f"The index does not hold the vector of {name} as SQL does; it has to be rebuilt.")

    def is_at_rest(self) -> bool:
        """True while a folder is closed, sealed and as it was sealed: to open it costs seconds, and can wait."""
        with self._lock:
            if self._folder is None or self._system is not None or self._fault:
                return False
            if self._identity is None and chroma_probe.is_intact(self._folder):
                self._identity = _identity(self._folder)
            return self._identity is not None and self._is_ours()

    def probe(self, workspace: str | None = None) -> None:
        """Raise IndexBroken when the index is not what it should be, Unavailable when it does not answer.

        Not open yet, a folder is looked at by itself, outside this process; open, stored vectors are fetched and
        must find themselves: of a server, those of the workspace, or of all. Whether anything is missing, `count`,
        `ids` and `verify` tell against SQL.
        """
        with self._lock, self._translated():
            if self._system is None and self._folder:
                self._examine()
                return
            for model in self._server().list_collections():
                if model.name.startswith(_PREFIX if workspace is None or self._folder else self._name(workspace)):
                    self._raise(chroma_probe.canary_fault(_bind(self._server(), model)))

    def destroy(self) -> None:
        """Throw the folder away, sound or not; the next call begins an empty index. Only for a folder."""
        if self._folder is None:
            raise Unavailable(f"The index at {self._url} belongs to a Chroma server: clear its workspaces instead.")
        with self._lock:
            self._stop()
            try:
                chroma_probe.break_seal(self._folder)
                _discard(self._folder)
            except OSError as error:
                raise Unavailable(f"The folder {self._folder} cannot be removed: {error.strerror}.") from error
            self._fault, self._failed = None, False

    def close(self) -> None:
        """Let go of the index; a folder that gave no trouble is sealed: the next start need not look into it."""
        with self._lock:
            in_order = self._system is not None and not self._fault and not self._failed and self._is_ours()
            self._stop()
            if in_order and self._folder and self._unused:
                self._unused.wipe()
                chroma_probe.seal(self._folder)

    @contextmanager
    def _collection(self, workspace: str) -> Iterator[Any]:
        """The workspace's collection, for one call; embedded calls take turns."""
        with self._lock:
            with self._translated():
                server = self._server()
                collection = self._collections.get(workspace) or self._create(server, workspace)
            if self._unused:
                with self._translated(workspace):
                    yield collection
                    self._unused.wipe()
                return
        with self._translated(workspace):
            yield collection

    def _create(self, server: Any, workspace: str) -> Any:
        model = server.create_collection(name=self._name(workspace), configuration={"hnsw": _HNSW}, get_or_create=True)
        collection = _bind(server, model)
        # The first read after writes makes Chroma apply its whole log a second time, at 5 ms a row: read first.
        collection.count()
        self._collections[workspace] = collection
        return collection

    def _name(self, workspace: str) -> str:
        return _PREFIX + sha256(f"{workspace}\0{self._embedder}".encode()).hexdigest()[:40]

    def _server(self) -> Any:
        """Chroma's own API object, opened at the first call; raises IndexBroken when the folder is another by now."""
        if self._system is None:
            self._system = self._open_folder(self._folder) if self._folder else _connect(str(self._url), self._token)
        elif not self._is_ours():
            self._raise("the folder was removed or replaced while it was in use")
        return _server_of(self._system)

    def _open_folder(self, folder: Path) -> Any:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self._examine()
        chroma_probe.break_seal(folder)
        Unused(folder).wipe()  # an earlier version, or one that was killed, left them as they were
        system = open_embedded(folder)
        self._identity = _identity(folder)
        return system

    def _examine(self) -> None:
        self._raise(self._fault or chroma_probe.examine(self._folder) if self._folder else None)

    def _raise(self, fault: str | None) -> None:
        """Remember a fault until `destroy()`: looking again would cost seconds and change nothing."""
        if fault:
            self._fault = fault
            raise IndexBroken(
                f"The vector index at {self._folder or self._url} is broken ({fault}); rebuild it from SQL."
            )

    def _is_ours(self) -> bool:
        return self._folder is None or _identity(self._folder) == self._identity

    def _stop(self) -> None:
        system, self._system = self._system, None
        self._collections.clear()
        if system is not None:
            _stop(system)

    @contextmanager
    def _translated(self, workspace: str = "") -> Iterator[None]:
        """Turn whatever Chroma raises, panics of its native part included, into our errors."""
        try:
            yield
        except SynthError:
            raise
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            self._collections.pop(workspace, None)
            self._counted.pop(workspace, None)
            raise self._error(error) from error

    def _error(self, error: BaseException) -> SynthError:
        from chromadb.errors import InternalError

        detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        if isinstance(error, OSError):
            return Unavailable(f"The index at {self._folder or self._url} cannot be used: {error.strerror or error}.")
        if self._folder is None and not isinstance(error, InternalError):
            return Unavailable(f"The Chroma server at {self._url} does not answer as it should: {detail}.")
        self._failed = True
        return IndexBroken(f"The vector index at {self._folder or self._url} failed: {detail}.")

    def _units(self, vectors: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
        """The same directions at length 1; raises BadInput for what has none."""
        wanted = (rows, self._dimension)
        if vectors.shape != wanted:
            raise BadInput(f"Vectors of shape {wanted} were expected, not {vectors.shape}.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise BadInput("A vector that is zero or not finite has no direction and cannot be indexed.")
        return np.asarray(vectors / lengths, dtype=np.float32)


def open_embedded(folder: Path) -> Any:
    """Chroma on a folder, started; bypasses chromadb's cache of clients by path, so stopping it is the end of it."""
    return _start(
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI", is_persistent=True, persist_directory=str(folder)
    )


def collections(system: Any) -> list[Any]:
    """Every collection of a started Chroma."""
    server = _server_of(system)
    return [_bind(server, model) for model in server.list_collections()]


def _connect(url: str, token: str | None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else None
    return _start(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=url.rstrip("/"),
        chroma_server_http_port=8000,
        chroma_server_headers=headers,
    )


def _start(**settings: Any) -> Any:
    from chromadb.config import Settings, System

    fixed: Any = {"_env_file": None, "anonymized_telemetry": False, "chroma_otel_collection_endpoint": ""}
    system = System(Settings(**fixed, **settings))
    session = getattr(_server_of(system), "_session", None)
    if session is not None:  # HTTP: it waits for ever unless told otherwise, and there is no setting
        session.timeout = _TIMEOUT
    system.start()
    return system


def _stop(system: Any) -> None:
    session = getattr(_server_of(system), "_session", None)
    system.stop()
    if session is not None:  # Chroma leaves its connections to the garbage collector
        session.close()


def _server_of(system: Any) -> Any:
    """The part of Chroma that does the work, the same for a folder and for HTTP."""
    from chromadb.api import ServerAPI

    interface: Any = ServerAPI
    return system.instance(interface)


def _bind(server: Any, model: Any) -> Any:
    from chromadb.api.models.Collection import Collection

    return Collection(client=server, model=model, embedding_function=None)


def _upsert(collection: Any, ids: list[str], units: NDArray[np.float32]) -> None:
    """Write only what is new or different: replacing a vector in the graph costs several times an addition."""
    found = collection.get(ids=ids, include=["embeddings"])
    held = dict(zip(found["ids"], found["embeddings"], strict=True))
    changed = [
        row for row, name in enumerate(ids) if name not in held or not np.allclose(held[name], units[row], atol=_SAME)
    ]
    if changed:
        collection.upsert(ids=[ids[row] for row in changed], embeddings=units[changed])


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which file the database is; another one under the same name is not the one that was opened."""
    try:
        found = (folder / "chroma.sqlite3").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _discard(folder: Path) -> None:
    """Move the folder aside, then delete it: a name that is free at once, even where deleting fails half-way."""
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.discarded-{uuid.uuid4().hex}"))
    for old in folder.parent.glob(f"{folder.name}.discarded-*"):
        shutil.rmtree(old, ignore_errors=True)
