"""Signed webhooks in: what is genuine is taken once, everything else is refused with a sentence."""

import json
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from standardwebhooks import Webhook

from api.middleware import JSON_LIMIT
from synth.engine import WORKSPACE, Engine
from synth.store import tables
from tests.api.conftest import ClientFor

MESSAGE = {
    "type": "ticket.created",
    "documents": [
        {"text": "The photo upload hangs at 99 %.", "external_id": "T1", "person": "Ana Ruiz", "source": "elsewhere"},
        {"text": "Calendar sync doubles my visits.", "external_id": "T2"},
    ],
}


@pytest.fixture
def hook(client: TestClient) -> dict[str, Any]:
    """A hook for the source Desk, with its secret."""
    made: dict[str, Any] = client.post("/v1/hooks", json={"source": "Desk"}).json()
    return made


@pytest.fixture
def nobody(client: TestClient) -> TestClient:
    """A client without a credential."""
    return TestClient(client.app)


def send(nobody: TestClient, hook: dict[str, Any], **other: Any) -> httpx.Response:
    """A message as it should be, but for id, at, late, secret or body as given; `sent` are other bytes than signed."""
    body = other.get("body", json.dumps(MESSAGE))
    id, at = other.get("id", "msg_1"), other.get("at", datetime.now(UTC) - other.get("late", timedelta()))
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(other.get("secret", hook["secret"])).sign(id, at, body),
        "content-type": "application/json",
    } | other.get("headers", {})
    return nobody.post(hook["path"], content=other.get("sent", body), headers=headers)


def texts(engine: Engine) -> list[str]:
    engine.drain()
    with engine.parts.database.read() as session:
        return sorted(session.scalars(select(tables.Document.text)))


def test_a_signed_message_becomes_documents_of_its_source(
    engine: Engine, nobody: TestClient, client: TestClient, hook: dict[str, Any]
) -> None:
    answer = send(nobody, hook)
    assert answer.status_code == 202
    assert texts(engine) == ["Calendar sync doubles my visits.", "The photo upload hangs at 99 %."]
    assert client.get(f"/v1/imports/{answer.json()['import']}").json()["taken"] == 2
    assert [each["source"] for each in engine.sources(WORKSPACE)["sources"]] == ["Desk"]
    assert client.get("/v1/hooks").json()["hooks"][0]["used_at"]


def test_what_is_done_with_hooks_is_in_the_audit_log(
    nobody: TestClient, client: TestClient, hook: dict[str, Any]
) -> None:
    send(nobody, hook)
    send(nobody, hook, secret="whsec_" + "A" * 44)
    client.delete(hook["path"])
    told = client.get("/v1/audit").json()["events"]
    assert [(each["action"], each["subject"]) for each in told] == [
        ("end_hook", hook["id"]),
        ("take_message", hook["id"]),
        ("make_hook", hook["id"]),
    ]
    assert told[1]["who"] == "a signed message"


def test_the_same_message_again_is_the_same_import_even_signed_anew(
    engine: Engine, nobody: TestClient, hook: dict[str, Any]
) -> None:
    first = send(nobody, hook)
    engine.drain()
    later = send(nobody, hook, at=datetime.now(UTC) + timedelta(seconds=2))
    assert (later.status_code, later.json()) == (202, first.json())
    assert len(texts(engine)) == 2


def test_another_message_under_the_same_id_is_refused(engine: Engine, nobody: TestClient, hook: dict[str, Any]) -> None:
    send(nobody, hook)
    other = send(nobody, hook, body=json.dumps({"documents": [{"text": "Something else."}]}))
    assert other.status_code == 409
    assert len(texts(engine)) == 2


@pytest.mark.parametrize(
    ("wrong", "status", "says"),
    [
        ({"sent": json.dumps(MESSAGE).replace("hangs", "works")}, 403, "changed on its way"),
        ({"secret": "whsec_" + "A" * 44}, 403, "another secret"),
        ({"headers": {"webhook-id": "msg_2"}}, 403, "not the signature"),
        ({"headers": {"webhook-signature": "v2,abc nonsense"}}, 403, "not the signature"),
        ({"headers": {"webhook-signature": ""}}, 400, "webhook-signature is missing"),
        ({"headers": {"webhook-timestamp": "yesterday"}}, 400, "whole seconds"),
        ({"headers": {"webhook-timestamp": "999999999999"}}, 400, "whole seconds"),
        ({"late": timedelta(minutes=6)}, 400, "more than 5 minutes"),
        ({"late": timedelta(minutes=-6)}, 400, "more than 5 minutes"),
        ({"sent": b"\xff{}"}, 400, "UTF-8"),
        ({"body": "{}"}, 422, "documents"),
        ({"id": "m" * 201}, 400, "at most 200"),
    ],
)
def test_what_is_not_genuine_or_no_message_is_refused_and_nothing_is_stored(
    engine: Engine, nobody: TestClient, hook: dict[str, Any], wrong: dict[str, Any], status: int, says: str
) -> None:
    answer = send(nobody, hook, **wrong)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.text
    assert texts(engine) == []


