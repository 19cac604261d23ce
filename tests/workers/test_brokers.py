"""A worker of its own behind a real broker: it does the jobs, and a message that comes twice changes nothing."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from synth.store import tables
from synth.store.indexing import difference
from tests.factories import feedback_rows, submit_file, write_csv
from tests.running import chroma_server, read_output, run_synth, start_synth
from workers.app import QUEUES, make_app

BROKERS = {"redis": "redis://127.0.0.1:6379/7", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}
COUNTED = (tables.Document, tables.Excerpt, tables.Embedding, tables.Theme, tables.Assignment, tables.Insight)
WAIT = 180.0

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real `chroma run`: several processes share an index no other way."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(params=sorted(BROKERS))
def shared(request: pytest.FixtureRequest, needs: Callable[[str], None], chroma: str, tmp_path: Path) -> Settings:
    """Settings of several processes that share a broker, a Chroma server and a database."""
    needs(request.param)
    return Settings(home=tmp_path / "home", broker_url=BROKERS[request.param], chroma_url=chroma)


@pytest.fixture
def engine(shared: Settings) -> Iterator[Engine]:
    opened = open_engine(shared, embedder=HashingEmbedder())
    opened.parts.index.clear(WORKSPACE)
    yield opened
    opened.close()


@pytest.fixture
def worker(shared: Settings, engine: Engine) -> Iterator["subprocess.Popen[str]"]:
    """The first of two workers on this machine: each has a name of its own, or the broker ends the second."""
    processes = [
        start_synth(shared.home, "worker", broker_url=shared.broker_url, chroma_url=shared.chroma_url) for _ in range(2)
    ]
    yield processes[0]
    for process in processes:
        process.send_signal(signal.SIGTERM)
    try:
        assert [process.wait(120) for process in processes] == [0, 0], read_output(shared.home)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_worker_does_the_jobs_and_a_message_that_comes_twice_changes_nothing(
    engine: Engine, shared: Settings, worker: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    app = make_app(shared, engine)
    sent: list[tuple[str, str]] = []

    def send_twice(job_id: str, kind: str) -> None:
        sent.append((job_id, kind))
        for _ in range(2):
            app.send_task("synth.perform", args=[job_id], queue=QUEUES[kind], retry=False)

    engine.dispatch = send_twice
    import_id = submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows()))
    _wait_for(lambda: _is_done(engine, import_id, worker), "the worker has not done it")
    _wait_for(lambda: _figures(engine)["states"] == {"done"}, "the worker has not done what follows from it")
    before = _figures(engine)
    for job_id, kind in [*sent, *_all_jobs(engine)]:
        send_twice(job_id, kind)
    time.sleep(3)
    assert _figures(engine) == before
    assert before["documents"] == before["taken"] == 54
    assert before["states"] == {"done"}
    assert not difference(engine.parts, WORKSPACE)
    app.close()


def test_a_broker_without_a_chroma_server_is_refused(tmp_path: Path) -> None:
    done = run_synth(tmp_path / "home", "worker", broker_url=BROKERS["redis"])
    assert done.returncode == 1
    assert "SYNTH_CHROMA_URL" in done.stderr


def test_a_worker_without_a_broker_is_told_what_to_set(tmp_path: Path) -> None:
    done = run_synth(tmp_path / "home", "worker")
    assert done.returncode == 1
    assert "SYNTH_BROKER_URL" in done.stderr


def test_a_queue_that_is_none_is_told(shared: Settings) -> None:
    done = run_synth(
        shared.home, "worker", "--queues", "embed,mending", broker_url=shared.broker_url, chroma_url=shared.chroma_url
    )
    assert done.returncode == 1
    assert "mending" in done.stderr


def test_feedback_is_taken_while_the_broker_is_silent(chroma: str, tmp_path: Path) -> None:
    silent = Settings(home=tmp_path / "home", broker_url="redis://127.0.0.1:1/0", chroma_url=chroma)
    engine = open_engine(silent, embedder=HashingEmbedder())
    app = make_app(silent, engine)
    import_id = submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows(times=1)))
    assert [stage.kind for stage in engine.import_state(WORKSPACE, import_id).stages] == ["intake"]
    app.close()
    engine.close()


def _is_done(engine: Engine, import_id: str, worker: "subprocess.Popen[str]") -> bool:
    assert worker.poll() is None, read_output(engine.parts.home)
    return engine.import_state(WORKSPACE, import_id).finished


def _figures(engine: Engine) -> dict[str, object]:
    """What must not change however often a job is sent."""
    with engine.parts.database.read() as session:
        counted = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (
                tables.Document,
                tables.Excerpt,
                tables.Embedding,
                tables.Theme,
                tables.Assignment,
                tables.Insight,
            )
        }
        return {
            **counted,
            "taken": session.scalar(select(func.sum(tables.Import.taken))),
            "states": set(session.scalars(select(tables.Job.state))),
            "jobs": session.scalar(select(func.count(tables.Job.id)).where(tables.Job.kind != "repair")),
        }


def _all_jobs(engine: Engine) -> list[tuple[str, str]]:
    with engine.parts.database.read() as session:
        return [(row.id, row.kind) for row in session.execute(select(tables.Job.id, tables.Job.kind))]


def _wait_for(happened: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + WAIT
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail(otherwise)
        time.sleep(0.2)
