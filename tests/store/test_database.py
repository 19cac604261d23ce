"""The database: schema and migrations agree, sessions keep their promises, words are found, numbers are given once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, select

from synth.errors import Broken, Unavailable
from synth.store import database, tables
from synth.store.database import Database
from synth.store.fulltext import add_words, remove_words, search_words, terms
from synth.store.identity import excerpt_id, words_hash
from synth.store.rows import chunks, insert_new, next_numbers
from tests.databases import database_url

W = "w"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FULL_TEXT = ("excerpt_words", "excerpt_texts")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, needs: Callable[[str], None], tmp_path: Path) -> Iterator[Database]:
    """An empty store with one workspace on either database."""
    with database_url(request.param, tmp_path, needs) as url:
        database = Database(url)
        database.migrate()
        with database.write() as session:
            session.execute(insert(tables.Workspace), [{"id": W, "name": "W", "timezone": "UTC", "created_at": NOW}])
        yield database
        database.close()


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # SQLite does not tell of an index that is PostgreSQL's
def test_migrations_make_the_schema_the_code_describes_and_run_twice_without_effect(store: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store.migrate()
    assert store.is_current()

    def ours(_object: Any, name: str | None, *_: Any) -> bool:
        return not (name or "").startswith(FULL_TEXT)

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, tables.Base.metadata) == []


def test_the_newest_version_is_the_one_alembic_names() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    assert database.newest_version() == ScriptDirectory.from_config(config).get_current_head()


def test_a_database_without_a_schema_is_not_current(tmp_path: Path) -> None:
    assert not Database(f"sqlite:///{tmp_path / 'synth.db'}").is_current()


def test_a_database_that_does_not_answer_is_said_to_be_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="SYNTH_DATABASE_URL"):
        Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'synth.db'}").migrate()


def test_a_damaged_file_is_told_from_a_sound_one(tmp_path: Path) -> None:
    path = tmp_path / "synth.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.check()
    database.close()
    content = bytearray(path.read_bytes())
    content[5000:40000] = b"\xff" * 35000
    path.write_bytes(content)
    for rest in tmp_path.glob("synth.db-*"):
        rest.unlink()
    damaged = Database(f"sqlite:///{path}")
    with pytest.raises(Broken, match="damaged"):
        damaged.check()
    damaged.close()


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "synth.db").write_bytes(b"not a database at all, whatever its name says" * 99)
    database = Database(f"sqlite:///{tmp_path / 'synth.db'}")
    with pytest.raises(Broken, match="Restore a backup"):
        database.migrate()
    database.close()


def test_a_transaction_is_whole_or_not_at_all(store: Database) -> None:
    def fail_halfway() -> None:
        with store.write() as session:
            session.add(tables.Source(workspace_id=W, name="s", kind="feedback", created_at=NOW))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with store.read() as session:
        assert session.scalars(select(tables.Source)).all() == []


def test_times_come_back_aware_and_in_utc(store: Database) -> None:
    there = datetime(2026, 11, 1, 3, tzinfo=timezone(timedelta(hours=3)))
    with store.write() as session:
        session.add(tables.Source(workspace_id=W, name="s", kind="feedback", created_at=there))
    with store.read() as session:
        at = session.scalars(select(tables.Source.created_at)).one()
    assert (at, at.tzinfo) == (NOW, UTC)


def test_rows_that_are_there_are_left_as_they_are(store: Database) -> None:
    def row(name: str, kind: str) -> dict[str, Any]:
        return {"workspace_id": W, "name": name, "kind": kind, "created_at": NOW}

    with store.write() as session:
        insert_new(session, tables.Source, [])
        insert_new(session, tables.Source, [row("a", "feedback")])
        insert_new(session, tables.Source, [row("a", "research"), row("b", "research")])
        kinds = session.execute(select(tables.Source.name, tables.Source.kind).order_by(tables.Source.name)).all()
    assert [tuple(pair) for pair in kinds] == [("a", "feedback"), ("b", "research")]


def test_numbers_are_given_once_and_ascend(store: Database) -> None:
    with store.write() as session:
        assert next_numbers(session, W, "theme", 3) == [1, 2, 3]
        assert next_numbers(session, W, "run", 1) == [1]
    with store.write() as session:
        assert next_numbers(session, W, "theme", 2) == [4, 5]


TEXTS = {
    1: "Photo uploads are stuck at 99 percent",
    2: "The upload of photos worked, thank you",
    3: "Der Kalender öffnet nicht, Fehler E-4711",
    4: "It's the calendar's fault; can't sync",
}


def fill_words(store: Database) -> None:
    document = {"workspace_id": W, "source_id": 1, "ingested_at": NOW, "attributes": {}, "redactions": {}, "batch": 0}
    with store.write() as session:
        session.add(tables.Source(id=1, workspace_id=W, name="s", kind="feedback", created_at=NOW))
        session.flush()
        rows = [document | {"id": f"d{n}", "text": said, "words_hash": ""} for n, said in TEXTS.items()]
        session.execute(insert(tables.Document), rows)
        excerpts = [
            {"seq": n, "id": f"x{n}", "workspace_id": W, "document_id": f"d{n}", "position": 0, "start": 0,
             "end": len(said), "text_hash": ""}
            for n, said in TEXTS.items()
        ]  # fmt: skip
        session.execute(insert(tables.Excerpt), excerpts)
        add_words(session, list(TEXTS.items()))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("photo", {"x1", "x2"}),
        ("uploading", {"x1", "x2"}),
        ("stuck calendar", {"x1", "x4"}),
        ("“photo uploads”", {"x1"}),
        ('"upload of photos"', {"x2"}),
        ('"calendar kalender"', set()),
        ("E-4711", {"x3"}),
        ("", set()),
        ("!!! ... ---", set()),
        ("NOT photo OR (", {"x1", "x2"}),
        ("nothing-of-the-sort", set()),
        ("'; DROP TABLE excerpts; --", set()),
        ("a* ^b {c}: NEAR(", set()),
    ],
)
def test_words_are_found_in_their_forms_and_no_query_breaks_the_search(
    store: Database, query: str, expected: set[str]
) -> None:
    fill_words(store)
    with store.read() as session:
        found = search_words(session, W, query, 10)
        assert {id_ for id_, _ in found} >= expected
        assert not expected or {id_ for id_, _ in found} == expected
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        assert search_words(session, "other", query, 10) == []
    with store.write() as session:
        remove_words(session, list(TEXTS.items()))
        assert search_words(session, W, query, 10) == []


@pytest.mark.parametrize(
    "query", ["\x00", "it's", "l’été d'hier", '""', "“x", "a\\b", ":" * 50, "word " * 5000, "😀", "한국어"]
)
def test_odd_queries_are_answered(store: Database, query: str) -> None:
    fill_words(store)
    with store.read() as session:
        assert isinstance(search_words(session, W, query, 10), list)


@given(st.text(max_size=200))
def test_the_terms_of_a_query_are_few_distinct_and_lower_case(query: str) -> None:
    found = terms(query)
    assert len(found) == len(set(found)) <= 32
    assert all(term == term.casefold() for term in found)


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_chunks_lose_nothing(values: list[int], size: int) -> None:
    parts = list(chunks(values, size))
    assert [value for part in parts for value in part] == values
    assert all(0 < len(part) <= size for part in parts)


def test_ids_come_from_content() -> None:
    assert excerpt_id("d1", 0, 12) == excerpt_id("d1", 0, 12) != excerpt_id("d10", 1, 2)
    assert words_hash("It  is STUCK, again!") == words_hash("it is stuck again")
    assert words_hash("ß") == words_hash("SS")
    assert words_hash("") != words_hash("a")


def test_a_store_is_measured_when_it_has_grown_by_half_and_not_at_every_import(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'synth.db'}")
    database.migrate()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    sizes = ((0, 0), (100, 0), (120, 0), (150, 0), (150, 90), (151, 100), (200, 135), (200, 136))
    for (excerpts, placed), times in zip(sizes, (0, 1, 1, 1, 2, 2, 2, 3), strict=True):
        database.measure("main", excerpts, placed)
        assert asked.count("ANALYZE") == times
    database.measure("another", 50, 0)
    database.measure("main", 200, 136)
    assert asked.count("ANALYZE") == 4
    database.close()
