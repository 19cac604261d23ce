"""Headers: what a browser is told to obey, on every response."""

import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.middleware import HEADERS
from api.reports import _policy


def test_every_response_carries_the_headers(app: FastAPI, client: TestClient) -> None:
    nobody = TestClient(app)
    for response in (nobody.get("/health"), nobody.get("/v1/themes"), client.get("/v1/themes"), client.get("/v1/none")):
        assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_the_policy_lets_nothing_unsafe_through(client: TestClient) -> None:
    policy = client.get("/v1/themes").headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_style_of_a_report_is_let_through_by_its_hash_and_nothing_else() -> None:
    policy = _policy("<style>p { color: red }</style><p style='color: blue'>x</p>")
    assert re.search(r"style-src 'self' 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_https_is_kept_to_where_it_is_used(app: FastAPI) -> None:
    assert "strict-transport-security" not in TestClient(app).get("/health").headers
    assert "strict-transport-security" in TestClient(app, base_url="https://testserver").get("/health").headers


def test_every_request_has_an_id_and_a_strange_one_is_replaced(app: FastAPI) -> None:
    client = TestClient(app)
    given = client.get("/health", headers={"X-Request-ID": "from-the-proxy-1"}).headers["x-request-id"]
    strange = client.get("/health", headers={"X-Request-ID": "a b<c>"}).headers["x-request-id"]
    assert given == "from-the-proxy-1"
    assert re.fullmatch(r"[0-9a-f]{16}", strange)
    assert client.get("/health").headers["x-request-id"] != client.get("/health").headers["x-request-id"]


def test_health_and_readiness_tell_nothing(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok"}
