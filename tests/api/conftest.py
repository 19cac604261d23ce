"""What the tests of the HTTP door share: an app over a real engine, clients in each role, and a stock to read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import make_app
from synth.access import Role, Scope, create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.intake.uploads import Submission
from synth.settings import Settings
from synth.store.rows import insert_new
from synth.store.tables import Workspace

FOREIGN = "other"
ClientFor = Callable[..., TestClient]


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    """The app over the test's own engine."""
    return make_app(engine)


@pytest.fixture
def client_for(app: FastAPI, engine: Engine) -> ClientFor:
    """Makes a client whose token has a role in a workspace."""
    return _client_maker(app, engine)


@pytest.fixture
def client(client_for: ClientFor) -> TestClient:
    """A client that may do everything."""
    return client_for("admin")


@pytest.fixture(scope="session")
def stocked_engine(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Engine]:
    """An engine with sample feedback, an interview and the themes in them; for reading only."""
    home = tmp_path_factory.mktemp("stocked")
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder())
    interview = next((samples / "interviews").glob("*.vtt"))
    for path, kind in ((samples / "feedback" / "community.jsonl", "feedback"), (interview, "research")):
        with path.open("rb") as content:
            engine.submit(WORKSPACE, path.name, content, Submission(kind=kind))  # type: ignore[arg-type]
    engine.drain()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def reader(stocked_engine: Engine) -> TestClient:
    """A viewer of the stock."""
    return _client_maker(make_app(stocked_engine), stocked_engine)("viewer")


@pytest.fixture(scope="session")
def stranger(stocked_engine: Engine) -> TestClient:
    """An administrator of another workspace of the same service."""
    return _client_maker(make_app(stocked_engine), stocked_engine)("admin", FOREIGN)


def _client_maker(app: FastAPI, engine: Engine) -> ClientFor:
    def make(role: Role, workspace: str = WORKSPACE, scope: Scope = "all") -> TestClient:
        row = {"id": workspace, "name": workspace, "timezone": "UTC", "created_at": engine.parts.now()}
        with engine.parts.database.write() as session:
            insert_new(session, Workspace, [row])
        secret = create_token(engine.parts, workspace, f"a {role}", role, expires=None, scope=scope)
        return TestClient(app, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False)

    return make
