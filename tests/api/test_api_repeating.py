"""A POST with an Idempotency-Key is done once, and answered the same every time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from api.auditing import NO_CHANGE
from api.auth import HOOKS
from api.repeating import HEADER, ITS_OWN_WAY, LONGEST_WORK
from synth.engine import WORKSPACE, Engine
from synth.store.keyed import KEPT
from synth.store.tables import KeyedRequest
from tests.factories import stored_bytes

KEY = {HEADER: "nightly-1"}
ROSTER = b"name,role\nAna Ruiz,participant\n"
ClientFor = Callable[..., TestClient]


def posts(app: FastAPI) -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, methods["post"])
        for path, methods in app.openapi()["paths"].items()
        if "post" in methods and path.startswith("/v1/")
    ]


def count_tokens(client: TestClient) -> int:
    return len(client.get("/v1/tokens").json()["tokens"])


def make_token(client: TestClient, name: str = "a program", **headers: str) -> Any:
    return client.post("/v1/tokens", json={"name": name, "role": "viewer"}, headers=KEY | headers)


def test_every_post_of_the_api_takes_a_key_and_does_what_it_asks_for_once(app: FastAPI, client: TestClient) -> None:
    assert make_token(client).status_code == 201
    walked = 0
    for path, operation in posts(app):
        if path.startswith(HOOKS):  # a message has an id of its own: tests/api/test_api_hooks.py
            continue
        named = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"]
        assert HEADER in named, path
        assert "409" in operation["responses"], path
        if path in ("/v1/tokens", ITS_OWN_WAY):  # the latter: tests/api/test_api_documents.py
            continue
        other = client.post(path.replace("{", "").replace("}", ""), json={}, headers=KEY)
        assert (other.status_code, other.json()["type"]) == (409, "urn:synth:problem:conflict"), path
        assert "used for another request" in other.json()["detail"], path
        walked += 1
    assert walked > 30


def test_the_same_request_is_answered_the_same_and_done_once(client: TestClient) -> None:
    first, before = make_token(client), count_tokens(client)
    second = make_token(client)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.json()["secret"] == first.json()["secret"]
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert first.headers.get("location") == second.headers.get("location")
    assert count_tokens(client) == before


def test_what_was_answered_is_sealed_in_the_database(client: TestClient, engine: Engine) -> None:
    secret = make_token(client).json()["secret"]
    held = stored_bytes(engine.parts)
    assert (secret.encode() in held, KEY[HEADER].encode() in held) == (False, False)


@pytest.mark.parametrize("path", ["/v1/tokens?again", "/v1/themes"])
def test_another_request_under_the_same_key_is_refused(client: TestClient, path: str) -> None:
    make_token(client)
    other = client.post(path, json={"name": "a program", "role": "viewer"}, headers=KEY)
    assert other.status_code == 409
    assert other.json()["detail"].endswith("send this one with a key of its own.")


def test_another_body_under_the_same_key_is_refused_and_does_nothing(client: TestClient) -> None:
    make_token(client)
    before = count_tokens(client)
    assert make_token(client, "another program").status_code == 409
    assert count_tokens(client) == before


def test_what_was_refused_leaves_the_key_free(client: TestClient) -> None:
    assert client.post("/v1/tokens", json={"name": "x", "role": "king"}, headers=KEY).status_code == 422
    assert client.post("/v1/tokens", content=b"{", headers=KEY).status_code == 422
    assert make_token(client).status_code == 201


def test_a_key_is_one_of_its_credential(client_for: ClientFor) -> None:
    one, other, foreign = client_for("admin"), client_for("admin"), client_for("admin", "other")
    secrets = {make_token(client).json()["secret"] for client in (one, other, foreign)}
    assert len(secrets) == 3


def test_after_a_day_a_key_is_free_again(client: TestClient, engine: Engine) -> None:
    first = make_token(client).json()["secret"]
    _grow_older(engine, by=KEPT + timedelta(seconds=1))
    assert make_token(client).json()["secret"] != first


def test_keys_go_with_the_daily_work_too(client: TestClient, engine: Engine) -> None:
    make_token(client)
    engine.tend(WORKSPACE)
    assert _count(engine) == 1
    _grow_older(engine, by=KEPT + timedelta(seconds=1))
    engine.tend(WORKSPACE)
    assert _count(engine) == 0


def test_files_are_the_same_whatever_boundary_they_are_sent_with(client_for: ClientFor) -> None:
    client = client_for("admin")
    study = client.post("/v1/studies", json={"name": "Dispatch"}).json()["id"]

    def send(content: bytes, boundary: str) -> Any:
        head = {"Content-Type": f"multipart/form-data; boundary={boundary}", **KEY}
        files = {"file": ("roster.csv", content, "text/csv")}
        return client.post(f"/v1/studies/{study}/roster", files=files, headers=head)

    first, second, other = send(ROSTER, "aaaa"), send(ROSTER, "bbbbbbbb"), send(ROSTER + b"Bo Li,participant\n", "aaaa")
    assert (first.status_code, second.status_code, other.status_code) == (200, 200, 409), first.text
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"


def test_of_many_at_once_one_is_done(client: TestClient) -> None:
    before = count_tokens(client)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: make_token(client), range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["secret"] for answer in answers if answer.status_code == 201}) == 1
    assert all("still being worked on" in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    assert count_tokens(client) == before + 1


def test_one_that_is_under_way_is_told_from_one_that_broke_off(client: TestClient, engine: Engine) -> None:
    make_token(client)
    with engine.parts.database.write() as session:
        session.execute(update(KeyedRequest).values(status=None, body_hash=None, reply=None))
    assert "still being worked on" in make_token(client).json()["detail"]
    _grow_older(engine, by=LONGEST_WORK + timedelta(seconds=1))
    broken = make_token(client)
    assert (broken.status_code, "look whether it was done" in broken.json()["detail"]) == (409, True)


def test_events_come_again_as_they_came(client: TestClient) -> None:
    asked = {"question": "What do people say about photos?"}
    first = client.post("/v1/questions/stream", json=asked, headers=KEY)
    second = client.post("/v1/questions/stream", json=asked, headers=KEY)
    assert first.headers["content-type"].startswith("text/event-stream")
    assert (second.text, second.headers["content-type"]) == (first.text, first.headers["content-type"])


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit log lets the routes of these tests pass: it stops what it does not know."""
    for route in ("POST /v1/bare", "POST /v1/slow"):
        monkeypatch.setitem(cast("dict[str, str]", NO_CHANGE), route, "a route of a test")


