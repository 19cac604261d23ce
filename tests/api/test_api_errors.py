"""Errors: every one a problem document with one sentence, none with what is inside the house."""

import json
import logging
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import make_app
from api.errors import STATUS
from synth import errors
from synth.engine import Engine
from synth.errors import SynthError

GETS = (
    *("documents", "documents/{id}", "imports", "imports/{id}", "jobs", "jobs/{id}", "themes", "themes/{id}"),
    *("themes/{id}/excerpts", "runs", "runs/{id}", "insights/{id}", "search", "reports", "reports/{id}", "export/{id}"),
)
NAMES = st.sampled_from(["q", "since", "until", "where", "cursor", "limit", "state", "format"])
QUERIES = st.dictionaries(NAMES, st.text(max_size=40))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = st.sampled_from(["question", "since", "until", "where", "scope", "name", "role", "documents", "text", "kind"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}


def problem(response: object, status: int) -> dict:
    assert response.status_code == status, response.text  # type: ignore[attr-defined]
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    body: dict = response.json()  # type: ignore[attr-defined]
    assert set(body) - {"errors"} == MEMBERS
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]  # type: ignore[attr-defined]
    assert body["detail"].endswith(".")
    return body


def test_every_error_of_the_engine_has_a_status() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SynthError)]
    assert all(any(base in STATUS for base in kind.__mro__) for kind in kinds)


def test_what_is_not_there_is_a_problem(client: TestClient) -> None:
    for path in ("themes/T99", "documents/d0", "imports/i0", "imports/i0/refused.csv", "jobs/j0", "runs/R9",
                 "insights/I9", "themes/T99/excerpts", "reports/next-week"):  # fmt: skip
        body = problem(client.get(f"/v1/{path}"), 404)
        assert (body["type"], body["instance"]) == ("urn:synth:problem:not-found", f"/v1/{path}")
    assert client.get("/v1/themes/T99").json()["detail"].startswith("There is no theme T99")


def test_an_unknown_address_and_a_wrong_method_are_problems(client: TestClient) -> None:
    assert problem(client.get("/v1/nothing"), 404)["type"] == "about:blank"
    response = client.delete("/v1/themes")
    problem(response, 405)
    assert response.headers["allow"] == "GET, POST"


def test_a_field_that_cannot_be_used_is_named_and_its_value_is_not_repeated(client: TestClient) -> None:
    response = client.post("/v1/questions", json={"question": "why? " * 20_000})
    body = problem(response, 422)
    assert body["errors"][0]["where"] == "question"
    assert "2000" in body["detail"]
    assert len(response.content) < 1_000


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("themes?since=soon", 400),
        ("themes?since=2026-11-22&until=2026-11-01", 400),
        ("themes?where=segment", 400),
        ("themes?where=rating<=high", 400),
        ("themes?since=2026-11-22-and-more", 422),
        ("search?q=", 422),
        ("search?q=%20", 400),
        ("search", 422),
        ("search?q=board&limit=0", 422),
        ("search?q=board&limit=many", 422),
        ("search?q=a%00b", 422),
        ("jobs?state=resting", 422),
        ("export/secrets", 422),
        ("export/documents?format=xml", 422),
        ("documents?cursor=%00", 400),
        ("documents?cursor=e30", 400),
        ("documents?cursor=bm9wZQ", 400),
        ("documents?cursor=WyJzb29uIiwgIngiXQ", 400),
        ("documents?limit=1000000", 422),
    ],
)
def test_what_cannot_be_read_in_an_address_is_a_problem(client: TestClient, path: str, status: int) -> None:
    problem(client.get(f"/v1/{path}"), status)


BODIES = [b"", b"[]", b"null", b'{"question": 7}', b'{"question": " "}', b"\xff\xfe", b"[" * 9999]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_question_is_a_problem(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/questions", content=body, headers={"Content-Type": "application/json"})
    problem(response, response.status_code)
    assert response.status_code in (400, 422)


def test_half_a_character_in_a_question_is_a_problem(client: TestClient) -> None:
    body = b'{"question": "what about \\ud800?"}'
    problem(client.post("/v1/questions", content=body, headers={"Content-Type": "application/json"}), 422)


def test_no_credential_and_the_wrong_role_are_problems(app: FastAPI, client_for: Callable[..., TestClient]) -> None:
    assert problem(TestClient(app).get("/v1/themes"), 401)["type"] == "urn:synth:problem:no-credential"
    body = problem(client_for("viewer").get("/v1/tokens"), 403)
    assert body["detail"] == "This needs the role admin; yours is viewer."


def test_a_fault_of_the_server_tells_nothing_and_is_logged(
    engine: Engine, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(engine)
    token = {"Authorization": client.headers["Authorization"]}

    @app.get("/v1/fault")
    def fault() -> None:
        raise RuntimeError("the inside of the house")

    with caplog.at_level(logging.ERROR):
        response = TestClient(app, headers=token).get("/v1/fault", headers={"X-Request-ID": "trace-0001"})
    body = problem(response, 500)
    assert "inside" not in response.text
    assert "Traceback" not in response.text
    assert body["request_id"] == "trace-0001"
    assert any("trace-0001" in line.getMessage() and line.exc_info for line in caplog.records)


def test_a_browser_reads_a_page_and_nothing_of_the_address_becomes_markup(client: TestClient) -> None:
    response = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<script>" not in response.text


def test_a_dead_job_can_be_tried_again_and_no_other(client: TestClient, engine: Engine) -> None:
    job = client.post("/v1/runs", json={"scope": "all"}).json()
    body = problem(client.post(f"/v1/jobs/{job['id']}/retry"), 409)
    assert "only a dead job" in body["detail"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(GETS), part=st.text(min_size=1, max_size=20), query=QUERIES)
def test_no_address_makes_the_server_fail(reader: TestClient, path: str, part: str, query: dict[str, str]) -> None:
    shown = quote(part.encode("utf-8", "replace"), safe="")
    address = f"/v1/{path.replace('{id}', shown)}?{urlencode(query, errors='replace')}"
    assert reader.get(address).status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(["questions", "runs", "tokens", "documents"]), body=ANYTHING)
def test_no_body_makes_the_server_fail(client: TestClient, path: str, body: object) -> None:
    content = json.dumps(body).encode()
    response = client.post(f"/v1/{path}", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code < 500
