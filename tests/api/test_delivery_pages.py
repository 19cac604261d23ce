"""Delivery on the pages and over HTTP: who may add whom, secrets once, and a way out that needs no signing in."""

from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.pages.deliveries import PATH
from synth.delivery.outgoing import Outgoing
from synth.delivery.subscribing import in_force
from synth.engine import WORKSPACE, Engine

HOOK = "https://example.org/in?token=secret"


@pytest.fixture(autouse=True)
def reach(engine: Engine, tmp_path) -> None:
    """Lets letters leave by every channel, in settings only."""
    outgoing = Outgoing(smtp_url="smtp://127.0.0.1:1", sender="reports@example.org", folder=tmp_path / "out")
    engine.parts = replace(engine.parts, outgoing=outgoing)


def _key(engine: Engine) -> str:
    with engine.parts.database.read() as session:
        return in_force(session, WORKSPACE)[0].key


def test_an_editor_adds_readers_and_an_administrator_everything_else(client_for) -> None:
    editor, admin = client_for("editor"), client_for("admin")
    assert editor.post("/v1/subscriptions", json={"kind": "email", "address": "a@example.org"}).status_code == 201
    for kind, address in (("webhook", HOOK), ("folder", "weekly")):
        refused = editor.post("/v1/subscriptions", json={"kind": kind, "address": address})
        assert (refused.status_code, "Only an administrator" in refused.json()["detail"]) == (403, True)
        made = admin.post("/v1/subscriptions", json={"kind": kind, "address": address})
        assert made.status_code == 201
    assert admin.post("/v1/subscriptions", json={"kind": "webhook", "address": HOOK}).status_code == 409
    listed = editor.get("/v1/subscriptions").text
    assert "token=secret" not in listed
    assert "whsec_" not in listed
    assert editor.get("/v1/deliveries/L9").status_code == 404
    assert editor.post("/v1/subscriptions/N1/deliveries", json={}).status_code == 404  # nothing is archived yet


def test_the_page_shows_the_secret_of_a_webhook_once(client: TestClient) -> None:
    made = client.post(PATH, data={"kind": "webhook", "address": HOOK})
    assert "whsec_" in made.text
    shown = client.get(PATH)
    assert "whsec_" not in shown.text
    assert "example.org/…" in shown.text
    assert "token=secret" not in shown.text


def test_what_the_page_cannot_use_stays_in_its_form(client: TestClient) -> None:
    refused = client.post(PATH, data={"kind": "email", "address": "<b>ana"})
    assert refused.status_code == 400
    assert "&lt;b&gt;ana" in refused.text
    assert "no e-mail address" in refused.text
    assert client.post(f"{PATH}/schedule", data={"weekday": "monday", "hour": "25"}).status_code == 400


def test_the_schedule_is_kept(client: TestClient) -> None:
    assert client.post(f"{PATH}/schedule", data={"weekday": "tuesday", "hour": "7"}).status_code == 303
    assert client.get("/v1/schedule").json() == {"weekday": "tuesday", "hour": 7, "timezone": "UTC"}
    assert client.put("/v1/schedule", json={"weekday": "friday", "hour": 24}).status_code == 422


def test_the_way_out_asks_first_and_needs_no_signing_in(client: TestClient, app: FastAPI, engine: Engine) -> None:
    client.post(PATH, data={"kind": "email", "address": "ana@example.org"})
    nobody, key = TestClient(app, headers={"Accept": "text/html"}), _key(engine)
    assert "Stop the weekly report?" in nobody.get("/unsubscribe", params={"key": key}).text
    assert len(engine.subscriptions(WORKSPACE)["subscriptions"]) == 1
    one_click = {"List-Unsubscribe": "One-Click"}
    assert "No more reports" in nobody.post("/unsubscribe", params={"key": key}, data=one_click).text
    assert engine.subscriptions(WORKSPACE)["subscriptions"] == []
    assert nobody.get("/unsubscribe", params={"key": "guessed"}).status_code == 404


def test_a_team_is_added_with_its_filters_on_the_page_and_over_http(client: TestClient) -> None:
    team = {"kind": "email", "address": "ana@example.org", "form": "team"}
    refused = client.post(PATH, data=team | {"where": ["", ""]})
    assert (refused.status_code, "needs what the team cares for" in refused.text) == (400, True)
    assert client.post(PATH, data=team | {"where": ["", "segment=Enterprise"]}).status_code == 303
    assert "for a team, only segment=Enterprise" in client.get(PATH).text
    made = client.post("/v1/subscriptions", json=team | {"where": ["segment=Small"]})
    assert (made.status_code, made.json()["where"]) == (201, ["segment=Small"])
    assert client.post("/v1/subscriptions", json=team | {"where": ["area=A99"]}).status_code == 404
    assert client.post("/v1/subscriptions", json=team).status_code == 400
