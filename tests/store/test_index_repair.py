"""A vector index that is gone, damaged or behind: answers come from SQL meanwhile, and the index is made whole."""

import json
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from synth.store import tables
from synth.store.indexing import difference, is_behind
from tests.factories import copy_home, feedback_rows, take_rows, write_csv
from tests.running import read_output, run_synth, start_synth

QUERY = "photo upload stuck"
Damage = Callable[[Path], None]


def remove_folder(home: Path) -> None:
    shutil.rmtree(home / "chroma")


def remove_folder_and_seal(home: Path) -> None:
    shutil.rmtree(home / "chroma")
    (home / "chroma.seal").unlink()


def damage_database(home: Path) -> None:
    database = home / "chroma" / "chroma.sqlite3"
    content = bytearray(database.read_bytes())
    content[2048 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 2048)
    database.write_bytes(content)


def damage_unsealed_database(home: Path) -> None:
    damage_database(home)
    (home / "chroma.seal").unlink()


DAMAGES = (remove_folder, remove_folder_and_seal, damage_database, damage_unsealed_database)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home folder with feedback in it; copied by who wants to damage it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    done = run_synth(home, "ingest", write_csv(home.parent / "feedback.csv", feedback_rows()))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return copy_home(filled, tmp_path / "home")


@pytest.fixture
def opened(home: Path) -> Iterator[Engine]:
    engine = open_home(home)
    yield engine
    engine.close()


def open_home(home: Path) -> Engine:
    return open_engine(Settings(home=home), embedder=HashingEmbedder())


def search(engine: Engine) -> list[str]:
    return [found["excerpt_id"] for found in engine.search(WORKSPACE, QUERY)["results"]]


def repairs(engine: Engine) -> list[tables.Job]:
    with engine.parts.database.read() as session:
        return list(session.scalars(select(tables.Job).where(tables.Job.kind == "repair")))


def expect_equal(engine: Engine) -> None:
    """The index holds every vector of SQL and nothing else, and nothing waits to be brought over."""
    matrix = engine.parts.vectors.matrix(WORKSPACE)
    assert not is_behind(engine.parts, WORKSPACE)
    assert not difference(engine.parts, WORKSPACE)
    engine.parts.index.verify(WORKSPACE, matrix.ids.tolist(), matrix.vectors)
    engine.parts.index.probe()


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_index_damaged_while_closed_changes_no_answer_and_is_repaired(home: Path, damage: Damage) -> None:
    engine = open_home(home)
    before = search(engine)
    engine.close()
    damage(home)
    engine = open_home(home)
    try:
        assert search(engine) == before
        assert [job.state for job in repairs(engine)] == ["queued"]
        engine.drain()
        expect_equal(engine)
        assert search(engine) == before
        assert [job.state for job in repairs(engine)] == ["done"]
    finally:
        engine.close()


def test_a_question_leaves_a_sound_index_closed_and_finds_what_it_finds_open(opened: Engine) -> None:
    closed = search(opened)
    assert opened.parts.index.is_at_rest()
    opened.warm()
    assert not opened.parts.index.is_at_rest()
    assert search(opened) == closed


def test_an_index_removed_while_open_changes_no_answer_and_is_repaired(opened: Engine) -> None:
    before = search(opened)
    shutil.rmtree(opened.parts.home / "chroma")
    assert search(opened) == before
    opened.drain()
    expect_equal(opened)
    assert [job.result["rebuilt"] for job in repairs(opened)] == [True]


def test_many_questions_to_a_broken_index_ask_for_one_repair(opened: Engine) -> None:
    search(opened)
    shutil.rmtree(opened.parts.home / "chroma")
    for _ in range(5):
        search(opened)
    assert len(repairs(opened)) == 1


def test_a_repair_brings_what_is_missing_and_drops_what_is_too_much(opened: Engine) -> None:
    matrix = opened.parts.vectors.matrix(WORKSPACE)
    opened.parts.index.drop(WORKSPACE, matrix.ids[:5].tolist())
    opened.parts.index.put(WORKSPACE, ["xghost"], matrix.vectors[:1])
    opened.repair_index(WORKSPACE)
    opened.drain()
    expect_equal(opened)
    assert [(job.result["missing"], job.result["surplus"]) for job in repairs(opened)] == [(5, 1)]


def test_an_index_with_the_right_ids_and_wrong_vectors_is_replaced(opened: Engine) -> None:
    matrix = opened.parts.vectors.matrix(WORKSPACE)
    opened.parts.index.put(WORKSPACE, matrix.ids.tolist(), np.roll(matrix.vectors, 1, axis=0))
    opened.repair_index(WORKSPACE)
    opened.drain()
    expect_equal(opened)
    assert [job.result["rebuilt"] for job in repairs(opened)] == [True]


def test_a_sound_index_is_left_alone(opened: Engine) -> None:
    opened.repair_index(WORKSPACE)
    opened.drain()
    expect_equal(opened)
    assert [job.result for job in repairs(opened)] == [{"missing": 0, "surplus": 0, "rebuilt": False}]


def test_new_feedback_is_indexed_even_where_the_index_is_broken(opened: Engine) -> None:
    search(opened)
    shutil.rmtree(opened.parts.home / "chroma")
    take_rows(opened, [{"id": "new", "text": "The photo upload is stuck once more"}], name="more.csv")
    expect_equal(opened)


def test_while_changes_wait_searches_are_exact(opened: Engine) -> None:
    before = search(opened)
    matrix = opened.parts.vectors.matrix(WORKSPACE)
    change = {"workspace_id": WORKSPACE, "excerpt_id": str(matrix.ids[0]), "change": "put"}
    with opened.parts.database.write() as session:
        session.add(tables.IndexChange(**change))
    opened.parts.index.clear(WORKSPACE)
    assert search(opened) == before
    assert repairs(opened) == []


@pytest.mark.parametrize("damage", [remove_folder, damage_unsealed_database])
def test_reindex_makes_a_broken_index_whole(home: Path, damage: Damage) -> None:
    damage(home)
    done = run_synth(home, "reindex")
    assert done.returncode == 0, done.stderr
    assert "54 vectors indexed." in done.stdout
    engine = open_home(home)
    expect_equal(engine)
    engine.close()


def test_a_command_that_meets_a_broken_index_answers_and_leaves_it_whole(home: Path) -> None:
    before = json.loads(run_synth(home, "search", QUERY, "--json").stdout)
    damage_database(home)
    done = run_synth(home, "search", QUERY, "--json")
    assert json.loads(done.stdout) == before
    assert "exact search" in done.stderr
    engine = open_home(home)
    expect_equal(engine)
    engine.close()


def test_a_server_repairs_a_broken_index_by_itself(home: Path) -> None:
    damage_database(home)
    server = start_synth(home, "serve", "--port", "0")
    try:
        done = _wait_for_repair(home)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    assert done, read_output(home)
    engine = open_home(home)
    expect_equal(engine)
    engine.close()


def _wait_for_repair(home: Path) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        jobs = run_synth(home, "search", QUERY, "--json")
        engine_free = jobs.returncode == 0 and (home / "chroma" / "chroma.sqlite3").is_file()
        if engine_free and "repair" in _done_jobs(home):
            return True
        time.sleep(0.5)
    return False


def _done_jobs(home: Path) -> set[str]:
    engine = open_home(home)
    try:
        with engine.parts.database.read() as session:
            return set(session.scalars(select(tables.Job.kind).where(tables.Job.state == "done")))
    finally:
        engine.close()
