"""The worker inside the serving process: Celery on threads over an in-memory broker, made durable by the ledger."""

import io
import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from synth.engine import WORKSPACE, Engine
from synth.intake.uploads import ImportState, Submission
from synth.store import ledger, tables
from synth.store.indexing import difference
from synth.store.rows import insert_new
from tests.factories import feedback_rows, submit_file, write_csv
from workers.embedded import PATIENCE, THREADS, EmbeddedWorker

WAIT = 180.0


def wait_for(engine: Engine, import_id: str) -> ImportState:
    deadline = time.monotonic() + WAIT
    while not (state := engine.import_state(WORKSPACE, import_id)).finished:
        assert time.monotonic() < deadline, state.stages
        time.sleep(0.1)
    return state


def test_an_import_is_done_to_its_end(engine: Engine, tmp_path: Path) -> None:
    with EmbeddedWorker(engine):
        state = wait_for(engine, submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows())))
    assert (state.taken, state.already, state.refused) == (54, 0, 0)
    assert [stage.dead for stage in state.stages] == [0] * len(state.stages)
    assert {stage.kind for stage in state.stages} == {"intake", "embed", "index", "themes", "insights"}
    assert not difference(engine.parts, WORKSPACE)


def test_work_left_in_the_ledger_is_done_by_the_next_worker(engine: Engine, tmp_path: Path) -> None:
    import_id = submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows()))
    with EmbeddedWorker(engine):
        assert wait_for(engine, import_id).taken == 54


def test_many_imports_at_once_are_all_done(engine: Engine) -> None:
    with EmbeddedWorker(engine):
        tables_of = [f"id,comment\n{n},The map of file {n} loads slowly\n".encode() for n in range(12)]
        imports = [
            engine.submit(WORKSPACE, f"file{number}.csv", io.BytesIO(content), Submission())
            for number, content in enumerate(tables_of)
        ]
        assert [wait_for(engine, import_id).taken for import_id in imports] == [1] * 12
    with engine.parts.database.read() as session:
        assert session.scalar(select(func.count(tables.Document.id))) == 12
        assert session.scalar(select(func.count()).where(tables.Job.state != "done")) == 0


def test_a_kind_only_newer_processes_know_is_left_to_them(engine: Engine, tmp_path: Path) -> None:
    with engine.parts.database.write() as session:
        newer = ledger.enqueue(session, WORKSPACE, "mend", {}, key="mend", now=engine.parts.now())
    with EmbeddedWorker(engine):
        assert wait_for(engine, submit_file(engine, write_csv(tmp_path / "f.csv", feedback_rows(times=1)))).taken == 18
    job = engine.job(WORKSPACE, newer)
    assert (job["state"], job["attempts"]) == ("queued", 0)


def test_another_workspace_does_not_wait_for_the_end_of_a_big_import(engine: Engine) -> None:
    now = engine.parts.now()
    with engine.parts.database.write() as session:
        insert_new(session, tables.Workspace, [{"id": "other", "name": "o", "timezone": "UTC", "created_at": now}])
    for number in range(6):
        for workspace in [WORKSPACE] if number < 5 else [WORKSPACE, "other"]:
            content = io.BytesIO(f"id,comment\n{number},The map loads slowly\n".encode())
            engine.submit(workspace, f"{number}.csv", content, Submission())
    with EmbeddedWorker(engine):
        deadline = time.monotonic() + WAIT
        while (order := _begun(engine)).count(WORKSPACE) < 6 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert len(order) == 7
    together = 1 if engine.parts.database.dialect == "sqlite" else THREADS  # that claim without seeing each other's
    assert order.index("other") <= together  # it was sent last of seven


def _begun(engine: Engine) -> list[str]:
    """Whose files are read, in the order in which that began."""
    job = tables.Job
    with engine.parts.database.read() as session:
        query = select(job.workspace_id).where(job.kind == "intake", job.started_at.is_not(None))
        return list(session.scalars(query.order_by(job.started_at)))


def test_a_worker_stops_in_good_time_and_leaves_no_thread(engine: Engine) -> None:
    before = set(threading.enumerate())
    with EmbeddedWorker(engine):
        assert set(threading.enumerate()) - before
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE
    assert engine.dispatch is None
    deadline = time.monotonic() + 10
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left
