"""What tests share: real data where it lies beside the checkout, engines over real stores in temporary folders."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from synth.embedding import Embedder, HashingEmbedder
from synth.engine import Engine, open_engine
from synth.settings import Settings
from synth.store.walls import everywhere
from tests.databases import ON_POSTGRES, dropping, use_postgres
from tests.factories import copy_home, new_home
from tests.spreading import ByFile, longest_first

ROOT = Path(__file__).resolve().parents[1]

# A busy machine is no fault of the code: times are measured by `make bench`.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Several processes: see `tests.spreading`."""
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest; on PostgreSQL, leave out what is about SQLite alone."""
    longest_first(items)
    if ON_POSTGRES:
        left_out = [item for item in items if item.get_closest_marker("sqlite")]
        items[:] = [item for item in items if not item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=left_out)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2.0).close()
    except OSError:
        return False
    return True


def _cuts_networks() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None and not subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode
    )


SERVICES: Mapping[str, Callable[[], bool]] = {
    "redis": lambda: _listens(6379),
    "rabbitmq": lambda: _listens(5672),
    "postgresql": lambda: _listens(5432),
    "chromium": lambda: shutil.which("chromium") is not None,
    "network-namespace": _cuts_networks,
}


@pytest.fixture(scope="session", autouse=True)
def _databases_of_the_session() -> Iterator[None]:
    """What was made for the whole session is dropped with it."""
    with dropping():
        if ON_POSTGRES:
            use_postgres()
        yield


@pytest.fixture(scope="session", autouse=True)
def _every_workspace() -> Iterator[None]:
    """Tests look into every workspace from outside; requests and jobs see their own, whoever started them."""
    with everywhere():
        yield


@pytest.fixture(autouse=True)
def _databases_of_the_test(_databases_of_the_session: None) -> Iterator[None]:
    """What a test made on PostgreSQL is dropped after it."""
    with dropping():
        yield


@pytest.fixture(scope="session")
def needs() -> Callable[[str], None]:
    """Asks for a service on this machine: a test skips where there is none, and fails where SYNTH_REQUIRE names it."""

    def ask(service: str) -> None:
        if SERVICES[service]():
            return
        required = os.environ.get("SYNTH_REQUIRE", "").split(",")
        if service in required:
            pytest.fail(f"SYNTH_REQUIRE names {service}, and there is none on this machine.")
        pytest.skip(f"there is no {service} on this machine")

    return ask


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
    new_home(settings.home)
    opened = open_engine(settings, embedder=HashingEmbedder())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The real default embedder, loaded once."""
    from synth.embedding.opening import open_embedder

    return open_embedder("minilm")


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home folder whose feedback (`factories.feedback_rows(4)`) has become themes and insights."""
    from tests.factories import feedback_rows, open_home, take_rows

    home = tmp_path_factory.mktemp("told") / "home"
    filled = open_home(home)
    take_rows(filled, feedback_rows(4))
    filled.close()
    return home


@pytest.fixture
def told(told_home: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a copy of that folder."""
    copy_home(told_home, tmp_path / "home")
    opened = open_engine(Settings(home=tmp_path / "home"), embedder=HashingEmbedder())
    yield opened
    opened.close()
