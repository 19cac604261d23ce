"""How often somebody may ask: 429 with Retry-After, by credential and by address; probes are never refused."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from limits import strategies
from limits.storage import memory
from starlette.exceptions import HTTPException

from api.app import make_app
from api.limiting import REFUSALS, Limiter
from synth.access import create_local, create_login, create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from tests.factories import new_home
from tests.loops import wait_for
from tests.workers.test_brokers import BROKERS

MOST, ATTEMPTS = 5, 3
Client = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory counts within one moment: on a busy machine a minute is over before the last of many requests."""
    now = time.time()
    for counting in (memory, strategies):
        monkeypatch.setattr(counting, "time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Engine]:
    """An engine that takes five requests a minute with a credential, and three refused login links."""
    settings = Settings(
        home=new_home(tmp_path / "strict"), rate_limit=MOST, address_limit=10 * MOST, sign_in_limit=ATTEMPTS
    )
    with closing(open_engine(settings, embedder=HashingEmbedder())) as engine:
        yield engine


@pytest.fixture
def client_of(strict: Engine) -> Client:
    """Makes a client with a token of its own, at an address."""
    app = make_app(strict)

    def make(address: str = "198.51.100.7", secret: str | None = None) -> TestClient:
        secret = secret or create_token(strict.parts, WORKSPACE, "test", "admin", expires=None)
        headers = {"Authorization": f"Bearer {secret}"} if secret != "none" else {}
        return TestClient(app, client=(address, 1), headers=headers, follow_redirects=False)

    return make


def test_one_credential_is_refused_beyond_its_limit_and_told_when_to_come_back(client_of: Client) -> None:
    client, other = client_of(), client_of()
    assert [client.get("/v1/status").status_code for _ in range(MOST + 1)] == [200] * MOST + [429]
    refused = client.get("/v1/status")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"].startswith("There were more than 5 requests with this credential within a minute;")
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert other.get("/v1/status").status_code == 200


def test_one_credential_has_one_limit_wherever_it_asks_from(client_of: Client, strict: Engine) -> None:
    secret = create_token(strict.parts, WORKSPACE, "test", "viewer", expires=None)
    answers = [client_of(f"198.51.100.{n}", secret).get("/v1/status").status_code for n in range(MOST + 1)]
    assert answers == [200] * MOST + [429]


def test_one_address_is_refused_beyond_its_limit_whoever_asks(client_of: Client) -> None:
    asked = [client_of("198.51.100.7", "none").get("/v1/status").status_code for _ in range(10 * MOST + 1)]
    assert asked == [401] * 10 * MOST + [429]
    assert client_of("198.51.100.7").get("/v1/status").status_code == 429
    assert client_of("198.51.100.8").get("/v1/status").status_code == 200


def test_one_network_of_ipv6_is_one_address(client_of: Client) -> None:
    for number in range(10 * MOST):
        client_of(f"2001:db8::{number:x}", "none").get("/v1/status")
    assert client_of("2001:db8::ffff", "none").get("/v1/status").status_code == 429
    assert client_of("2001:db8:0:1::1", "none").get("/v1/status").status_code == 401


def test_an_address_written_into_ipv6_is_the_same(client_of: Client) -> None:
    for _ in range(10 * MOST):
        client_of("::ffff:198.51.100.7", "none").get("/v1/status")
    assert client_of("198.51.100.7", "none").get("/v1/status").status_code == 429


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/static/icon.svg"])
def test_who_watches_and_the_style_of_pages_are_never_refused(path: str, client_of: Client) -> None:
    client = client_of()
    assert {client.get(path).status_code for _ in range(11 * MOST)} == {200}


def test_the_commands_of_this_machine_are_not_limited_by_credential(client_of: Client, strict: Engine) -> None:
    client = client_of("127.0.0.1", create_local(strict.parts, WORKSPACE))
    assert {client.get("/v1/status").status_code for _ in range(2 * MOST)} == {200}


def test_refused_login_links_are_counted_and_one_that_opens_is_not_tried_any_more(
    client_of: Client, strict: Engine
) -> None:
    stranger = client_of("198.51.100.7", "none")
    answers = [stranger.get("/login", params={"key": f"synth_{n}"}).status_code for n in range(ATTEMPTS + 1)]
    assert answers == [403] * ATTEMPTS + [429]
    login = create_login(strict.parts, WORKSPACE, "Ana", "admin")
    assert stranger.get("/login", params={"key": login}).status_code == 429
    assert client_of("198.51.100.8", "none").get("/login", params={"key": login}).status_code == 303


def test_signing_in_well_and_looking_for_the_link_count_nothing(client_of: Client, strict: Engine) -> None:
    stranger = client_of("198.51.100.7", "none")
    for _ in range(2 * ATTEMPTS):
        assert stranger.get("/login").status_code == 401
        login = create_login(strict.parts, WORKSPACE, "Ana", "admin")
        stranger.cookies.clear()
        assert stranger.get("/login", params={"key": login}).status_code == 303


@pytest.mark.parametrize("way", ["header", "cookie"])
def test_guessing_secrets_is_refused_before_they_are_looked_at(way: str, client_of: Client) -> None:
    stranger = client_of("198.51.100.7", "none")
    for number in range(REFUSALS * ATTEMPTS):
        guess = {"Authorization": f"Bearer {number}"} if way == "header" else {"Cookie": f"synth_session={number}"}
        assert stranger.get("/v1/status", headers=guess).status_code == 401
    assert stranger.get("/v1/status", headers=guess).status_code == 429
    assert client_of("198.51.100.7").get("/v1/status").status_code == 429
    assert client_of("198.51.100.8").get("/v1/status").status_code == 200


def test_a_browser_is_refused_by_a_page(client_of: Client) -> None:
    client = client_of()
    for _ in range(MOST):
        client.get("/v1/status")
    refused = client.get("/themes", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert "within a minute" in refused.text
    assert "retry-after" in refused.headers


def test_nought_is_no_limit(tmp_path: Path) -> None:
    settings = Settings(home=new_home(tmp_path / "open"), rate_limit=0, address_limit=0, sign_in_limit=0)
    with closing(open_engine(settings, embedder=HashingEmbedder())) as engine:
        client = TestClient(make_app(engine))
        assert {client.get("/login?key=x").status_code for _ in range(20)} == {403}


def test_several_processes_share_one_count_through_redis(needs: Callable[[str], None]) -> None:
    needs("redis")
    first, second = Limiter(BROKERS["redis"]), Limiter(BROKERS["redis"])
    name = uuid4().hex

    async def ask() -> None:
        for limiter in (first, second, first):
            await limiter.take("requests", name, 3)
        for limiter in (first, second):
            with pytest.raises(HTTPException, match="429"):
                await limiter.take("requests", name, 3)

    wait_for(ask)


def test_while_redis_is_away_each_process_counts_for_itself_and_waits_for_nobody() -> None:
    now = 0.0
    limiter = Limiter("redis://127.0.0.1:1/0", clock=lambda: now)

    async def ask() -> None:
        for _ in range(3):
            await limiter.take("requests", "a", 3)
        with pytest.raises(HTTPException, match="429"):
            await limiter.take("requests", "a", 3)

    wait_for(ask)
