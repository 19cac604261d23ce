"""On PostgreSQL transactions run side by side: a session that is being opened ends with what ends the others."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtIt
from contextvars import copy_context

import pytest
from sqlalchemy import select

from synth import access, users
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import NotAllowed
from synth.settings import Settings
from synth.store.tables import Credential
from tests.databases import throwaway_postgres
from tests.factories import new_home

BY = "somebody else"
Deed = Callable[[Engine], object]


@pytest.fixture(scope="module")
def engine(needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty store on PostgreSQL; each test has a user of its own."""
    needs("postgresql")
    with throwaway_postgres() as url:
        home = new_home(tmp_path_factory.mktemp("doors") / "home")
        opened = open_engine(Settings(home=home, database_url=url), embedder=HashingEmbedder())
        yield opened
        opened.close()


def in_force(engine: Engine, name: str) -> list[str]:
    with engine.parts.database.read() as session:
        mine = (Credential.name == name, Credential.kind == "session", access.in_force(engine.parts.now()))
        return list(session.scalars(select(Credential.role).where(*mine)))


@pytest.mark.parametrize(
    ("name", "deed", "left"),
    [
        ("Ana", lambda engine: users.remove(engine.parts, WORKSPACE, "Ana", by=BY), []),
        ("Ben", lambda engine: users.sign_out(engine.parts, WORKSPACE, "Ben", by=BY), []),
        ("Cem", lambda engine: users.change_role(engine.parts, WORKSPACE, "Cem", "viewer", by=BY), ["viewer"] * 2),
    ],
)
def test_what_ends_sessions_waits_for_one_that_is_being_opened(
    engine: Engine, name: str, deed: Deed, left: list[str]
) -> None:
    access.open_session(engine.parts, access.create_login(engine.parts, WORKSPACE, name, "admin"))
    with ThreadPoolExecutor(1) as pool:
        with engine.parts.database.write() as session:
            access.begin_session(session, engine.parts, WORKSPACE, name, "admin", "link")
            session.flush()
            doing = pool.submit(copy_context().run, deed, engine)
            with pytest.raises(StillAtIt):
                doing.result(timeout=0.2)
        doing.result(timeout=10)
    assert in_force(engine, name) == left


def test_a_link_that_is_ended_this_moment_opens_nothing(engine: Engine) -> None:
    key = access.create_login(engine.parts, WORKSPACE, "Dee", "admin")
    with ThreadPoolExecutor(1) as pool:
        with engine.parts.database.write() as session:
            assert access.end_sessions(session, engine.parts.now(), WORKSPACE, "Dee") == 1
            session.flush()
            opening = pool.submit(access.open_session, engine.parts, key)
            with pytest.raises(StillAtIt):
                opening.result(timeout=0.2)
        with pytest.raises(NotAllowed):
            opening.result(timeout=10)
    assert in_force(engine, "Dee") == []
