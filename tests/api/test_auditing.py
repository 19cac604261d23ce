"""The audit log: every change and every reading of who took part is in it, once, and nothing of it can be changed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from api import shapes
from api.app import make_app
from api.auditing import CHANGES, NO_CHANGE, READINGS, SAFE, Auditing
from synth.access import Access, create_login, create_token
from synth.auditing import ACTIONS
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import Broken
from synth.exporting.lists import LISTS, OF_PEOPLE
from synth.settings import Settings
from synth.store.reading import Page
from synth.store.tables import AuditEvent, Credential
from tests.api.test_api_reading import held_against
from tests.factories import copy_home, submit_file, write_transcript
from tests.loops import wait_for

ClientFor = Callable[..., TestClient]


class Log:
    """What is written down from here on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._before = {each["id"] for each in self._all()}

    def new(self, **asked: str) -> list[dict[str, Any]]:
        """The events that are, newest first."""
        return [each for each in self._all(**asked) if each["id"] not in self._before]

    def _all(self, **asked: str) -> list[dict[str, Any]]:
        return self._engine.audit(WORKSPACE, Page(limit=500), **asked).rows


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, told_home: Path) -> Iterator[Engine]:
    """A store with themes and a study, for the whole file."""
    home = tmp_path_factory.mktemp("audited") / "home"
    copy_home(told_home, home)
    opened = open_engine(Settings(home=home), embedder=HashingEmbedder())
    turns = [("Maren Holt", "What slows you down?"), ("Ana", "The photo upload gets stuck on every single job.")]
    path = write_transcript(home.parent / "talk.vtt", turns)
    submit_file(opened, path, kind="research", interviewers=["Maren Holt"], study="Talks")
    opened.drain()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(engine: Engine) -> FastAPI:
    """The app over it."""
    return make_app(engine)


