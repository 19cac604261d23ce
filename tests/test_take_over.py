"""What a process that died left behind: the next owner of the home folder gives its work back and clears up."""

import io
import os
import time
from pathlib import Path

import pytest

from synth.engine import WORKSPACE, Engine
from synth.engine.working import BROKEN_OFF
from synth.errors import BadInput
from synth.intake.uploads import Submission
from synth.store import ledger
from tests.factories import feedback_rows, open_home, rows_of, submit_file, value_of, write_csv
from tests.running import run_synth

STATE = "SELECT state FROM jobs WHERE kind = 'intake'"


@pytest.fixture
def waiting(engine: Engine, tmp_path: Path) -> str:
    """The id of an import that nobody has read yet."""
    return submit_file(engine, write_csv(tmp_path / "feedback.csv", feedback_rows(times=1)))


def die_with_a_job_in_hand(engine: Engine) -> None:
    with engine.parts.database.write() as session:
        assert ledger.claim(session, now=engine.parts.now())


def test_a_job_outlives_many_deaths_of_the_process(engine: Engine, waiting: str) -> None:
    for _ in range(20):
        die_with_a_job_in_hand(engine)
        engine.take_over()
    engine.drain()
    assert engine.import_state(WORKSPACE, waiting).taken == 18
    assert {state for (state,) in rows_of(engine, "SELECT state FROM jobs")} == {"done"}


def test_a_job_that_ends_every_process_is_dead_at_last(engine: Engine, waiting: str) -> None:
    for _ in range(ledger.MAX_DEATHS):
        die_with_a_job_in_hand(engine)
        engine.take_over()
    assert engine.perform() is None
    assert value_of(engine, STATE) == "dead"


def test_the_files_of_broken_off_uploads_are_deleted_and_those_still_to_be_read_are_kept(
    engine: Engine, waiting: str
) -> None:
    folder = engine.parts.home / "uploads"
    (folder / "u0123").write_text("somebody's words, not redacted", "utf-8")
    (folder / "i4567").write_text("of an import that was never acknowledged", "utf-8")
    engine.take_over()
    assert [path.name for path in folder.iterdir()] == [waiting]
    engine.drain()
    assert list(folder.iterdir()) == []


def test_among_several_processes_only_what_is_read_or_long_broken_off_is_deleted(engine: Engine, waiting: str) -> None:
    folder = engine.parts.home / "uploads"
    long_ago = time.time() - BROKEN_OFF.total_seconds() - 1
    for name in ("u-young", "u-old", waiting):
        (folder / name).touch()
        os.utime(folder / name, None if name == "u-young" else (long_ago, long_ago))
    engine.tend(WORKSPACE)
    assert {path.name for path in folder.iterdir()} == {"u-young", waiting}
    engine.drain()
    (folder / waiting).write_text("its reader died before it could delete it", "utf-8")
    engine.tend(WORKSPACE)
    assert [path.name for path in folder.iterdir()] == ["u-young"]


def test_a_refused_upload_leaves_no_file(engine: Engine) -> None:
    with pytest.raises(BadInput):
        engine.submit(WORKSPACE, "empty.csv", io.BytesIO(b""), Submission())
    assert list((engine.parts.home / "uploads").iterdir()) == []


def test_commands_tell_of_work_that_was_left_and_the_next_ingest_does_it(tmp_path: Path) -> None:
    home, table = tmp_path / "home", write_csv(tmp_path / "feedback.csv", feedback_rows(times=1))
    engine = open_home(home)
    submit_file(engine, table)
    engine.close()
    read = run_synth(home, "themes")
    assert read.returncode == 0
    assert "1 pieces of work were left unfinished" in read.stderr
    assert run_synth(home, "ingest", table).returncode == 0
    assert run_synth(home, "themes").stderr == ""
