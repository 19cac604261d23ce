"""What tests share: the real data where it lies beside the checkout, and engines over real stores in temporary folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from synth.embedding import Embedder, HashingEmbedder
from synth.engine import Engine, open_engine
from synth.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The project's own sample data."""
    return ROOT / "samples"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home folder of its own, untouched by the environment's."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine over real SQLite and a real Chroma folder, with the embedder that needs no model."""
    settings.home.mkdir(parents=True, exist_ok=True)
    opened = open_engine(settings, embedder=HashingEmbedder())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The real default embedder, loaded once."""
    from synth.embedding.opening import open_embedder

    return open_embedder("minilm")