@pytest.fixture(scope="module")
def client(app: FastAPI, engine: Engine) -> TestClient:
    """An administrator."""
    secret = create_token(engine.parts, WORKSPACE, "a admin", "admin", expires=None)
    headers = {"Authorization": f"Bearer {secret}"}
    return TestClient(app, headers=headers, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def log(engine: Engine) -> Log:
    """What this test writes."""
    return Log(engine)


def mutating(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    for route in iter_route_contexts(app.routes):
        for method in (route.methods or set()) - SAFE:
            yield method, str(route.path), route.endpoint


def test_every_route_that_changes_something_is_known_and_no_other(app: FastAPI) -> None:
    routes = {f"{method} {path}" for method, path, _ in mutating(app)}
    assert routes == CHANGES.keys() | NO_CHANGE.keys()
    assert not CHANGES.keys() & NO_CHANGE.keys()
    reading = {f"GET {route.path}" for route in iter_route_contexts(app.routes) if "GET" in (route.methods or ())}
    assert READINGS.keys() <= reading
    assert {*CHANGES.values(), *READINGS.values()} <= ACTIONS.keys()


def test_every_route_that_changes_something_writes_one_event(app: FastAPI, engine: Engine, log: Log) -> None:
    wait_for(Passing(app, engine).take, [(method, end, f"{method} {path}") for method, path, end in mutating(app)])
    found = log.new()
    assert len(found) == len(CHANGES) > 60
    assert {each["request"]: each["action"] for each in found} == CHANGES


def test_a_route_the_log_does_not_know_changes_nothing(app: FastAPI, engine: Engine) -> None:
    def strange() -> None:
        """No route of ours."""

    with pytest.raises(Broken, match="not known to the audit log"):
        wait_for(Passing(app, engine).take, [("POST", strange, "strange")])


class Passing:
    """Requests whose routes answer well and have written nothing themselves."""

    def __init__(self, app: FastAPI, engine: Engine) -> None:
        self.app = app
        self.seam = Auditing(self._answer, parts=engine.parts)
        self.endpoint: Any = None

    async def _answer(self, scope: Any, _receive: Any, send: Any) -> None:
        scope |= {"endpoint": self.endpoint, "path_params": {"id": "X1"}}
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def take(self, requests: Iterable[tuple[str, Any, str]]) -> None:
        """Let them pass: method, function of the route, id."""
        held = Access(WORKSPACE, "admin", "Ana", "k1", "token")
        for method, self.endpoint, request in requests:
            state = {"access": held, "request_id": request}
            await self.seam({"type": "http", "method": method, "app": self.app, "state": state}, _nothing, _nothing)


async def _nothing(*_: Any) -> Any:
    return None


def test_a_change_is_written_down_with_who_what_and_under_which_request(client: TestClient, log: Log) -> None:
    made = client.post(
        "/v1/tokens", json={"name": "Nightly", "role": "editor"}, headers={"X-Request-ID": "request-1234"}
    ).json()
    (event,) = log.new()
    assert (event["who"], event["role"], event["kind"]) == ("a admin", "admin", "token")
    assert (event["action"], event["subject_kind"], event["subject"]) == ("make_credential", "credential", made["id"])
    assert (event["subject_name"], event["request"]) == ("Nightly", "request-1234")
    assert made["secret"] not in str(event)


def test_what_is_refused_or_only_shown_is_not_written_down(client_for: ClientFor, log: Log) -> None:
    viewer, admin = client_for("viewer"), client_for("admin")
    assert viewer.post("/v1/tokens", json={"name": "x", "role": "viewer"}).status_code == 403
    assert admin.delete("/v1/tokens/none").status_code == 404
    assert admin.post("/v1/themes", json={"nothing": 1}).status_code == 422
    assert admin.get("/").status_code == 200
    assert admin.get("/v1/users").status_code == 200
    assert log.new() == []


def test_an_event_goes_with_its_change_or_not_at_all(client: TestClient, engine: Engine) -> None:
    """Where the log cannot be written, nothing is changed either."""
    with engine.parts.database.write() as session:
        session.execute(text("ALTER TABLE audit_events RENAME TO gone"))
    refused = client.post("/v1/tokens", json={"name": "never made", "role": "editor"})
    assert refused.status_code == 500
    with engine.parts.database.write() as session:
        session.execute(text("ALTER TABLE gone RENAME TO audit_events"))
        assert session.scalar(select(func.count()).select_from(Credential).where(Credential.name == "never made")) == 0


def test_a_repeated_request_is_one_change(client: TestClient, log: Log) -> None:
    for _ in range(2):
        sent = {"name": "Nightly", "role": "editor"}
        assert client.post("/v1/tokens", json=sent, headers={"Idempotency-Key": "once"}).status_code == 201
    assert len(log.new()) == 1


def test_a_preview_is_no_change(engine: Engine, client: TestClient, log: Log) -> None:
    wanted = {"kind": "rename", "theme": "T1", "name": "Photos"}
    assert client.post("/v1/decisions", params={"preview": True}, json=wanted).status_code < 300
    before = log.new()
    assert client.post("/v1/decisions", json=wanted).status_code < 300
    after = log.new()
    assert len(after) == len(before) + 1
    assert (after[0]["action"], after[0]["subject_kind"]) == ("decide", "decision")
    assert after[0]["subject"] == engine.decisions(WORKSPACE).rows[0]["id"]


def test_signing_in_and_out_and_changes_of_users(app: FastAPI, client: TestClient, engine: Engine, log: Log) -> None:
    browser = TestClient(app, follow_redirects=False)
    browser.get("/login", params={"key": create_login(engine.parts, WORKSPACE, "Bo", "viewer")})
    assert client.patch("/v1/users", json={"name": "Bo", "role": "editor"}).status_code == 200
    assert client.delete("/v1/users", params={"name": "Bo"}).status_code == 204
    found = [(each["action"], each["who"], each["subject_name"]) for each in log.new()]
    assert found == [("remove_user", "a admin", "Bo"), ("change_role", "a admin", "Bo"), ("sign_in", "Bo", None)]
    assert log.new(subject="Bo") == log.new()[:2]


def test_reading_who_took_part_is_written_down(client: TestClient, log: Log) -> None:
    for address in ("/v1/studies/S1/names", "/v1/studies/S1/participants", "/research/S1", "/people"):
        assert client.get(address).status_code == 200
    assert client.get("/v1/export/people").text
    assert client.get("/v1/export/themes").text
    found = [(each["action"], each["subject"]) for each in log.new()]
    assert found == [
        ("export", "people"),
        ("read_people", None),
        ("read_participants", "S1"),
        ("read_participants", "S1"),
        ("read_names", "S1"),
    ]


@pytest.mark.parametrize("address", ["/research/S1/roster", "/research/S1"])
def test_what_is_refused_shows_no_name_of_a_participant(client: TestClient, log: Log, address: str) -> None:
    name = client.get("/v1/studies/S1/names").json()["participants"][0]["name"]
    assert f"<span>{name}</span>" in client.get("/research/S1").text
    refused = client.post(address, data={"name": "x" * 300}, headers={"Accept": "text/html"})
    assert refused.status_code == 400
    assert f"<span>{name}</span>" not in refused.text
    assert len(log.new()) == 2


def test_every_list_that_names_people_is_known() -> None:
    names = {name for name, listed in LISTS.items() if {"person", "people by name"} & set(listed.columns)}
    assert names | {"people"} == OF_PEOPLE


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET role = 'viewer'", "DELETE FROM audit_events"])
def test_the_database_refuses_to_change_the_log(client: TestClient, engine: Engine, log: Log, statement: str) -> None:
    client.post("/v1/tokens", json={"name": "Nightly", "role": "editor"})
    with pytest.raises(DatabaseError, match="only grows"), engine.parts.database.write() as session:
        session.execute(text(statement))
    assert len(log.new()) == 1


def test_what_is_older_than_it_is_kept_goes_by_the_schedule_and_nothing_else(engine: Engine, log: Log) -> None:
    now = engine.parts.now()
    with engine.parts.database.write() as session:
        for id, days in (("a1", 1), ("a2", 800), ("a3", 1200)):
            session.add(_event(id, now, days))
    engine.tend(WORKSPACE)
    assert [each["id"] for each in log.new()] == ["a1", "a2"]


def _event(id: str, now: Any, days: int) -> AuditEvent:
    return AuditEvent(id=id, workspace_id=WORKSPACE, at=now - timedelta(days=days), kind="local", action="retry_job")


def test_the_log_is_paged_filtered_and_exported(client: TestClient, log: Log) -> None:
    for name in ("Zero", "One", "Two", "Three"):
        client.post("/v1/tokens", json={"name": name, "role": "viewer"})
    first = held_against(shapes.AuditPage, client.get("/v1/audit", params={"limit": 2}))
    second = client.get("/v1/audit", params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["subject_name"] for each in (*first["events"], *second["events"])] == [
        "Three",
        "Two",
        "One",
        "Zero",
    ]
    for each in client.get("/v1/audit", params={"action": "change_role"}).json()["events"]:
        assert each["action"] == "change_role"
    assert client.get("/v1/audit", params={"until": "2001-01-01"}).json()["events"] == []
    assert client.get("/v1/audit", params={"action": "dance"}).status_code == 400
    lines = client.get("/v1/export/audit", params={"format": "csv", "subject": "Two"}).text.splitlines()
    assert len(lines) == 2
    page = client.get("/audit", params={"who": "a admin"}, headers={"Accept": "text/html"}).text
    assert "made a token or a login link" in page


def test_the_log_is_for_administrators_and_for_one_workspace(client_for: ClientFor, client: TestClient) -> None:
    client.post("/v1/tokens", json={"name": "One", "role": "viewer"})
    assert client_for("researcher").get("/v1/export/audit").status_code == 403
    assert client_for("admin", "other").get("/v1/audit").json()["events"] == []
