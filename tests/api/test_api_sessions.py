"""Browsers: the login link, the cookie it gives, and what a page elsewhere cannot make a browser do."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth import COOKIE, CSRF_FIELD, CSRF_HEADER
from synth.access import create_login
from synth.engine import WORKSPACE, Engine

TOKEN = {"name": "made in a session", "role": "viewer"}


@pytest.fixture
def browser(app: FastAPI, engine: Engine) -> TestClient:
    """A browser that opened an administrator's login link."""
    browser = TestClient(app, follow_redirects=False)
    response = browser.get("/login", params={"key": create_login(engine.parts, WORKSPACE, "Ana", "admin")})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    return browser


@pytest.fixture
def csrf(app: FastAPI, browser: TestClient) -> str:
    """The token the pages of this session carry."""
    import hashlib
    import hmac

    return hmac.new(browser.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()


def test_a_login_link_works_once(app: FastAPI, engine: Engine) -> None:
    key = create_login(engine.parts, WORKSPACE, "Ana", "admin")
    first, second = (TestClient(app, follow_redirects=False).get("/login", params={"key": key}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 403)
    assert "set-cookie" not in second.headers


def test_a_login_key_is_no_token_and_a_token_is_no_login_key(app: FastAPI, engine: Engine, client: TestClient) -> None:
    key = create_login(engine.parts, WORKSPACE, "Ana", "admin")
    assert TestClient(app).get("/v1/themes", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    token = client.headers["Authorization"].removeprefix("Bearer ")
    assert TestClient(app).get("/login", params={"key": token}).status_code == 403
    assert TestClient(app, cookies={COOKIE: token}).get("/v1/themes").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(app: FastAPI, engine: Engine) -> None:
    def cookie(base: str) -> str:
        key = create_login(engine.parts, WORKSPACE, "Ana", "viewer")
        client = TestClient(app, base_url=base, follow_redirects=False)
        return client.get("/login", params={"key": key}).headers["set-cookie"]

    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie("http://testserver").split("; "))
    assert "Secure" not in cookie("http://testserver")
    assert "Secure" in cookie("https://testserver").split("; ")


def test_a_session_reads_in_its_role(browser: TestClient) -> None:
    assert browser.get("/v1/themes").status_code == 200
    assert browser.get("/v1/tokens").status_code == 200


def test_a_session_changes_nothing_without_the_token_of_its_pages(browser: TestClient, csrf: str) -> None:
    assert browser.post("/v1/tokens", json=TOKEN).status_code == 403
    assert browser.post("/v1/tokens", json=TOKEN, headers={CSRF_HEADER: "0" * 64}).status_code == 403
    assert browser.post("/v1/tokens", json=TOKEN, headers={CSRF_HEADER: csrf}).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver.evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
def test_a_session_changes_nothing_for_a_page_of_another_site(
    browser: TestClient, csrf: str, headers: dict[str, str], status: int
) -> None:
    response = browser.post("/v1/tokens", json=TOKEN, headers={CSRF_HEADER: csrf, **headers})
    assert response.status_code == status


def test_a_form_carries_the_token_as_a_field(browser: TestClient, csrf: str) -> None:
    upload = {"file": ("a.csv", b"text\nThe board is slow with many jobs.\n")}
    assert browser.post("/v1/documents", files=upload).status_code == 403
    assert browser.post("/v1/documents", files=upload, data={CSRF_FIELD: csrf}).status_code == 202


def test_the_token_of_one_session_is_none_in_another(app: FastAPI, engine: Engine, csrf: str) -> None:
    other = TestClient(app, follow_redirects=False)
    other.get("/login", params={"key": create_login(engine.parts, WORKSPACE, "Bo", "admin")})
    assert other.post("/v1/tokens", json=TOKEN, headers={CSRF_HEADER: csrf}).status_code == 403


def test_signing_out_ends_the_session_itself(app: FastAPI, browser: TestClient, csrf: str) -> None:
    stolen = browser.cookies[COOKIE]
    response = browser.post("/logout", data={CSRF_FIELD: csrf})
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert TestClient(app, cookies={COOKIE: stolen}).get("/v1/themes").status_code == 401


def test_a_deleted_token_opens_nothing_any_more(client_for: Callable[..., TestClient]) -> None:
    admin, viewer = client_for("admin"), client_for("viewer")
    listed = admin.get("/v1/tokens").json()["tokens"]
    ended = next(token["id"] for token in listed if token["role"] == "viewer")
    assert viewer.get("/v1/themes").status_code == 200
    assert admin.delete(f"/v1/tokens/{ended}").status_code == 204
    assert viewer.get("/v1/themes").status_code == 401
    assert admin.delete(f"/v1/tokens/{ended}").status_code == 404


def test_a_token_is_shown_once_and_works(app: FastAPI, client: TestClient) -> None:
    made = client.post("/v1/tokens", json={"name": "Nightly", "role": "editor"}).json()
    assert made["secret"] not in client.get("/v1/tokens").text
    response = TestClient(app).get("/v1/themes", headers={"Authorization": f"Bearer {made['secret']}"})
    assert response.status_code == 200


def test_a_login_link_made_by_an_administrator_signs_in(app: FastAPI, client: TestClient) -> None:
    made = client.post("/v1/tokens", json={"name": "Bo", "role": "viewer", "kind": "login"}).json()
    browser = TestClient(app, follow_redirects=False)
    assert browser.get(made["link"]).status_code == 303
    assert (browser.get("/v1/themes").status_code, browser.get("/v1/tokens").status_code) == (200, 403)


def test_who_is_not_signed_in_reads_a_page_that_says_what_to_do(app: FastAPI) -> None:
    response = TestClient(app).get("/", headers={"Accept": "text/html"})
    assert response.status_code == 401
    assert response.headers["content-type"].startswith("text/html")
    assert "login link" in response.text
