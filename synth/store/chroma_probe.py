"""Is a Chroma folder sound? Answered without loading it into this process, which a damaged folder can kill.

A folder that was closed carries a *seal* beside it: size and checksum of every file. When the seal holds, the folder is
what it was. Without one its last owner died while it was open; then a child process loads it, under a time limit,
checks Chroma's own books and lets stored vectors find themselves: `python -m synth.store.chroma_probe FOLDER`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DATABASE, _SAVED_LAST = "chroma.sqlite3", "index_metadata.pickle"
_BLOCK = 1 << 20
_PATIENCE, _BYTES_A_SECOND = 60.0, 20_000_000  # time limit of the child: a base, and more for a bigger folder
_WINDOWS, _WINDOW = 20, 50
_NEAR = 1e-3


def examine(folder: Path) -> str | None:
    """What is wrong with a folder nobody has open, in a few words; None when it is sound, empty or absent."""
    sealed = _read_seal(folder)
    if sealed is not None:
        return _difference(sealed, _sums(folder))
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    return _examine_in_child(folder)


def is_intact(folder: Path) -> bool:
    """True of a folder that is sealed and has not changed since."""
    sealed = _read_seal(folder)
    return sealed is not None and _difference(sealed, _sums(folder)) is None


def seal(folder: Path) -> None:
    """Note what every file is, once nothing writes any more; Chroma's threads may finish a little after its stop."""
    _sweep(folder)
    for _ in range(10):
        before = _stamps(folder)
        sums = _sums(folder)
        if before == _stamps(folder):
            break
        time.sleep(0.1)
    else:
        return
    draft = _seal_path(folder).with_suffix(".draft")
    draft.write_text(json.dumps(sums), encoding="utf-8")
    draft.replace(_seal_path(folder))


def break_seal(folder: Path) -> None:
    """From now on the files may change; a death of this process shall be noticed."""
    _seal_path(folder).unlink(missing_ok=True)


def canary_fault(collection: Any) -> str | None:
    """What is wrong with a collection that answers: stored vectors, taken all over it, must find themselves."""
    count = collection.count()
    offsets = sorted({count * part // _WINDOWS for part in range(_WINDOWS)}) if count else []
    lost = 0
    for offset in offsets:
        page = collection.get(limit=_WINDOW, offset=offset, include=["embeddings"])
        vectors = np.asarray(page["embeddings"], dtype=np.float32)
        if len(page["ids"]) == 0 or not _are_units(vectors):
            return "stored vectors are damaged"
        lost += not _finds_itself(collection, page["ids"][0], vectors[:1])
    # A graph search is approximate: one miss in ten is no damage.
    return f"{lost} of {len(offsets)} stored vectors cannot be found" if lost > len(offsets) // 10 else None


def main(folder: Path) -> str | None:
    """The child's work: look at the books, then load the folder and try it."""
    from synth.store.chroma import collections, open_embedded

    fault = _books_fault(folder)
    if fault:
        return fault
    _sweep(folder)
    system = open_embedded(folder)
    try:
        return next((fault for each in collections(system) if (fault := canary_fault(each))), None)
    finally:
        system.stop()


def _seal_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.seal")


def _read_seal(folder: Path) -> dict[str, list[int]] | None:
    try:
        sealed: dict[str, list[int]] = json.loads(_seal_path(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return sealed


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _stamps(folder: Path) -> list[tuple[str, int, int]]:
    return [(str(path), (found := path.stat()).st_size, found.st_mtime_ns) for path in _files(folder)]


def _sums(folder: Path) -> dict[str, list[int]]:
    return {path.relative_to(folder).as_posix(): [path.stat().st_size, _sum(path)] for path in _files(folder)}


def _sum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total = zlib.crc32(block, total)
    return total


def _difference(sealed: dict[str, list[int]], found: dict[str, list[int]]) -> str | None:
    for name in sealed | found:
        if name not in found:
            return f"{name} is missing"
        if name not in sealed:
            return f"{name} was added by somebody else"
        if sealed[name] != found[name]:
            return f"{name} was changed or damaged"
    return None


def _examine_in_child(folder: Path) -> str | None:
    limit = _PATIENCE + sum(path.stat().st_size for path in _files(folder)) / _BYTES_A_SECOND
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "synth.store.chroma_probe", str(folder)]
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command, capture_output=True, text=True, timeout=limit, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return f"loading it took longer than {limit:.0f} seconds"
    if child.returncode:
        return f"loading it ended the process with code {child.returncode}"
    fault: str | None = json.loads(child.stdout.splitlines()[-1])
    return fault


def _books_fault(folder: Path) -> str | None:
    """What Chroma's database says against itself, or against the files beside it."""
    segments = [path.name for path in folder.iterdir() if path.is_dir()]
    if not (folder / _DATABASE).is_file():
        return f"{_DATABASE} is missing" if segments else None
    try:
        saved = _vector_segments(folder)
    except sqlite3.Error as error:
        return f"{_DATABASE}: {error}"
    if segments and not saved:
        return f"{_DATABASE} knows nothing of the vectors beside it"
    gone = [name for name, last in saved.items() if last and not (folder / name / _SAVED_LAST).is_file()]
    return f"the vectors in {gone[0]} are missing" if gone else None


def _vector_segments(folder: Path) -> dict[str, int]:
    """The last write saved in each folder of vectors; raises sqlite3.Error for a damaged database.

    Never call this on a folder that is open: two SQLite libraries in one process undo each other's locks.
    """
    connection = sqlite3.connect(folder / _DATABASE)
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(str(verdict).splitlines()[-1])
        rows = connection.execute(
            "SELECT id, coalesce(seq_id, 0) FROM segments LEFT JOIN max_seq_id ON id = segment_id"
            " WHERE scope = 'VECTOR'"
        )
        return dict(rows.fetchall())
    finally:
        connection.close()


def _sweep(folder: Path) -> None:
    """Remove the vectors of deleted collections: Chroma forgets them in its database and leaves them on the disk."""
    if not (folder / _DATABASE).is_file():
        return
    known = _vector_segments(folder)
    for path in folder.iterdir():
        if path.is_dir() and path.name not in known:
            shutil.rmtree(path, ignore_errors=True)


def _are_units(vectors: NDArray[np.float32]) -> bool:
    return bool(np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=_NEAR))


def _finds_itself(collection: Any, name: str, vector: NDArray[np.float32]) -> bool:
    """True when the vector comes back as its own nearest; equal texts have equal vectors, so a twin will do."""
    found = collection.query(query_embeddings=vector, n_results=10, include=["distances"])
    distances = found["distances"][0]
    if not distances or abs(distances[0]) > _NEAR:
        return False
    return name in found["ids"][0] or abs(distances[-1]) < _NEAR


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