def test_a_large_message_is_refused_before_it_is_read_whatever_it_calls_itself(nobody: TestClient) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=b"):
        headers = {"content-type": kind, "content-length": str(JSON_LIMIT + 1)}
        answer = nobody.post(f"/v1/hooks/h{'0' * 32}", content=b"{}", headers=headers)
        assert answer.status_code == 413, kind


def test_one_of_several_signatures_is_enough(nobody: TestClient, hook: dict[str, Any]) -> None:
    at = datetime.now(UTC)
    right = Webhook(hook["secret"]).sign("msg_1", at, json.dumps(MESSAGE))
    assert send(nobody, hook, at=at, headers={"webhook-signature": f"v1,b2xk {right}"}).status_code == 202


def test_a_hook_that_is_none_or_has_ended_takes_nothing(
    nobody: TestClient, client: TestClient, client_for: ClientFor, hook: dict[str, Any]
) -> None:
    assert client_for("admin", "other").delete(hook["path"]).status_code == 404
    assert client.delete(hook["path"]).status_code == 204
    assert send(nobody, hook).status_code == 404


def test_the_secret_is_shown_once_and_kept_sealed(
    engine: Engine, nobody: TestClient, client: TestClient, hook: dict[str, Any]
) -> None:
    assert "secret" not in client.get("/v1/hooks").json()["hooks"][0]
    with engine.parts.database.read() as session:
        sealed = session.get_one(tables.Hook, hook["id"]).sealed_secret
    assert hook["secret"].encode() not in sealed
    key = engine.parts.home / "hooks.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(b"k" * 32)
    refused = send(nobody, hook)
    assert (refused.status_code, "hooks.key" in refused.json()["detail"]) == (500, True)


def test_what_comes_into_a_source_that_is_looked_at_waits(
    engine: Engine, nobody: TestClient, hook: dict[str, Any]
) -> None:
    send(nobody, hook)
    engine.drain()
    engine.set_redaction(WORKSPACE, "Desk", "suggest")
    body = json.dumps({"documents": [{"text": "Call Ana Ruiz on 030 1234567."}]})
    waiting = send(nobody, hook, id="msg_2", body=body).json()["import"]
    assert len(texts(engine)) == 2
    assert engine.import_state(WORKSPACE, waiting).waits


def test_erasing_a_source_ends_its_hooks(engine: Engine, nobody: TestClient, hook: dict[str, Any]) -> None:
    send(nobody, hook)
    engine.drain()
    engine.erase(WORKSPACE, "Ines", "source", "Desk", None)
    engine.drain()
    assert send(nobody, hook, id="msg_2").status_code == 404


def test_erasing_the_only_person_of_a_source_ends_no_hook_but_one_called_after_them(
    engine: Engine, nobody: TestClient, client: TestClient, hook: dict[str, Any]
) -> None:
    own = client.post("/v1/hooks", json={"source": "Letters of Ana Ruiz"}).json()
    body = json.dumps({"documents": [{"text": "The photo upload hangs.", "person": "Ana Ruiz"}]})
    assert send(nobody, hook, body=body).status_code == send(nobody, own, body=body).status_code == 202
    engine.drain()
    engine.erase(WORKSPACE, "Ines", "person", "Ana Ruiz", None)
    engine.drain()
    assert send(nobody, hook, id="msg_2").status_code == 202
    assert send(nobody, own, id="msg_2").status_code == 404


def test_a_hook_is_made_and_ended_on_the_settings_page(client: TestClient) -> None:
    made = client.post("/settings/hooks", data={"source": "Reviews"})
    assert "whsec_" in made.text
    assert "whsec_" not in client.get("/settings").text
    (held,) = client.get("/v1/hooks").json()["hooks"]
    client.post(f"/settings/hooks/{held['id']}/end")
    assert client.get("/v1/hooks").json() == {"hooks": []}
    assert client.post("/settings/hooks", data={"source": " "}).status_code == 400