@pytest.mark.usefixtures("known")
def test_a_body_that_nobody_reads_belongs_to_the_request_too(app: FastAPI, client: TestClient) -> None:
    done = []

    @app.post("/v1/bare")
    def bare() -> dict[str, int]:
        done.append(1)
        return {"done": len(done)}

    answers = [client.post("/v1/bare", content=content, headers=KEY) for content in (b"x", b"x", b"y")]
    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert (answers[1].json(), len(done)) == ({"done": 1}, 1)


def test_an_erasure_takes_what_was_answered_and_leaves_the_key_taken(client: TestClient, engine: Engine) -> None:
    client.post("/v1/documents", json={"documents": [{"text": "The board is slow", "person": "Ana Ruiz"}]})
    engine.drain()
    asked = {"question": "What do people say about the board?"}
    assert client.post("/v1/questions", json=asked, headers=KEY).status_code == 200
    erasure = client.post("/v1/erasures", json={"kind": "person", "name": "Ana Ruiz"})
    assert erasure.status_code == 202, erasure.text
    engine.drain()
    again = client.post("/v1/questions", json=asked, headers=KEY)
    assert (again.status_code, again.json()["detail"].endswith("has been erased since.")) == (409, True)


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 201])
def test_a_key_that_is_none_is_refused_with_a_sentence(client: TestClient, key: str) -> None:
    refused = make_token(client, **{HEADER: key.encode("latin-1")})  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:synth:problem:bad-input")
    assert "1 to 200 visible characters" in refused.json()["detail"]


@pytest.mark.usefixtures("known")
def test_a_key_that_is_taken_holds_nobody_up_who_has_another(app: FastAPI, client: TestClient) -> None:
    inside, go_on = Event(), Event()

    @app.post("/v1/slow")
    def slow() -> dict[str, bool]:
        inside.set()
        return {"waited": go_on.wait(20)}

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.post, "/v1/slow", headers=KEY)
        assert inside.wait(20)
        assert client.post("/v1/slow", headers=KEY).status_code == 409
        assert make_token(client, **{HEADER: "another"}).status_code == 201
        go_on.set()
        assert running.result().json() == {"waited": True}
    assert client.post("/v1/slow", headers=KEY).json() == {"waited": True}


def _grow_older(engine: Engine, *, by: timedelta) -> None:
    with engine.parts.database.write() as session:
        session.execute(update(KeyedRequest).values(asked_at=engine.parts.now() - by))


def _count(engine: Engine) -> int:
    with engine.parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(KeyedRequest)) or 0
