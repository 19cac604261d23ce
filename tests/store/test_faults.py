"""A full disk and a database that goes away are told in a sentence; nothing is lost, and on it goes afterwards."""

import errno
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from api.app import make_app
from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.errors import Unavailable
from synth.intake.uploads import Submission
from synth.store.database import Database
from tests.databases import SERVER, throwaway_postgres
from tests.factories import feedback_rows, submit_file, write_csv


class Full(io.BytesIO):
    """What is read from it has no place to go."""

    def read(self, *_: Any) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_upload_that_has_no_room_is_refused_and_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(Unavailable, match="no space left"):
        engine.submit(WORKSPACE, "a.csv", Full(b"id,comment\n1,slow\n"), Submission())
    assert list((engine.parts.home / "uploads").iterdir()) == []
    assert engine.imports(WORKSPACE).rows == []


@pytest.mark.sqlite
def test_a_full_disk_stops_the_work_and_loses_none_of_it(engine: Engine, tmp_path: Path) -> None:
    import_id = submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows(times=1)))
    most = ["1"]
    event.listen(engine.parts.database.engine, "connect", lambda made, _: limit(made, most[0]))
    engine.parts.database.engine.dispose()
    engine.drain()
    held = [job for job in engine.jobs(WORKSPACE).rows if job["error"]]
    assert {(job["state"], "no space left" in job["error"]) for job in held} == {("queued", True)}
    most[0] = str(1 << 30)
    engine.parts.database.engine.dispose()
    with engine.parts.database.write() as session:
        session.execute(text("UPDATE jobs SET run_after = created_at"))  # instead of waiting
    engine.drain()
    state = engine.import_state(WORKSPACE, import_id)
    assert (state.taken, state.already, [stage.dead for stage in state.stages if stage.dead]) == (18, 0, [])


def limit(connection: Any, pages: str) -> None:
    """Let a SQLite file grow to so many pages: one it is over already grows no more."""
    connection.execute(f"PRAGMA max_page_count={pages}")


def test_a_request_that_finds_the_disk_full_says_so(engine: Engine) -> None:
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    token, app = create_token(engine.parts, WORKSPACE, "test", "admin", expires=None), make_app(engine)
    app.add_api_route("/v1/full", fill)
    refused = TestClient(app, headers={"Authorization": f"Bearer {token}"}).get("/v1/full")
    assert (refused.status_code, "no space left" in refused.json()["detail"]) == (503, True)
    assert refused.headers["Retry-After"]


def test_a_connection_that_was_ended_is_a_fault_that_passes(needs: Callable[[str], None]) -> None:
    needs("postgresql")
    with throwaway_postgres() as url:
        database, server = Database(url), Database(SERVER)
        with pytest.raises(Unavailable, match="does not answer"):
            _end_in_the_middle(database, server)
        with database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1
        database.close()
        server.close()


@pytest.mark.parametrize("rested", [0.0, 60.0])
def test_connections_that_ended_at_rest_are_replaced_unnoticed(
    rested: float, needs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("postgresql")
    with throwaway_postgres() as url:
        database, server = Database(url), Database(SERVER)
        with database.read() as one, database.read() as two:
            ended = [session.scalar(text("SELECT pg_backend_pid()")) for session in (one, two)]
        with server.write() as other:
            other.execute(text("SELECT pg_terminate_backend(pid, 5000) FROM unnest(:pids) AS pid"), {"pids": ended})
        now = time.monotonic() + rested
        monkeypatch.setattr("synth.store.database.time.monotonic", lambda: now)
        with database.read() as one, database.read() as two:
            assert {session.scalar(text("SELECT pg_backend_pid()")) for session in (one, two)}.isdisjoint(ended)
        database.close()
        server.close()


def test_a_connection_is_asked_whether_it_is_one_only_after_a_rest(
    needs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("postgresql")
    with throwaway_postgres() as url:
        database, asked = Database(url), list[int]()
        ping = database.engine.dialect.do_ping
        monkeypatch.setattr(database.engine.dialect, "do_ping", lambda each: asked.append(1) or ping(each))
        for _ in range(3):
            with database.read() as session:
                session.execute(text("SELECT 1"))
        assert not asked
        now = time.monotonic() + 60
        monkeypatch.setattr("synth.store.database.time.monotonic", lambda: now)
        with database.read() as session:
            session.execute(text("SELECT 1"))
        assert len(asked) == 1
        database.close()


def _end_in_the_middle(database: Database, server: Database) -> None:
    with database.write() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with server.write() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.execute(text("SELECT 1"))


def test_a_statement_that_is_wrong_is_no_fault_that_passes(engine: Engine) -> None:
    with pytest.raises(Exception, match="nowhere") as found, engine.parts.database.read() as session:
        session.execute(text("SELECT 1 FROM nowhere"))
    assert not isinstance(found.value, Unavailable)
