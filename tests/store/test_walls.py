"""The second wall: PostgreSQL itself keeps workspaces apart, whatever a statement asks for."""

import contextvars
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import JSON, Column, Table, delete, event, func, insert, inspect, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.types import Boolean, DateTime, Float, Integer, LargeBinary

from api.app import make_app
from synth.access import create_token
from synth.checkup import examine
from synth.embedding import HashingEmbedder
from synth.engine import Engine, open_engine
from synth.settings import Settings
from synth.store.database import Database
from synth.store.tables import Base, Document, Workspace
from synth.store.walls import NOTHING, OPEN, everywhere, find_gaps, passes_walls, wall, within
from tests.databases import throwaway_postgres, unbound
from tests.factories import feedback_rows, new_home, write_csv

OURS, THEIRS = "ours", "theirs"
WALLED = [table for table in Base.metadata.sorted_tables if "workspace_id" in table.columns]
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def url(needs: Callable[[str], None]) -> Iterator[str]:
    """A database with every table, which belongs to a role that is no superuser."""
    needs("postgresql")
    with throwaway_postgres() as address:
        database = Database(address)
        database.migrate()
        database.close()
        yield address


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Database]:
    """Two workspaces with a row in every table each, written within their walls."""
    database = Database(url)
    for place, workspace in enumerate((OURS, THEIRS)):
        with within(workspace), database.write() as session:
            made = {"workspaces": {"id": workspace, "name": workspace, "timezone": "UTC", "created_at": NOW}}
            session.execute(insert(Workspace), [made["workspaces"]])
            for table in WALLED:
                made[table.name] = row_of(table, workspace, place, made)
                session.execute(table.insert(), [made[table.name]])
    yield database
    database.close()


def row_of(table: Table, workspace: str, place: int, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A row that the table takes: what refers to another table refers to that workspace's row there."""
    row = {column.name: value_of(column, workspace, place) for column in table.columns}
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            row[element.parent.name] = made[element.column.table.name][element.column.name]
    return row | {"workspace_id": workspace}


def value_of(column: Column[Any], workspace: str, place: int) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, LargeBinary):
        return b"1234"
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer | Float):
        return 100 + place
    if isinstance(kind, DateTime):
        return NOW
    return NOW if getattr(kind, "impl", None).__class__ is DateTime else f"{workspace} {column.name}"


def test_no_table_is_without_a_wall(url: str) -> None:
    database = Database(url)
    with database.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        assert find_gaps(connection, names) == []
        assert {name for name in names if name in OPEN} == OPEN
        connection.execute(text("CREATE TABLE later (workspace_id TEXT)"))
        assert find_gaps(connection, [*names, "later"]) == ["later"]
        for statement in wall("later"):
            connection.execute(text(statement))
        assert find_gaps(connection, [*names, "later"]) == []
        connection.rollback()
    database.close()


@pytest.mark.parametrize("table", WALLED, ids=lambda table: table.name)
def test_a_workspace_sees_its_own_rows_and_no_others(store: Database, table: Table) -> None:
    seen = {}
    for workspace in (OURS, THEIRS, NOTHING):
        with within(workspace), store.engine.connect() as connection:
            seen[workspace] = [row.workspace_id for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))]
    with everywhere(), store.engine.connect() as connection:
        every = [row.workspace_id for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))]
    assert (seen, sorted(every)) == ({OURS: [OURS], THEIRS: [THEIRS], NOTHING: []}, [OURS, THEIRS])


@pytest.mark.parametrize("table", WALLED, ids=lambda table: table.name)
def test_nothing_is_written_into_another_workspace(store: Database, table: Table) -> None:
    made = {"workspaces": {"id": THEIRS}}
    for each in WALLED[: WALLED.index(table)]:
        made[each.name] = row_of(each, THEIRS, 1, made)
    row = row_of(table, THEIRS, 1, made)
    for workspace in (OURS, NOTHING):
        with within(workspace), store.engine.connect() as connection:
            with pytest.raises(ProgrammingError, match="row-level security"), connection.begin_nested():
                connection.execute(table.insert(), [row])
            mine = table.c.workspace_id == THEIRS
            if table.name != "audit_events":
                assert connection.execute(update(table).where(mine).values(workspace_id=OURS)).rowcount == 0
                assert connection.execute(delete(table).where(mine)).rowcount == 0
            connection.rollback()


