"""Making a backup while everything runs: one snapshot of the database, and the uploads its imports still need."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection, MetaData, Table, text

from synth.backup.archive import (
    FORMAT,
    MANIFEST,
    ROWS,
    Manifest,
    Measured,
    Part,
    Rows,
    ordered_rows,
    table_file,
    upload_file,
    write_line,
)
from synth.errors import BadInput, Conflict, NotFound
from synth.store.database import Database
from synth.store.fulltext import is_full_text
from synth.store.walls import everywhere

_SNAPSHOTS = 5  # tries for one in which no upload that is needed went away between two looks
_LEVEL = 1  # most of it is vectors and texts, which pack little better when packed slowly
_UPLOADS = "uploads"
_WAITING = text("SELECT DISTINCT subject FROM jobs WHERE kind = 'intake' AND state IN ('queued', 'running')")


def back_up(database: Database, home: Path, path: Path) -> Manifest:
    """Write everything of the system of record into one file; returns what it holds.

    The file is there whole or not at all. The vector index is left out: it is built from SQL. Raises BadInput where
    there is a file of this name, NotFound where there is nothing to back up.
    """
    if path.exists():
        raise BadInput(f"{path} is there already; name another file.")
    if database.schema_version() is None:
        raise NotFound("There is nothing to back up: the database has no tables yet.")
    half = path.with_name(f".{path.name}.half")
    try:
        with TemporaryDirectory(dir=home, prefix="backup-") as staging, everywhere():
            manifest = _write(database, home / _UPLOADS, Path(staging), half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return manifest


def reflect(connection: Connection) -> list[Table]:
    """The tables as the database has them, those referred to before those that refer to them; no full-text tables."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version" and not is_full_text(name))
    return found.sorted_tables


def _write(database: Database, uploads: Path, staging: Path, path: Path) -> Manifest:
    with _snapshot(database, uploads, staging) as connection, _new_archive(path) as archive:
        manifest = Manifest(
            format=FORMAT,
            version=version("synth"),
            schema_version=connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
            made_at=datetime.now(UTC),
            tables={table.name: _write_rows(connection, table, archive) for table in reflect(connection)},
            uploads={name: _write_upload(archive, staging / name, name) for name in _names(staging)},
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


@contextmanager
def _new_archive(path: Path) -> Iterator[ZipFile]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            yield archive
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _snapshot(database: Database, uploads: Path, staging: Path) -> Iterator[Connection]:
    """One state of the database, with every upload that its waiting imports need linked into `staging`."""
    for _ in range(_SNAPSHOTS):
        with database.snapshot() as connection:
            _link(uploads, staging)  # before the snapshot begins with its first reading …
            waiting = set(connection.execute(_WAITING).scalars())
            _link(uploads, staging)  # … and after it, for what came in between
            if waiting <= set(_names(staging)):
                yield connection
                return
    raise Conflict("Imports come and go too fast for a backup just now; try again in a moment.")


def _link(uploads: Path, staging: Path) -> None:
    """Hold on to uploads: a link stays when the job that read the file removes it."""
    for name in _names(uploads):
        held = staging / name
        held.parent.mkdir(parents=True, exist_ok=True)
        if not held.exists():
            _hold(uploads / name, held)


def _hold(upload: Path, held: Path) -> None:
    try:
        held.hardlink_to(upload)
    except FileNotFoundError:
        return  # it was read and removed this moment
    except OSError:  # a file system without links
        shutil.copyfile(upload, held)


def _names(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _write_rows(connection: Connection, table: Table, archive: ZipFile) -> Rows:
    count = 0
    with archive.open(table_file(table.name), "w", force_zip64=True) as file:
        measured = Measured(file)
        for row in connection.execute(
            ordered_rows(table, connection.dialect.name), execution_options={"yield_per": ROWS}
        ):
            measured.write(write_line(tuple(row)))
            count += 1
    return Rows(**measured.part.model_dump(), columns=[column.name for column in table.columns], rows=count)


def _write_upload(archive: ZipFile, upload: Path, name: str) -> Part:
    with upload.open("rb") as source, archive.open(upload_file(name), "w", force_zip64=True) as file:
        measured = Measured(file)
        while piece := source.read(1 << 20):
            measured.write(piece)
    return measured.part
