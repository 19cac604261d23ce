"""Names and passwords: who comes in, who does not, how often somebody may try, and what ends with a password."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.app import make_app
from api.auth import COOKIE
from api.signing_in import inside
from synth.access import create_login, create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput
from synth.passwords import WRONG, check_password
from synth.settings import Settings
from synth.store.tables import Credential, User
from tests.factories import new_home, stored_bytes

FIRST, SECOND = "lamp river candle north", "quiet orange staircase ten"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty store for the whole file; each test has users of its own."""
    home = new_home(tmp_path_factory.mktemp("passwords") / "home")
    opened = open_engine(Settings(home=home, sign_in_limit=0), embedder=HashingEmbedder())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(engine: Engine) -> FastAPI:
    """The app over it."""
    return make_app(engine)


def by_link(app: FastAPI, engine: Engine, name: str, role: str = "viewer") -> TestClient:
    """A browser that opened a login link."""
    browser = TestClient(app, follow_redirects=False, headers=HTML)
    browser.get("/login", params={"key": create_login(engine.parts, WORKSPACE, name, role)})  # type: ignore[arg-type]
    return browser


def by_name(app: FastAPI, name: str, password: str, **more: str) -> TestClient:
    """A browser that tried to sign in by name."""
    browser = TestClient(app, follow_redirects=False, headers=HTML)
    browser.post("/login", data={"name": name, "password": password, **more})
    return browser