def test_nothing_is_moved_into_another_workspace(store: Database) -> None:
    with within(OURS), store.engine.connect() as connection, pytest.raises(ProgrammingError, match="row-level"):
        connection.execute(update(Base.metadata.tables["counters"]).values(workspace_id=THEIRS))


def test_the_list_of_workspaces_is_behind_a_wall(store: Database) -> None:
    for workspace, expected in ((OURS, [OURS]), (NOTHING, [])):
        with within(workspace), store.read() as session:
            assert list(session.scalars(select(Workspace.id))) == expected


def test_a_connection_that_goes_back_sees_nothing(store: Database) -> None:
    for _ in range(12):  # more often than it takes a driver to prepare a statement
        with within(OURS), store.read() as session:
            assert session.scalar(select(func.count(Document.id))) == 1
        with within(NOTHING), store.read() as session:
            assert session.scalar(select(func.count(Document.id))) == 0
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with within(OURS), store.snapshot() as connection:
        assert connection.execute(select(func.count(Document.id))).scalar() == 1
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with within(NOTHING), store.read() as session:
        assert session.scalar(select(func.count(Document.id))) == 0
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_transaction_says_what_it_sees_in_the_statement_that_begins_it(store: Database) -> None:
    sent: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with within(OURS), store.read() as session:
        session.scalar(select(func.count(Document.id)))
    assert [each.split(" ", 1)[0] for each in sent] == ["BEGIN;", "SELECT"]
    assert sent[0] == "BEGIN; SET LOCAL synth.workspace TO 'ours'"


def test_a_name_of_a_workspace_cannot_break_out_of_the_setting(store: Database) -> None:
    with within("x'; SET LOCAL synth.workspace TO '*"), store.read() as session:
        assert session.scalar(select(func.count(Document.id))) == 0


