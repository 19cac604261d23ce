"""The file of a backup: a ZIP that holds a manifest, one file of lines for each table, and the uploads that wait.

A line is the JSON array of one row, its columns in the order the manifest names. Bytes are base64, times ISO 8601 in
UTC, and what a column of JSON holds stands as the text the database keeps. So the same rows make the same lines on
SQLite and on PostgreSQL, and the SHA-256 of a table's lines tells whether two stores hold the same.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import JSON, DateTime, LargeBinary, Select, String, Table, Text, cast, select

from synth.errors import UnreadableFile

FORMAT = 1
ROWS = 500  # read or written at a time: a row may hold a long text
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


class Part(BaseModel):
    """One file of the archive: how many bytes it has unpacked, and their SHA-256."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Rows(Part):
    """The file of a table: its columns in order, and how many rows it has."""

    columns: list[str]
    rows: int


class Manifest(BaseModel):
    """What an archive holds, written last and read first."""

    model_config = ConfigDict(frozen=True)

    format: int
    version: str  # of the service that wrote it
    schema_version: str  # of the database it was read from
    made_at: datetime
    tables: dict[str, Rows]  # those referred to before those that refer to them
    uploads: dict[str, Part]


class Measured:
    """A file that is written or read in pieces, and knows what went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._bytes = 0

    def write(self, piece: bytes) -> None:
        """Write it on."""
        self._file.write(piece)
        self._count(piece)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            self._count(line)
            yield line

    def exhaust(self) -> None:
        """Read to the end."""
        while piece := self._file.read(_CHUNK):
            self._count(piece)

    @property
    def part(self) -> Part:
        """What has gone through it so far."""
        return Part(bytes=self._bytes, sha256=self._hash.hexdigest())

    def _count(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._bytes += len(piece)


def table_file(name: str) -> str:
    """Where the rows of a table stand in the archive."""
    return f"tables/{name}.jsonl"


def upload_file(name: str) -> str:
    """Where an upload stands in the archive; its name is the one it has in the folder of uploads."""
    return f"uploads/{name}"


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """The archive and what it says it holds; raises UnreadableFile when it is no backup, or a damaged one."""
    try:
        with ZipFile(path) as archive:
            yield archive, _manifest(archive)
    except (OSError, BadZipFile, KeyError, EOFError, ValidationError) as error:
        raise UnreadableFile(f"{path.name} is no whole backup of this service ({error}); take another one.") from error


def check(archive: ZipFile, manifest: Manifest) -> None:
    """Raise UnreadableFile unless every file of the archive has the bytes that the manifest names."""
    parts: dict[str, Part] = {table_file(name): part for name, part in manifest.tables.items()}
    parts |= {upload_file(name): part for name, part in manifest.uploads.items()}
    for name, told in parts.items():
        with archive.open(name) as file:
            measured = Measured(file)
            measured.exhaust()
        if measured.part != Part(bytes=told.bytes, sha256=told.sha256):
            raise UnreadableFile(f"The backup is damaged: {name} is not what was written. Take another one.")


def ordered_rows(table: Table, dialect: str) -> Select[Any]:
    """All rows of a table as lines tell them, in the order of the key, texts compared by their bytes."""
    collation = "BINARY" if dialect == "sqlite" else "C"
    keys = [key.collate(collation) if isinstance(key.type, String) else key for key in table.primary_key.columns]
    return select(*(cast(each, Text) if isinstance(each.type, JSON) else each for each in table.columns)).order_by(
        *keys
    )


def write_line(values: tuple[Any, ...]) -> bytes:
    """One row as a line."""
    return json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_line(line: bytes, table: Table, names: list[str]) -> dict[str, Any]:
    """The row that a line tells, as the database takes it."""
    return {name: _typed(value, table.columns[name].type) for name, value in zip(names, json.loads(line), strict=True)}


def _manifest(archive: ZipFile) -> Manifest:
    manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    if manifest.format != FORMAT:
        raise UnreadableFile(f"The backup has the format {manifest.format}; update this service to read it.")
    return manifest


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value


def _typed(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(kind, DateTime) else value