def csrf(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/account").text)
    assert found
    return found[1]


def set_password(browser: TestClient, new: str, current: str = "") -> int:
    sent = {"csrf": csrf(browser), "new": new, "current": current}
    return browser.post("/account/password", data=sent).status_code


def is_in(browser: TestClient) -> bool:
    return browser.get("/account").status_code == 200


def test_a_password_set_through_a_link_signs_in_from_then_on(app: FastAPI, engine: Engine) -> None:
    assert set_password(by_link(app, engine, "Ana", "editor"), FIRST) == 200
    ana = by_name(app, " ANA ", FIRST)
    assert "Ana, editor" in ana.get("/account").text
    assert FIRST.encode() not in stored_bytes(engine.parts)
    with engine.parts.database.read() as session:
        held = session.scalars(select(User.password_hash).where(User.name == "Ana")).one()
    assert held is not None
    assert held.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Bo"), FIRST)
    answers, took = [], []
    for name in ("Bo", "Nobody at all"):
        times = []
        for _ in range(3):
            began = time.perf_counter()
            answer = TestClient(app, headers=HTML).post("/login", data={"name": name, "password": SECOND})
            times.append(time.perf_counter() - began)
        answers.append((answer.status_code, answer.text.replace(name, "…").partition("request")[0]))
        took.append(median(times))
    assert answers[0] == answers[1]
    assert WRONG in answers[0][1]
    assert "set-cookie" not in answer.headers
    assert 0.4 < took[0] / took[1] < 2.5


@pytest.mark.parametrize(
    "password",
    [
        *("short words", "x" * 201, "aaaaaaaaaaaaaa", "password1234", "Passw0rd!2026", "123456789012", "qwertyuiop12"),
        *("Mirjam Holt 2026", "mirjam holt!", "abcdefghijkl", "administrator1", "1q2w3e4r5t6y", "            "),
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(BadInput):
        check_password(password, "Mirjam Holt")


@pytest.mark.parametrize("password", [FIRST, "ein langer satz über nichts", "qW9$k2!mZp4@", "密码很长而且不容易猜到的"])
def test_other_passwords_are_taken(password: str) -> None:
    check_password(password, "Mirjam Holt")


def test_another_password_needs_the_current_one_and_ends_other_sessions(app: FastAPI, engine: Engine) -> None:
    first = by_link(app, engine, "Cy")
    set_password(first, FIRST)
    here, there = by_name(app, "Cy", FIRST), by_name(app, "Cy", FIRST)
    assert set_password(here, SECOND, current="not the one it is") == 400
    assert is_in(there)
    assert set_password(here, SECOND, current=FIRST) == 200
    assert [is_in(each) for each in (first, here, there)] == [False, True, False]
    assert not is_in(by_name(app, "Cy", FIRST))
    assert is_in(by_name(app, "Cy", SECOND))


def test_a_forgotten_password_is_replaced_through_a_link(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Dee"), FIRST)
    assert set_password(by_link(app, engine, "Dee"), SECOND) == 200
    assert is_in(by_name(app, "Dee", SECOND))


def test_a_link_opened_long_ago_replaces_no_password(app: FastAPI, engine: Engine) -> None:
    browser = by_link(app, engine, "Max")
    set_password(browser, FIRST)
    with engine.parts.database.write() as session:
        mine = update(Credential).where(Credential.name == "Max")
        session.execute(mine.values(created_at=engine.parts.now() - timedelta(hours=2)))
    assert 'name="current"' in browser.get("/account").text
    assert set_password(browser, SECOND) == 400
    assert set_password(browser, SECOND, current=FIRST) == 200


def test_a_large_form_is_refused_before_it_is_read(app: FastAPI) -> None:
    sent = {"name": "Ana", "password": "x" * 100_000}
    assert TestClient(app).post("/login", data=sent).status_code == 413
    files = {"password": ("p", b"x" * 100_000)}
    assert TestClient(app).post("/login", data={"name": "Ana"}, files=files).status_code == 413


def test_a_hash_of_other_parameters_is_made_anew_when_it_is_used(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Eli"), FIRST)
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(FIRST)
    with engine.parts.database.write() as session:
        session.execute(update(User).where(User.name == "Eli").values(password_hash=weak))
    assert is_in(by_name(app, "Eli", FIRST))
    with engine.parts.database.read() as session:
        held = session.scalars(select(User.password_hash).where(User.name == "Eli")).one()
    assert held is not None
    assert "m=19456" in held
    assert is_in(by_name(app, "Eli", FIRST))


def test_sessions_are_listed_and_ended_by_their_owner_alone(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Flo"), FIRST)
    here, there, other = by_name(app, "Flo", FIRST), by_name(app, "Flo", FIRST), by_link(app, engine, "Gus")
    listed = here.get("/v1/sessions").json()["sessions"]
    assert [(each["opened_by"], each["is_this"]) for each in listed].count(("password", True)) == 1
    that = next(each["id"] for each in there.get("/v1/sessions").json()["sessions"] if each["is_this"])
    assert other.post("/account/sessions/end", data={"csrf": csrf(other), "session": that}).status_code == 404
    assert here.post("/account/sessions/end", data={"csrf": csrf(here), "session": that}).status_code == 303
    assert [is_in(each) for each in (here, there, other)] == [True, False, True]
    again = by_name(app, "Flo", FIRST)
    assert here.post("/account/sessions/end", data={"csrf": csrf(here)}).status_code == 303
    assert [is_in(here), is_in(again)] == [True, False]


def test_a_token_manages_no_sessions_even_of_its_own_name(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Hal"), FIRST)
    secret = create_token(engine.parts, WORKSPACE, "Hal", "viewer", expires=None)
    token = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    assert token.get("/v1/sessions").status_code == 409
    assert token.delete("/v1/sessions").status_code == 409
    assert token.put("/v1/password", json={"new": SECOND}).status_code == 409


def test_an_administrator_signs_somebody_out_changes_their_role_and_removes_them(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Ida"), FIRST)
    secret = create_token(engine.parts, WORKSPACE, "admin", "admin", expires=None)
    admin = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    ida = by_name(app, "Ida", FIRST)
    assert admin.delete("/v1/users/sessions", params={"name": "Ida"}).status_code == 204
    assert not is_in(ida)
    assert admin.patch("/v1/users", json={"name": "Ida", "role": "editor"}).json()["signs_in"] == "password"
    assert "Ida, editor" in by_name(app, "Ida", FIRST).get("/account").text
    assert admin.delete("/v1/users", params={"name": "Ida"}).status_code == 204
    assert not is_in(by_name(app, "Ida", FIRST))
    done = engine.audit(WORKSPACE, subject="Ida").rows
    assert [each["action"] for each in done] == ["remove_user", "change_role", "sign_out_user"]


def test_a_page_of_another_site_signs_nobody_in(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Jo"), FIRST)
    sent = {"name": "Jo", "password": FIRST}
    foreign = TestClient(app, follow_redirects=False).post(
        "/login", data=sent, headers={"Origin": "https://evil.example"}
    )
    assert (foreign.status_code, COOKIE in foreign.cookies) == (403, False)


@pytest.mark.parametrize(
    ("after", "there"),
    [
        ("/themes/T1?where=a%3Db", "/themes/T1?where=a%3Db"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\\..\\evil", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/login?key=x", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_no_other_site(after: str, there: str) -> None:
    assert inside(after) == there


def test_the_page_that_was_asked_for_opens_after_signing_in(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Kim"), FIRST)
    stranger = TestClient(app, headers=HTML, follow_redirects=False)
    asked = stranger.get("/insights?state=draft")
    assert asked.status_code == 401
    assert 'name="next" value="/insights?state=draft"' in asked.text
    sent = {"name": "Kim", "password": FIRST, "next": "/insights?state=draft"}
    assert stranger.post("/login", data=sent).headers["location"] == "/insights?state=draft"


def test_tries_under_one_name_are_counted_from_wherever_they_come(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine
) -> None:
    limited = open_engine(
        Settings(home=new_home(tmp_path_factory.mktemp("limited") / "home"), sign_in_limit=3),
        embedder=HashingEmbedder(),
    )
    app = make_app(limited)

    def answers(name: str) -> list[int]:
        sent = {"name": name, "password": "wrong wrong wrong"}
        clients = (TestClient(app, client=(f"203.0.113.{number}", 1)) for number in range(5))
        return [client.post("/login", data=sent).status_code for client in clients]

    assert answers("Ana") == answers("nobody") == [403, 403, 403, 429, 429]
    assert answers("\uff21na") == answers("\U0001d400NA") == [429] * 5  # the same name in other letters
    limited.close()


def test_a_session_guesses_its_own_password_no_faster_than_anybody(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(home=new_home(tmp_path_factory.mktemp("guessing") / "home"), sign_in_limit=3)
    limited = open_engine(settings, embedder=HashingEmbedder())
    browser = by_link(make_app(limited), limited, "Ana")
    assert set_password(browser, FIRST) == 200
    with limited.parts.database.write() as session:
        session.execute(update(Credential).values(opened_by="password"))  # no link that was just opened
    assert [set_password(browser, SECOND, f"guess number {each}") for each in range(3)] == [400, 400, 429]
    sent = {"current": FIRST, "new": SECOND}
    assert browser.put("/v1/password", json=sent, headers={"X-CSRF-Token": csrf(browser)}).status_code == 429
    limited.close()


def test_nobody_else_takes_a_name(app: FastAPI, engine: Engine) -> None:
    set_password(by_link(app, engine, "Lou"), FIRST)
    assert set_password(by_link(app, engine, "lou"), SECOND) == 400
    assert is_in(by_name(app, "Lou", FIRST))
