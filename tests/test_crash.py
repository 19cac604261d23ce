"""`kill -9` at random moments of an ingest: what was acknowledged stays, nothing is there twice, the index equals SQL.

SYNTH_CRASH_ROWS and SYNTH_CRASH_KILLS set the size; the large run is 5,000 rows and 20 kills.
"""

import csv
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.intake.excerpting import excerpts
from synth.intake.importing import EXCERPT_TOKENS
from synth.settings import Settings
from synth.store import tables
from synth.store.fulltext import search_words
from synth.store.indexing import difference
from tests.databases import ON_POSTGRES, has_database
from tests.running import read_output, run_synth, start_synth

ROWS = int(os.environ.get("SYNTH_CRASH_ROWS", "400"))
KILLS = int(os.environ.get("SYNTH_CRASH_KILLS", "8"))
SEED = 20
SUBJECTS = ("the invoice", "the calendar", "the map", "the photo upload", "the search", "the export", "the login")
VERBS = ("crashes", "is slow", "works well", "lost my entries", "confuses my team", "saves us hours", "fails offline")
TIMES = ("every morning", "since the update", "on my phone", "with large accounts", "after lunch", "in the basement")

pytestmark = pytest.mark.timeout(300 + ROWS * 0.2 + KILLS * 60)


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of ROWS rows with ids: most short, some of several excerpts, some with the words of another."""
    path = tmp_path_factory.mktemp("crash") / "feedback.csv"
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment", "author", "created_at"])
        for number in range(ROWS):
            sentences = 60 if number % 40 == 7 else chance.randint(1, 3)
            day = f"2026-09-{1 + number % 28:02d}"
            writer.writerow([f"row-{number:05d}", _say(chance, sentences), f"author {number % 97}", day])
    return path


@pytest.fixture(scope="module")
def survivor(feedback: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, set[str]]]:
    """The store after all the kills and one run to the end, and the documents that were there after each kill."""
    folder = tmp_path_factory.mktemp("homes")
    began = time.monotonic()
    undisturbed = run_synth(folder / "undisturbed", "ingest", feedback)
    assert undisturbed.returncode == 0, undisturbed.stderr
    longest = time.monotonic() - began
    home, seen, moments = folder / "home", set[str](), random.Random(SEED)
    for _ in range(KILLS):
        _kill_after(start_synth(home, "ingest", feedback), moments.uniform(0.1, longest))
        seen |= _stored(home)
    finished = run_synth(home, "ingest", feedback)
    assert finished.returncode == 0, finished.stderr + read_output(home)
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder())
    yield engine, seen
    engine.close()


def test_every_row_is_there_once(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    with engine.parts.database.read() as session:
        ids = Counter(session.scalars(select(tables.Document.external_id)))
    assert ids == Counter(f"row-{number:05d}" for number in range(ROWS))


def test_what_was_stored_when_the_process_died_is_still_there(survivor: tuple[Engine, set[str]]) -> None:
    engine, seen = survivor
    with engine.parts.database.read() as session:
        assert seen <= set(session.scalars(select(tables.Document.id)))


def test_every_import_tells_what_became_of_each_row(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    with engine.parts.database.read() as session:
        imports = list(session.scalars(select(tables.Import)))
    assert [row.taken + row.already for row in imports] == [ROWS] * len(imports)
    assert sum(row.taken for row in imports) == ROWS
    assert all(row.finished_at for row in imports)


def test_the_excerpts_of_every_document_are_complete(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    embedder = HashingEmbedder()
    with engine.parts.database.read() as session:
        for document in session.scalars(select(tables.Document)):
            rows = select(tables.Excerpt).where(tables.Excerpt.document_id == document.id)
            stored = [(each.start, each.end) for each in session.scalars(rows.order_by(tables.Excerpt.position))]
            cut = excerpts(document.text, (), count_tokens=embedder.count_tokens, limit=EXCERPT_TOKENS)
            assert stored == [(span.start, span.end) for span in cut]


def test_every_excerpt_can_be_found_by_its_words(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    with engine.parts.database.read() as session:
        excerpts_there = session.scalar(select(func.count(tables.Excerpt.seq))) or 0
        last_words = [subject.split()[-1] for subject in SUBJECTS]
        found = {key for word in last_words for key, _ in search_words(session, WORKSPACE, word, 2 * ROWS)}
    assert len(found) == excerpts_there


def test_every_excerpt_has_a_vector_and_the_index_equals_sql(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    matrix = engine.parts.vectors.matrix(WORKSPACE)
    with engine.parts.database.read() as session:
        assert len(matrix.ids) == session.scalar(select(func.count(tables.Excerpt.seq)))
        assert session.scalar(select(func.count(tables.IndexChange.seq))) == 0
    assert not difference(engine.parts, WORKSPACE)
    engine.parts.index.verify(WORKSPACE, matrix.ids.tolist(), matrix.vectors)


def test_all_work_is_done(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    with engine.parts.database.read() as session:
        states = Counter(session.scalars(select(tables.Job.state)))
    assert set(states) == {"done"}


def test_no_upload_is_left_lying_about(survivor: tuple[Engine, set[str]]) -> None:
    engine, _ = survivor
    assert list((engine.parts.home / "uploads").iterdir()) == []


def _say(chance: random.Random, sentences: int) -> str:
    said = (f"{chance.choice(SUBJECTS)} {chance.choice(VERBS)} {chance.choice(TIMES)}." for _ in range(sentences))
    return " ".join(sentence.capitalize() for sentence in said)


def _kill_after(process: subprocess.Popen[str], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _stored(home: Path) -> set[str]:
    """The documents a dead process has left: what it acknowledged."""
    if not (has_database(home) if ON_POSTGRES else (home / "synth.db").is_file()):
        return set()
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder())
    try:
        with engine.parts.database.read() as session:
            return set(session.scalars(select(tables.Document.id)))
    finally:
        engine.close()
