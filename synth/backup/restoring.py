"""Bringing a backup back into an empty home folder and an empty database of either kind, and proving it.

The schema is made as the backup had it, filled, and read again: unless the hashes of every table are those of the
backup, nothing is kept. Only then is it brought up to date.
"""

import hashlib
import shutil
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from sqlalchemy import JSON, Connection, Integer, Table, TableClause, column, func, insert, select, table, text
from sqlalchemy.types import NullType

from synth.backup.archive import (
    ROWS,
    Manifest,
    check,
    open_archive,
    ordered_rows,
    read_line,
    table_file,
    upload_file,
    write_line,
)
from synth.backup.saving import reflect
from synth.errors import BadInput, Broken, Conflict, UnreadableFile
from synth.store.database import Database, versions
from synth.store.fulltext import fill_words
from synth.store.walls import everywhere

_EMPTY = "A backup is restored into an empty SYNTH_HOME and an empty database; name others, or move these away."


def restore(database: Database, home: Path, path: Path) -> Manifest:
    """Fill an empty store from a backup and bring it up to date; returns what the backup holds.

    Raises UnreadableFile for a file that is no whole backup, BadInput for one of a newer version, Conflict where
    something is there already. The vector index is built by whoever opens the home folder next.
    """
    with everywhere(), open_archive(path) as (archive, manifest):
        _refuse_newer(manifest)
        _refuse_full(database, home, manifest)
        check(archive, manifest)
        database.migrate(manifest.schema_version)
        _put_uploads(archive, manifest, home / "uploads")
        with database.write() as session:
            _fill(session.connection(), archive, manifest)
            fill_words(session)
    database.migrate()
    return manifest


def _refuse_newer(manifest: Manifest) -> None:
    if manifest.schema_version not in versions():
        raise BadInput(f"The backup was made by version {manifest.version}, which is newer; update this service first.")


def _refuse_full(database: Database, home: Path, manifest: Manifest) -> None:
    """A schema without a row is what a restore that was broken off leaves behind: it may be done again."""
    held = database.schema_version()
    if (home / "chroma").exists() or held not in (None, manifest.schema_version):
        raise Conflict(_EMPTY)
    if held is not None:
        with database.read() as session:
            if session.execute(text("SELECT count(*) FROM workspaces")).scalar_one():
                raise Conflict(_EMPTY)


def _put_uploads(archive: ZipFile, manifest: Manifest, uploads: Path) -> None:
    for name in manifest.uploads:
        parts = PurePosixPath(name).parts
        if ".." in parts or PurePosixPath(name).is_absolute():
            raise UnreadableFile(f"The backup holds an upload by the name of '{name}', which is no place for one.")
        target = uploads.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(upload_file(name)) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)


def _fill(connection: Connection, archive: ZipFile, manifest: Manifest) -> None:
    tables = {each.name: each for each in reflect(connection)}
    if strange := sorted(set(manifest.tables) ^ set(tables)):
        raise UnreadableFile(f"The backup and its schema differ in {', '.join(strange)}; take another one.")
    for name, target in tables.items():
        _fill_table(connection, archive, target, manifest.tables[name].columns)
        _count_on(connection, target)
        if _digest(connection, target) != manifest.tables[name].sha256:
            raise Broken(f"What was written into {name} is not what the backup holds; nothing was kept.")


def _fill_table(connection: Connection, archive: ZipFile, target: Table, names: list[str]) -> None:
    taken = insert(_as_written(target))
    with archive.open(table_file(target.name)) as file:
        rows = []
        for line in file:
            rows.append(read_line(line, target, names))
            if len(rows) == ROWS:
                connection.execute(taken, rows)
                rows = []
        if rows:
            connection.execute(taken, rows)


def _as_written(target: Table) -> TableClause:
    """The table with its columns of JSON as texts that the database takes as they are."""
    kinds = (column(c.name, NullType() if isinstance(c.type, JSON) else c.type) for c in target.columns)
    return table(target.name, *kinds)


def _count_on(connection: Connection, target: Table) -> None:
    """PostgreSQL numbers new rows by a sequence, which knows nothing of rows that came with their numbers."""
    keys = list(target.primary_key.columns)
    if connection.dialect.name == "sqlite" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    highest = connection.execute(select(func.max(keys[0]))).scalar()
    sequence = connection.execute(select(func.pg_get_serial_sequence(target.name, keys[0].name))).scalar()
    if highest is not None and sequence is not None:
        connection.execute(select(func.setval(sequence, highest)))


def _digest(connection: Connection, target: Table) -> str:
    digest = hashlib.sha256()
    query = ordered_rows(target, connection.dialect.name)
    for row in connection.execute(query, execution_options={"yield_per": ROWS}):
        digest.update(write_line(tuple(row)))
    return digest.hexdigest()
