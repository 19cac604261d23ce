"""Another embedder: everything is embedded again, nothing is lost, and whoever asks meanwhile is told."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from synth.store.indexing import difference, is_behind
from tests.factories import copy_home, open_home, rows_of, take_rows, value_of
from tests.running import run_synth

THEMES = "SELECT id, name FROM themes WHERE state = 'active' ORDER BY id"
ON_THEMES = "SELECT excerpt_id, theme_id FROM assignments ORDER BY excerpt_id"
EMBEDDERS = "SELECT DISTINCT embedder FROM embeddings"


class Interrupted(HashingEmbedder):
    """Fails after so many texts, as a process that is ended does."""

    def __init__(self, dimension: int, texts: int) -> None:
        super().__init__(dimension)
        self.left = texts

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.left -= len(texts)
        if self.left < 0:
            raise MemoryError("no more")
        return super().embed(texts)


@pytest.fixture
def home(told_home: Path, tmp_path: Path) -> Path:
    """A home folder with themes, embedded in 256 dimensions."""
    return copy_home(told_home, tmp_path / "home")


def expect_renewed(engine: Engine, dimension: int) -> None:
    excerpts = value_of(engine, "SELECT count(*) FROM excerpts")
    assert engine.parts.vectors.matrix(WORKSPACE).vectors.shape == (excerpts, dimension)
    assert rows_of(engine, EMBEDDERS) == [(engine.parts.embedder.version,)]
    assert not is_behind(engine.parts, WORKSPACE)
    assert not difference(engine.parts, WORKSPACE)


def test_with_another_embedder_everything_is_embedded_again_and_the_themes_stay(home: Path) -> None:
    before = open_home(home)
    themes, on_themes = rows_of(before, THEMES), rows_of(before, ON_THEMES)
    before.close()
    engine = open_home(home, embedder=HashingEmbedder(128))
    engine.take_over()
    engine.drain()
    expect_renewed(engine, 128)
    assert themes
    assert rows_of(engine, THEMES) == themes
    assert rows_of(engine, ON_THEMES) == on_themes
    assert engine.search(WORKSPACE, "photo upload stuck")["results"]
    engine.close()


def test_what_arrives_after_a_renewal_is_placed_on_the_themes_there_are(home: Path) -> None:
    engine = open_home(home, embedder=HashingEmbedder(128))
    engine.take_over()
    engine.drain()
    text = str(
        value_of(
            engine,
            "SELECT d.text FROM documents d JOIN excerpts e ON e.document_id = d.id "
            "JOIN assignments a ON a.excerpt_id = e.id ORDER BY a.confidence DESC LIMIT 1",
        )
    )
    placed = value_of(engine, "SELECT count(*) FROM assignments")
    take_rows(engine, [{"id": "new", "text": f"{text} Again."}], name="new.csv")
    assert value_of(engine, "SELECT count(*) FROM assignments") == placed + 1
    engine.close()


def test_the_same_embedder_renews_nothing(home: Path) -> None:
    engine = open_home(home)
    engine.take_over()
    engine.tend(WORKSPACE)
    assert value_of(engine, "SELECT count(*) FROM jobs WHERE kind = 'renew'") == 0
    engine.close()


def test_a_renewal_that_fails_loses_nothing_and_the_next_one_goes_on(home: Path) -> None:
    broken = open_home(home, embedder=Interrupted(128, texts=7))
    vectors = value_of(broken, "SELECT count(*) FROM embeddings")
    broken.take_over()
    assert broken.perform() is not None
    assert value_of(broken, "SELECT error FROM jobs WHERE kind = 'renew'") == "MemoryError: no more"
    assert value_of(broken, "SELECT count(*) FROM embeddings") == vectors
    broken.close()
    engine = open_home(home, embedder=HashingEmbedder(128))
    engine.take_over()
    engine.drain(patience=10)
    expect_renewed(engine, 128)
    engine.close()


def test_commands_tell_of_another_embedder_and_reindex_mends_it(home: Path) -> None:
    engine = open_home(home)
    with engine.parts.database.write() as session:
        session.execute(text("UPDATE embeddings SET embedder = 'an earlier one'"))
        session.execute(text("UPDATE themes SET embedder = 'an earlier one'"))
    engine.close()
    assert "synth reindex" in run_synth(home, "search", "photo upload").stderr
    doctor = run_synth(home, "doctor")
    assert doctor.returncode == 1
    assert "vectors of another embedder" in doctor.stdout
    mended = run_synth(home, "reindex")
    assert (mended.returncode, mended.stdout) == (0, "72 vectors indexed.\n")
    assert "synth reindex" not in run_synth(home, "search", "photo upload").stderr
    assert run_synth(home, "doctor").returncode == 0
