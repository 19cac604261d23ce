"""Settings on the page and over HTTP: what is shown and never shown, who comes in, what waits for a look."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import shapes
from api.pages.settings import PATH
from synth import access
from synth.engine import WORKSPACE, Engine
from synth.settings import HIDDEN, Settings, describe_settings
from synth.users import list_users
from tests.api.test_api_reading import held_against

ClientFor = Callable[..., TestClient]
ROWS = b"text,source\nThe photo upload hangs.,\nMy export is empty.,survey\n"


def _users(engine: Engine) -> dict[str, str]:
    with engine.parts.database.read() as session:
        return {each["name"]: each["role"] for each in list_users(session, WORKSPACE, engine.parts.now())}


def _browser(app: FastAPI, link: str) -> TestClient:
    made = TestClient(app, headers={"Accept": "text/html"}, follow_redirects=False)
    assert made.get(link).status_code == 303
    return made


def _send(client: TestClient, source: str, **fields: str) -> dict[str, object]:
    files = {"file": ("rows.csv", ROWS, "text/csv")}
    taken = client.post("/v1/documents", data={"source": source, **fields} if source else fields, files=files)
    assert taken.status_code == 202
    found: dict[str, object] = taken.json()["imports"][0]
    return found


def test_nothing_secret_is_shown() -> None:
    urls = {
        "database_url": "postgresql+psycopg://synth:hunter2@db/synth",
        "broker_url": "amqp://synth:hunter2@broker",
        "llm_url": "https://model.example.org/v1?key=hunter2",
        "smtp_url": "smtp://post:hunter2@mail:587",
    }
    shown = describe_settings(Settings(**urls, llm_key="hunter2"))  # type: ignore[arg-type]
    assert "hunter2" not in str(shown)
    by_name = {each["variable"]: each for each in shown}
    assert by_name["SYNTH_DATABASE_URL"]["value"] == f"postgresql+psycopg://{HIDDEN}db/synth"
    assert by_name["SYNTH_LLM_KEY"]["value"] == by_name["SYNTH_SMTP_URL"]["value"] == HIDDEN
    assert (by_name["SYNTH_LLM_KEY"]["origin"], by_name["SYNTH_PORT"]["origin"]) == ("environment", "default")


def test_a_login_link_is_shown_once_and_opens_the_role_it_says(client: TestClient, app: FastAPI) -> None:
    made = client.post(f"{PATH}/users", data={"name": "Ana", "role": "editor"})
    link = re.search(r"<code>http://testserver(/login\?key=[^<]+)</code>", made.text)
    assert link is not None
    shown = client.get(PATH).text
    assert "/login?key=" not in shown
    assert "1 unopened link" in shown
    ana = _browser(app, link[1])
    assert ana.get("/upload").status_code == 200
    assert ana.get(PATH).status_code == 403
    assert "in 1 browser" in client.get(PATH).text


def test_another_role_holds_from_the_next_click_on(client: TestClient, app: FastAPI, engine: Engine) -> None:
    ana = _browser(app, f"/login?key={access.create_login(engine.parts, WORKSPACE, 'Ana', 'viewer')}")
    assert ana.get("/upload").status_code == 403
    assert client.post(f"{PATH}/users/role", data={"name": "Ana", "role": "editor"}).status_code == 303
    assert ana.get("/upload").status_code == 200
    assert client.post(f"{PATH}/users/remove", data={"name": "Ana"}).status_code == 303
    assert ana.get("/").status_code == 401
    assert _users(engine) == {}


def test_nobody_takes_away_their_own_access(app: FastAPI, engine: Engine) -> None:
    ana = _browser(app, f"/login?key={access.create_login(engine.parts, WORKSPACE, 'Ana', 'admin')}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', ana.get(PATH).text)
    assert csrf is not None
    for act, more in (("role", {"role": "viewer"}), ("remove", {})):
        refused = ana.post(f"{PATH}/users/{act}", data={"name": "Ana", "csrf": csrf[1], **more})
        assert (refused.status_code, "ask another administrator" in refused.text) == (400, True)
    assert _users(engine) == {"Ana": "admin"}


def test_a_user_is_not_invited_into_a_second_role(client: TestClient, engine: Engine) -> None:
    assert client.post("/v1/users", json={"name": "Ana", "role": "editor"}).status_code == 201
    assert client.post("/v1/users", json={"name": "Ana", "role": "editor"}).status_code == 201
    refused = client.post("/v1/users", json={"name": "Ana", "role": "admin"})
    assert (refused.status_code, "change that role" in refused.json()["detail"]) == (409, True)
    changed = client.patch("/v1/users", json={"name": "Ana", "role": "researcher"}).json()
    assert (changed["role"], changed["invited"], changed["sessions"]) == ("researcher", 2, 0)
    assert client.patch("/v1/users", json={"name": "Bo", "role": "viewer"}).status_code == 404
    assert client.patch("/v1/users", json={"name": "Ana", "role": "owner"}).status_code == 422
    assert client.delete("/v1/users", params={"name": "Ana"}).status_code == 204
    assert client.delete("/v1/users", params={"name": "Ana"}).status_code == 404
    assert client.get("/v1/users").json() == {"users": []}
    assert _users(engine) == {}


@pytest.mark.parametrize("days", ["0", "-3", "x", "99999999", "1.5"])
def test_days_that_are_none_are_refused_in_a_sentence(client: TestClient, days: str) -> None:
    refused = client.post(f"{PATH}/tokens", data={"token": "Import", "role": "editor", "days": days})
    assert (refused.status_code, "is no number of days" in refused.text) == (400, True)
    assert "Import</th>" not in refused.text
    assert 'value="Import"' in refused.text


def test_what_cannot_be_had_back_is_ended_in_two_steps(client: TestClient) -> None:
    client.post(f"{PATH}/tokens", data={"token": "Import", "role": "editor"})
    client.post(f"{PATH}/hooks", data={"source": "Reviews"})
    client.post(f"{PATH}/users", data={"name": "Ana", "role": "viewer"})
    page = client.get(PATH).text
    for act in ("/revoke#tokens", "/end#hooks", "/users/remove#users"):
        before = page.partition(f'{act}"')[0]
        assert before.rpartition("<details")[2].count("</details>") == 0, act


def test_a_token_shows_its_last_use_and_ends(client: TestClient, app: FastAPI) -> None:
    made = client.post(f"{PATH}/tokens", data={"token": "Nightly import", "role": "editor", "days": "30"})
    secret = re.search(r"<code>(synth_[^<]+)</code>", made.text)
    assert secret is not None
    shown = client.get(PATH).text
    assert secret[1] not in shown
    assert "not yet" in shown
    program = TestClient(app, headers={"Authorization": f"Bearer {secret[1]}"}, follow_redirects=False)
    assert program.get("/v1/jobs").status_code == 200
    listed = next(each for each in client.get("/v1/tokens").json()["tokens"] if each["name"] == "Nightly import")
    assert listed["used_at"] is not None
    assert listed["expires_at"] is not None
    assert client.post(f"{PATH}/tokens/{listed['id']}/revoke").status_code == 303
    assert program.get("/v1/jobs").status_code == 401
    assert client.post(f"{PATH}/tokens/{listed['id']}/revoke").status_code == 400


def test_the_last_use_is_written_once_an_hour(client: TestClient, engine: Engine) -> None:
    client.get("/v1/jobs")
    first = [each["used_at"] for each in access.list_tokens(engine.parts, WORKSPACE)]
    client.get("/v1/jobs")
    assert [each["used_at"] for each in access.list_tokens(engine.parts, WORKSPACE)] == first
    assert first[0] is not None


def test_a_source_is_kept_and_redacted_as_the_page_says(client: TestClient, engine: Engine) -> None:
    _send(client, "tickets")
    engine.drain()
    held = {each["source"]: each for each in client.get("/v1/sources").json()["sources"]}
    assert (held["tickets"]["documents"], held["tickets"]["excerpts"], held["tickets"]["redact"]) == (2, 2, "automatic")
    kept = client.post(f"{PATH}/sources", data={"source": "tickets", "keep_days": "90", "redact": "suggest"})
    assert kept.status_code == 303
    held = {each["source"]: each for each in client.get("/v1/sources").json()["sources"]}
    assert (held["tickets"]["keep_days"], held["tickets"]["redact"]) == (90, "suggest")
    assert client.post(f"{PATH}/sources", data={"source": "tickets", "redact": "maybe"}).status_code == 400
    assert client.put("/v1/sources/redaction", json={"source": "no", "redact": "suggest"}).status_code == 404
    assert client.put("/v1/sources/redaction", json={"source": "tickets", "redact": "no"}).status_code == 422


def test_what_comes_into_a_source_that_is_looked_at_waits(client: TestClient, engine: Engine) -> None:
    _send(client, "survey")
    engine.drain()
    client.put("/v1/sources/redaction", json={"source": "survey", "redact": "suggest"})
    sent = _send(client, "survey", redact="automatic")
    engine.drain()
    state = client.get(f"/v1/imports/{sent['id']}").json()
    assert (state["waits"], state["taken"]) == (True, 0)
    assert client.post(f"/v1/imports/{sent['id']}/write").status_code == 202
    engine.drain()
    assert client.get(f"/v1/imports/{sent['id']}").json()["already"] == 2


def test_a_row_does_not_come_past_the_look_by_naming_the_source(client: TestClient, engine: Engine) -> None:
    _send(client, "survey")
    engine.drain()
    client.put("/v1/sources/redaction", json={"source": "survey", "redact": "suggest"})
    sent = _send(client, "")
    engine.drain()
    state = client.get(f"/v1/imports/{sent['id']}").json()
    assert (state["taken"], state["refused"]) == (1, 1)
    assert "survey is looked at first" in state["refusals"][0]["reason"]


def test_the_same_key_is_the_same_upload_whatever_was_said_of_its_source(client: TestClient, engine: Engine) -> None:
    client.headers["Idempotency-Key"] = "nightly-1"
    first = _send(client, "survey")
    engine.drain()
    client.put("/v1/sources/redaction", json={"source": "survey", "redact": "suggest"})
    assert _send(client, "survey")["id"] == first["id"]


def test_the_test_of_the_model_says_what_came_back(client: TestClient) -> None:
    assert "None is set up" in client.get(PATH).text
    tried = client.post(f"{PATH}/model")
    assert "Nothing came back. No endpoint is set (SYNTH_LLM_URL)" in tried.text
    said = client.post("/v1/settings/model/test").json()
    assert (said["reachable"], said["said"].startswith("Nothing came back.")) == (False, True)


def test_those_who_may_not_see_it_are_told_what_they_can_do(app: FastAPI, engine: Engine) -> None:
    ana = _browser(app, f"/login?key={access.create_login(engine.parts, WORKSPACE, 'Ana', 'viewer')}")
    refused = ana.get(PATH)
    assert (refused.status_code, "An administrator can give you another role" in refused.text) == (403, True)
    assert 'href="/settings"' not in ana.get("/").text


def test_what_is_told_has_the_shape_that_is_promised(client: TestClient, engine: Engine) -> None:
    _send(client, "tickets")
    engine.drain()
    held_against(shapes.Invitation, client.post("/v1/users", json={"name": "Ana", "role": "editor"}))
    for path, shape in (
        ("settings", shapes.SettingsInForce),
        ("sources", shapes.SourceList),
        ("users", shapes.UserList),
        ("tokens", shapes.TokenList),
    ):
        held_against(shape, client.get(f"/v1/{path}"))
    held_against(shapes.ModelTest, client.post("/v1/settings/model/test"))
    held_against(shapes.User, client.patch("/v1/users", json={"name": "Ana", "role": "viewer"}))
