"""Credentials: what they open, for how long, and what of them is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from synth import access
from synth.access import ROLES, create_local, create_login, create_token, open_session, verify
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, open_engine
from synth.errors import BadInput, NotAllowed, NotFound
from synth.parts import Parts
from synth.settings import Settings
from synth.store.tables import Credential
from tests.factories import new_home, stored_bytes


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(tmp_path: Path, clock: Clock) -> Iterator[Parts]:
    engine = open_engine(Settings(home=new_home(tmp_path)), embedder=HashingEmbedder(), clock=clock)
    yield engine.parts
    engine.close()


def test_a_token_opens_its_workspace_in_its_role(parts: Parts) -> None:
    held = verify(parts, create_token(parts, WORKSPACE, " Nightly ", "editor", expires=None))
    assert (held.workspace, held.name, held.role, held.kind) == (WORKSPACE, "Nightly", "editor", "token")


def test_each_role_includes_those_before_it(parts: Parts) -> None:
    for number, role in enumerate(ROLES):
        held = verify(parts, create_token(parts, WORKSPACE, role, role, expires=None))
        assert [held.may(other) for other in ROLES] == [other <= number for other in range(len(ROLES))]


def test_no_secret_is_stored(parts: Parts) -> None:
    secrets = [create_token(parts, WORKSPACE, "a", "admin", expires=None), create_login(parts, WORKSPACE, "b", "admin")]
    secrets.append(open_session(parts, secrets[1]))
    raw = stored_bytes(parts)
    assert b"admin" in raw
    assert len(set(secrets)) == 3
    assert not any(secret.encode() in raw for secret in secrets)
    assert all(len(secret) > 43 for secret in secrets)


def test_a_token_ends_at_its_time(parts: Parts, clock: Clock) -> None:
    secret = create_token(parts, WORKSPACE, "a", "admin", expires=clock.now + timedelta(days=1))
    verify(parts, secret)
    clock.now += timedelta(days=1)
    with pytest.raises(NotAllowed):
        verify(parts, secret)


def test_a_login_ends_after_an_hour_and_a_session_after_its_days(parts: Parts, clock: Clock) -> None:
    login = create_login(parts, WORKSPACE, "a", "admin")
    session = open_session(parts, create_login(parts, WORKSPACE, "a", "admin"))
    clock.now += timedelta(hours=1)
    with pytest.raises(NotAllowed, match="used or has expired"):
        open_session(parts, login)
    assert verify(parts, session, ("session",)).kind == "session"
    clock.now += access.SESSION_LASTS
    with pytest.raises(NotAllowed):
        verify(parts, session, ("session",))


def test_a_login_works_once_and_gives_its_role(parts: Parts) -> None:
    login = create_login(parts, WORKSPACE, "Bo", "viewer")
    held = verify(parts, open_session(parts, login), ("session",))
    assert (held.name, held.role) == ("Bo", "viewer")
    with pytest.raises(NotAllowed):
        open_session(parts, login)


@pytest.mark.parametrize("secret", ["", "synth_", "x" * 10_000, "\ud800", "synth_é"])
def test_a_guess_opens_nothing(parts: Parts, secret: str) -> None:
    for attempt in (verify, open_session):
        with pytest.raises(NotAllowed):
            attempt(parts, secret)


def test_the_credential_of_this_machine_is_one_and_ends(parts: Parts) -> None:
    first = create_local(parts, WORKSPACE)
    second = create_local(parts, WORKSPACE)
    with pytest.raises(NotAllowed):
        verify(parts, first)
    held = verify(parts, second)
    assert (held.role, held.name, held.follower) == ("admin", "commands on this machine", "administrator")
    assert access.list_tokens(parts, WORKSPACE) == []
    access.end_local(parts, WORKSPACE)
    with pytest.raises(NotAllowed):
        verify(parts, second)


def test_a_revoked_credential_stays_in_the_books(parts: Parts) -> None:
    held = verify(parts, create_token(parts, WORKSPACE, "a", "admin", expires=None))
    access.revoke(parts, WORKSPACE, held.credential)
    with pytest.raises(NotFound):
        access.revoke(parts, WORKSPACE, held.credential)
    with parts.database.read() as session:
        row = session.scalars(select(Credential)).one()
    assert row.revoked_at == parts.now()


def test_a_credential_of_another_workspace_cannot_be_revoked(parts: Parts) -> None:
    held = verify(parts, create_token(parts, WORKSPACE, "a", "admin", expires=None))
    with pytest.raises(NotFound):
        access.revoke(parts, "other", held.credential)


def test_nobody_is_in_until_an_administrator_signs_in_and_again_when_the_session_ends(
    parts: Parts, clock: Clock
) -> None:
    assert access.nobody_is_in(parts, WORKSPACE)
    open_session(parts, create_login(parts, WORKSPACE, "Bo", "viewer"))
    assert access.nobody_is_in(parts, WORKSPACE)
    open_session(parts, create_login(parts, WORKSPACE, "Ana", "admin"))
    assert not access.nobody_is_in(parts, WORKSPACE)
    clock.now += access.SESSION_LASTS
    assert access.nobody_is_in(parts, WORKSPACE)


@pytest.mark.parametrize(("name", "role"), [("", "admin"), (" ", "admin"), ("x" * 101, "admin"), ("a", "king")])
def test_a_credential_needs_a_name_and_a_role(parts: Parts, name: str, role: str) -> None:
    with pytest.raises(BadInput):
        create_token(parts, WORKSPACE, name, role, expires=None)  # type: ignore[arg-type]


def test_a_token_that_would_have_ended_is_not_made(parts: Parts, clock: Clock) -> None:
    with pytest.raises(BadInput):
        create_token(parts, WORKSPACE, "a", "admin", expires=clock.now)
