"""Small, hand-written feedback as files, engines that took it in, and single excerpts, for tests of every room."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import inspect, text

from synth.embedding import Embedder, HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.intake.uploads import ImportState, Submission
from synth.parts import Parts
from synth.settings import Settings
from synth.store.database import Database
from synth.store.excerpts import ExcerptView
from tests.databases import ON_POSTGRES, copy_database, has_database, migrate_home

Row = Mapping[str, object]

PHOTO = (
    "The photo upload gets stuck at 99 percent on every job",
    "Photo upload is stuck again and my crew waits in the van",
    "Uploading a photo gets stuck and the job cannot be closed",
    "Since the update photo upload gets stuck at the end",
    "Our photo upload is stuck whenever the signal is weak",
    "Every photo upload gets stuck before it finishes",
)
CALENDAR = (
    "Calendar sync creates duplicate events for every technician",
    "Duplicate events again after the calendar sync this morning",
    "The calendar sync made duplicate events of all my visits",
    "Why does calendar sync create duplicate events each night",
    "Calendar sync shows duplicate events in the week view",
    "I delete duplicate events because calendar sync makes them",
)
INVOICE = (
    "The invoice layout puts the tax line on the wrong page",
    "Invoice layout is broken and the tax line is cut off",
    "Tax line on the invoice layout shows the old rate",
    "Customers complain that our invoice layout hides the tax line",
    "Please fix the invoice layout so the tax line is readable",
    "The tax line of the invoice layout overlaps the total",
)
PEOPLE = tuple(f"Person {letter}" for letter in "ABCDEFGHIJKL")
SEGMENTS = ("Small", "Mid-market", "Enterprise")


def feedback_rows(times: int = 3) -> list[Row]:
    """Three subjects, said `times` times six ways by twelve people of six accounts, over twelve days of November."""
    rows: list[Row] = []
    for again in range(times):
        for subject in (PHOTO, CALENDAR, INVOICE):
            for said in subject:
                number = len(rows)
                rows.append(
                    {
                        "id": f"F{number + 1}",
                        "text": said + ("" if not again else f", still the case in round {again + 1}"),
                        "date": f"2026-11-{1 + number % 12:02d}",
                        "author": PEOPLE[number % 12],
                        "account": f"Account {number % 6 + 1}",
                        "segment": SEGMENTS[number % 3],
                        "revenue": 1000 * (number % 6 + 1),
                        "rating": 1 + number % 5,
                        "team": ("north", "south")[number % 2],
                    }
                )
    return rows


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """The rows as CSV, with every column any of them has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    """The rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def write_transcript(path: Path, turns: Sequence[tuple[str, str]]) -> Path:
    """Speaker and words of each turn as a VTT file."""
    cues = [
        f"00:{number:02d}:00.000 --> 00:{number:02d}:30.000\n<v {speaker}>{words}</v>\n"
        for number, (speaker, words) in enumerate(turns)
    ]
    path.write_text("WEBVTT\n\n" + "\n".join(cues), "utf-8")
    return path


def submit_file(engine: Engine, path: Path, **options: Any) -> str:
    """Take a file in without doing anything about it; returns the id of its import."""
    with path.open("rb") as content:
        return engine.submit(WORKSPACE, path.name, content, Submission(**options))


def take_in(engine: Engine, path: Path, **options: Any) -> ImportState:
    """Take a file in and do all that follows."""
    import_id = submit_file(engine, path, **options)
    engine.drain()
    state = engine.import_state(WORKSPACE, import_id)
    assert state.finished, state.stages
    assert not [stage for stage in state.stages if stage.dead], state.stages
    return state


def take_rows(engine: Engine, rows: Sequence[Row], *, name: str = "feedback.csv", **options: Any) -> ImportState:
    """Take rows in as a CSV file of that name."""
    folder = engine.parts.home.parent
    return take_in(engine, write_csv(folder / name, rows), **options)


def take_bytes(engine: Engine, content: bytes, name: str, **options: Any) -> ImportState:
    """Take bytes in as a file of that name."""
    import_id = engine.submit(WORKSPACE, name, io.BytesIO(content), Submission(**options))
    engine.drain()
    return engine.import_state(WORKSPACE, import_id)


@cache
def _new_database() -> bytes:
    """A database with every table and no row: migrating anew for each test took a tenth of the time of all tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "synth.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        return path.read_bytes()


def new_home(home: Path) -> Path:
    """A home folder with a database at the newest schema; one that is there stays as it is."""
    home.mkdir(parents=True, exist_ok=True)
    if ON_POSTGRES:
        if not has_database(home):
            migrate_home(home)
    elif not (home / "synth.db").exists():
        (home / "synth.db").write_bytes(_new_database())
    return home


def copy_home(home: Path, to: Path) -> Path:
    """A copy of a home folder that nothing has open, its database included."""
    shutil.copytree(home, to)
    copy_database(home, to)
    return to


def open_home(home: Path, *, embedder: Embedder | None = None, **settings: Any) -> Engine:
    """An engine over a home folder of its own."""
    new_home(home)
    return open_engine(Settings(home=home, **settings), embedder=embedder or HashingEmbedder())


def rows_of(engine: Engine, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a plain SQL statement returns: the hand count that figures are held against."""
    with engine.parts.database.read() as session:
        return [tuple(row) for row in session.execute(text(statement), values)]


def stored_bytes(parts: Parts) -> bytes:
    """What the database holds, byte by byte: its files, or on a server all of its rows."""
    if parts.database.dialect == "sqlite":
        return b"".join(path.read_bytes() for path in parts.home.glob("synth.db*"))
    return "\n".join(rows_by_table(parts).values()).encode()


def bytes_of_home(parts: Parts) -> bytes:
    """What a home folder keeps: every file, and the rows of its database where they are on a server."""
    files = [path.read_bytes() for path in sorted(parts.home.rglob("*")) if path.is_file()]
    return b"\0".join([*files, stored_bytes(parts)])


def rows_by_table(parts: Parts) -> dict[str, str]:
    """What each table holds, written out."""
    with parts.database.read() as session:
        names = inspect(session.connection()).get_table_names()
        return {name: str(session.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names}


def value_of(engine: Engine, statement: str, **values: Any) -> Any:
    """The one value of a plain SQL statement."""
    ((value,),) = rows_of(engine, statement, **values)
    return value


def exported(engine: Engine, what: str) -> list[dict[str, Any]]:
    """The rows of an export."""
    return [json.loads(line) for line in engine.export(WORKSPACE, what)]


def excerpt_view(id: str, text: str, *, start: int = 0, **changes: Any) -> ExcerptView:
    """An excerpt of a document of its own, `start` characters in."""
    values: dict[str, Any] = {
        "id": id,
        "document_id": f"d-{id}",
        "external_id": None,
        "source": "tickets",
        "text": text,
        "start": start,
        "end": start + len(text),
        "speaker": None,
        "role": None,
        "person": "Person A",
        "account": None,
        "segment": None,
        "rating": None,
        "language": "en",
        "created_at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "repeat_of": None,
        "theme_id": None,
        "confidence": None,
    }
    return ExcerptView(**(values | changes))
