"""Tokens that are narrowed below their role: what one that leaked opens. Every route is in test_api_authorisation."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput

ClientFor = Callable[..., TestClient]
WORDS = "The photo upload hangs at 99 %."


def test_a_token_that_sends_sees_what_became_of_what_it_sent(client_for: ClientFor, engine: Engine) -> None:
    form = client_for("editor", scope="ingest")
    sent = form.post("/v1/documents", json={"source": "form", "documents": [{"text": WORDS}]})
    engine.drain()
    assert sent.status_code == 202
    state = form.get(sent.headers["location"]).json()
    assert (state["taken"], state["finished"]) == (1, True)


def test_it_sees_nothing_that_another_sent(client_for: ClientFor, engine: Engine) -> None:
    editor, form = client_for("editor"), client_for("editor", scope="ingest")
    another = client_for("editor", scope="ingest")
    sent = [each.post("/v1/documents", json={"documents": [{"text": WORDS}]}) for each in (editor, another)]
    assert [form.get(each.headers["location"]).status_code for each in sent] == [404, 404]
    assert [editor.get(each.headers["location"]).status_code for each in sent] == [200, 200]


def test_it_reads_back_nothing_of_what_it_sent(client_for: ClientFor, engine: Engine) -> None:
    form = client_for("admin", scope="ingest")
    sent = form.post("/v1/documents", json={"documents": [{"text": WORDS}]})
    engine.drain()
    for path in (
        "/v1/documents",
        "/v1/search?q=photo",
        "/v1/export/documents",
        "/v1/imports",
        "/v1/jobs",
        "/",
        "/v1/tokens",
    ):
        refused = form.get(path)
        assert (refused.status_code, "photo upload" in refused.text) == (403, False), path
    refused = form.get(f"{sent.headers['location']}/refused.csv")
    assert refused.status_code == 403
    assert "may only send feedback" in refused.json()["detail"]


def test_a_token_that_reads_asks_and_changes_nothing(client_for: ClientFor, engine: Engine) -> None:
    client_for("editor").post("/v1/documents", json={"documents": [{"text": WORDS}]})
    engine.drain()
    reader = client_for("admin", scope="read")
    assert len(reader.get("/v1/documents").json()["documents"]) == 1
    assert reader.get("/metrics").status_code == 200
    assert reader.post("/v1/questions", json={"question": "What about photos?"}).status_code == 200
    refused = reader.post("/v1/documents", json={"documents": [{"text": "Another."}]})
    assert (refused.status_code, "change nothing" in refused.json()["detail"]) == (403, True)
    assert reader.post("/v1/tokens", json={"name": "All of it", "role": "admin"}).status_code == 403


def test_a_scope_is_shown_and_written_down_as_any_token(client: TestClient) -> None:
    made = client.post("/v1/tokens", json={"name": "Contact form", "role": "editor", "scope": "ingest"})
    assert (made.status_code, made.json()["scope"]) == (201, "ingest")
    listed = {each["name"]: each["scope"] for each in client.get("/v1/tokens").json()["tokens"]}
    assert listed == {"Contact form": "ingest", "a admin": "all"}
    event = client.get("/v1/audit").json()["events"][0]
    assert (event["action"], event["subject"]) == ("make_credential", made.json()["id"])


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"role": "viewer", "scope": "ingest"}, 400),
        ({"role": "editor", "scope": "ingest", "kind": "login"}, 400),
        ({"role": "editor", "scope": "write"}, 422),
    ],
)
def test_a_scope_that_would_be_of_no_use_is_refused(client: TestClient, asked: dict[str, str], status: int) -> None:
    assert client.post("/v1/tokens", json={"name": "a", **asked}).status_code == status


def test_a_scope_there_is_not_is_refused(engine: Engine) -> None:
    with pytest.raises(BadInput, match="no scope"):
        create_token(engine.parts, WORKSPACE, "a", "editor", expires=None, scope="write")  # type: ignore[arg-type]


def test_the_page_makes_one_and_shows_what_it_may(client: TestClient) -> None:
    page = client.get("/settings").text
    assert "<code>ingest</code> may send feedback, and see what became of what it sent." in page
    sent = {"token": "Contact form", "role": "editor", "days": "30", "scope": "ingest"}
    assert client.post("/settings/tokens", data=sent).status_code == 200
    assert '<td>editor</td><td data-label="scope">ingest</td>' in client.get("/settings").text
    refused = client.post("/settings/tokens", data=sent | {"role": "viewer"})
    told = refused.text.partition('<h2 id="tokens">')[2].partition("<h2")[0]
    assert (refused.status_code, "needs the role editor" in told) == (400, True)
    for kept in ('value="Contact form"', "<option selected>ingest</option>", 'value="30"'):
        assert kept in told