@pytest.fixture(scope="module")
def engine(needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two workspaces with feedback in one database, worked on from where nothing is seen unless it is said."""
    needs("postgresql")
    home = new_home(tmp_path_factory.mktemp("walls") / "home")
    with throwaway_postgres() as address:
        opened = contextvars.Context().run(_fill, Settings(home=home, database_url=address, public_url="http://x"))
        yield opened
        opened.close()


def _fill(settings: Settings) -> Engine:
    from synth.intake.uploads import Submission
    from synth.workspaces import add_workspace

    engine = open_engine(settings, embedder=HashingEmbedder())
    add_workspace(engine.parts.database, "Other", id=None, timezone="Asia/Tokyo", now=engine.parts.now())
    for workspace, rows in (("main", feedback_rows(1)), ("other", feedback_rows(1)[:7])):
        file = write_csv(settings.home.parent / f"{workspace}.csv", rows)
        with within(workspace), file.open("rb") as content:
            engine.submit(workspace, file.name, content, Submission())
    engine.drain()
    engine.tend_all()
    engine.drain()
    return engine


def test_a_request_that_forgets_where_sees_its_own_workspace_alone(engine: Engine) -> None:
    def everything() -> list[str]:
        with engine.parts.database.read() as session:
            return sorted({each.workspace_id for each in session.scalars(select(Document))})

    def counted() -> int:
        with engine.parts.everybody.read() as session:
            return len(session.scalars(select(Document)).all())

    app = make_app(engine)
    app.add_api_route("/everything", everything)
    app.add_api_route("/counted", counted)
    for workspace, documents in (("main", 18), ("other", 7)):
        client = client_of(app, engine, workspace)
        assert client.get("/everything").json() == [workspace]
        assert client.get("/counted").json() == documents
        assert client.get("/v1/status").json()["documents"] == documents


def test_what_runs_by_itself_is_done_for_every_workspace(engine: Engine) -> None:
    for workspace in ("main", "other"):
        with within(workspace):
            jobs = {(job["kind"], job["state"]) for job in engine.jobs(workspace).rows}
            assert {("intake", "done"), ("index", "done"), ("repair", "done")} <= jobs
            assert not {state for _, state in jobs} - {"done"}
            assert engine.status(workspace)["index"] == "ready"


def test_a_job_that_forgets_where_sees_its_own_workspace_alone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from synth import jobs
    from synth.store import ledger

    seen: list[list[str]] = []

    def look(parts: Any, held: ledger.Claim) -> None:
        with parts.database.write() as session:
            seen.append(sorted(set(session.scalars(select(Document.workspace_id)))))
            ledger.finish(session, held, now=parts.now())

    monkeypatch.setattr(jobs, "_handler", lambda _: look)
    for workspace in ("main", "other"):
        with within(workspace):
            engine.repair_index(workspace)
    contextvars.Context().run(engine.drain)
    assert sorted(seen) == [["main"], ["other"]]


def test_who_comes_in_is_found_wherever_they_belong(engine: Engine) -> None:
    app = make_app(engine)
    with within("other"):
        link = engine.invite("other", "Ana", "editor")["link"]
    browser = TestClient(app, follow_redirects=False)
    assert contextvars.Context().run(browser.get, link).status_code == 303
    account = contextvars.Context().run(browser.get, "/account")
    assert account.status_code == 200
    assert contextvars.Context().run(browser.get, "/v1/status").json()["documents"] == 7


def test_links_and_hooks_need_no_credential(engine: Engine) -> None:
    from synth.store.tables import Subscription

    app = make_app(engine)
    with within("other"):
        made = engine.add_hook("other", "Ana", "Desk")
    nobody = TestClient(app)
    refused = contextvars.Context().run(nobody.post, made["path"], content=b"{}")
    assert refused.status_code == 400  # found, and not signed
    assert nobody.post("/v1/hooks/h0", content=b"{}").status_code == 404
    with within("other"), engine.parts.database.write() as session:
        kept = {"conditions": [], "created_by": "Ana", "created_at": NOW, "form": "whole"}
        row = {"workspace_id": "other", "id": "S1", "kind": "email", "address": "a@example.org", "key": "secret"}
        session.execute(insert(Subscription), [row | kept])
    assert contextvars.Context().run(nobody.get, "/unsubscribe?key=secret").status_code == 200
    assert contextvars.Context().run(nobody.post, "/unsubscribe?key=secret").status_code == 200
    with within("other"):
        assert engine.subscriptions("other")["subscriptions"] == []


def test_the_check_up_names_a_role_that_no_wall_holds(engine: Engine, tmp_path: Path) -> None:
    address = engine.settings.database_url or ""
    bound = found("workspaces", engine.settings)
    assert (bound.ok, "row-level security" in bound.said) == (True, True)
    loose = engine.settings.model_copy(update={"database_url": unbound(address)})
    told = found("workspaces", loose)
    assert not told.ok
    assert "lets the role postgres through" in told.said
    database = Database(unbound(address))
    with database.engine.connect() as connection:
        assert passes_walls(connection) == "postgres"
    database.close()
    plain = Settings(home=new_home(tmp_path / "home"), database_url=f"sqlite:///{tmp_path / 'home' / 'synth.db'}")
    open_engine(plain, embedder=HashingEmbedder()).close()
    lite = found("workspaces", plain)
    assert (lite.ok, "SQLite has no walls" in lite.said) == (True, True)
    unknown = found("workspaces", plain.model_copy(update={"workspace": "nowhere"}))
    assert (unknown.ok, "There is no workspace 'nowhere'; there is main." in unknown.said) == (False, True)


def found(part: str, settings: Settings) -> Any:
    return next(each for each in examine(settings) if each.part == part)


def client_of(app: FastAPI, engine: Engine, workspace: str) -> TestClient:
    with within(workspace):
        secret = create_token(engine.parts, workspace, "a program", "admin", expires=None)
    return TestClient(app, headers={"Authorization": f"Bearer {secret}"})
