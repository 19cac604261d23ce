"""Signing in through an organisation, against a provider on this machine that can be told to lie in every way."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pydantic import ValidationError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.app import make_app
from synth.access import create_login
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from tests.factories import new_home

CLIENT, SECRET = "synth", "a secret of both"
HTML = {"Accept": "text/html"}
HERE = "http://testserver"


@dataclass
class Lying:
    """A provider; `claims` and `header` change what its tokens say, `sign` how they are signed."""

    issuer: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    configuration: dict[str, Any] = field(default_factory=dict)

    def start(self, server: HTTPServer) -> None:
        """Answer from here on."""
        server.expect_request("/.well-known/openid-configuration").respond_with_handler(self._configure)
        server.expect_request("/keys").respond_with_handler(
            lambda _: _json({"keys": [self.key.as_dict(private=False)]})
        )
        server.expect_request("/token", method="POST").respond_with_handler(self._token)

    def authorize(self, address: str) -> tuple[str, str]:
        """What the provider does when somebody signed in there: a code, and the state as it came."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    def _configure(self, _: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.configuration,
            }
        )

    def _token(self, request: Request) -> Response:
        """A code works once, for who asked for it, with the verifier of its challenge."""
        asked = self.codes.pop(request.form["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        made = base64.urlsafe_b64encode(hashlib.sha256(request.form["code_verifier"].encode()).digest()).decode()
        if (
            asked is None
            or request.headers.get("Authorization") != f"Basic {basic}"
            or made.rstrip("=") != asked["code_challenge"]
            or request.form["redirect_uri"] != asked["redirect_uri"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "ana@example.org",
            "groups": ["staff", "synth-editors"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return _json({"id_token": self.sign(claims) if self.sign else self.signed(claims), "access_token": "x"})

    def signed(self, claims: dict[str, Any]) -> str:
        """As it should be."""
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, algorithms=["ES256"])


def _json(found: Any, status: int = 200) -> Response:
    return Response(json.dumps(found), status, content_type="application/json")


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    """The provider's own server."""
    with HTTPServer(host="127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, server: HTTPServer) -> Iterator[Engine]:
    """A store whose users come from that provider."""
    settings = Settings(
        home=new_home(tmp_path_factory.mktemp("organisation") / "home"),
        public_url=HERE,
        oidc_issuer=server.url_for("").rstrip("/"),
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,  # type: ignore[arg-type]
        oidc_roles="synth-admins=admin, synth-editors=editor, staff=viewer",  # type: ignore[arg-type]
        sign_in_limit=0,
    )
    opened = open_engine(settings, embedder=HashingEmbedder())
    yield opened
    opened.close()


@pytest.fixture
def provider(server: HTTPServer, engine: Engine) -> Lying:
    """The provider, honest until it is told otherwise."""
    server.clear()
    made = Lying(server.url_for("").rstrip("/"))
    made.start(server)
    assert engine.organisation is not None
    engine.organisation.check()
    return made


@pytest.fixture
def browser(engine: Engine) -> TestClient:
    """A browser that is not signed in."""
    return TestClient(make_app(engine), follow_redirects=False, headers=HTML, base_url=HERE)


def come_back(browser: TestClient, provider: Lying, *, after: str = "", **changed: str) -> Any:
    """The answer when the browser comes back from the provider."""
    gone = browser.get("/login/organisation", params={"next": after})
    assert gone.status_code == 303, gone.text
    code, state = provider.authorize(gone.headers["location"])
    return browser.get("/login/organisation/callback", params={"code": code, "state": state} | changed)


def is_in(browser: TestClient) -> bool:
    return browser.get("/account").status_code == 200


def refused(answer: Any, browser: TestClient) -> bool:
    return answer.status_code == 403 and "synth_session" not in browser.cookies and not is_in(browser)


def test_somebody_signs_in_in_the_highest_role_of_theirs(browser: TestClient, provider: Lying, engine: Engine) -> None:
    assert "Sign in through your organisation" in browser.get("/insights").text
    answer = come_back(browser, provider, after="/insights?state=draft")
    assert (answer.status_code, answer.headers["location"]) == (303, "/insights?state=draft")
    account = browser.get("/account").text
    assert "ana@example.org, editor" in account
    assert "looked after there" in account
    assert engine.users(WORKSPACE)["users"][0]["signs_in"] == "organisation"
    assert engine.audit(WORKSPACE).rows[0]["action"] == "sign_in"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonce", "another"), ("nonce", None), ("aud", "another"), ("aud", ["another", "synth"]), ("aud", None),
        ("iss", "https://evil.example"), ("iss", None), ("exp", 1_000_000_000), ("exp", None), ("exp", "soon"),
        ("iat", 4_000_000_000), ("iat", None), ("sub", None), ("sub", ""), ("sub", 7), ("azp", "another"),
        ("nbf", 4_000_000_000), ("email", None), ("email", "a\x00b"), ("email_verified", False), ("groups", ["guests"]),
        ("groups", None), ("groups", "admin"), ("groups", [["synth-admins"]]), ("groups", {"synth-admins": True}),
    ],
)  # fmt: skip
def test_a_claim_that_is_not_right_lets_nobody_in(browser: TestClient, provider: Lying, name: str, value: Any) -> None:
    provider.claims = {"sub": "new", "email": "new@example.org", name: value}
    assert refused(come_back(browser, provider), browser)


def _unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts) + "."


@pytest.mark.parametrize("way", ["none", "another key", "shared secret", "public key as secret", "changed", "no token"])
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(browser: TestClient, provider: Lying, way: str) -> None:
    def changed(claims: dict[str, Any]) -> str:
        head, _, signature = provider.signed(claims).split(".")
        body = base64.urlsafe_b64encode(json.dumps(claims | {"groups": ["synth-admins"]}).encode()).decode().rstrip("=")
        return f"{head}.{body}.{signature}"

    def symmetric(secret: bytes) -> Callable[[dict[str, Any]], str]:
        key = OctKey.import_key(secret)
        return lambda claims: jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key, algorithms=["HS256"])

    stranger = ECKey.generate_key("P-256", {"kid": "k1"})
    provider.sign = {
        "none": _unsigned,
        "another key": lambda claims: jwt.encode({"alg": "ES256", "kid": "k1"}, claims, stranger, algorithms=["ES256"]),
        "shared secret": symmetric(SECRET.encode()),
        "public key as secret": symmetric(json.dumps(provider.key.as_dict(private=False)).encode()),
        "changed": changed,
        "no token": lambda _: "",
    }[way]
    assert refused(come_back(browser, provider), browser)


def test_keys_are_read_again_when_the_provider_has_new_ones(
    browser: TestClient, provider: Lying, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synth.oidc.provider.ASK_AGAIN", 0.0)
    provider.key = ECKey.generate_key("P-256", {"kid": "k2"})
    assert come_back(browser, provider).status_code == 303


@pytest.mark.parametrize("state", ["", "another"])
def test_a_state_that_this_browser_did_not_begin_lets_nobody_in(
    browser: TestClient, provider: Lying, state: str
) -> None:
    assert refused(come_back(browser, provider, state=state), browser)


def test_a_code_of_somebody_else_lets_nobody_in(browser: TestClient, provider: Lying, engine: Engine) -> None:
    """Neither without a sign-in begun here, nor in the middle of one: state, verifier and nonce are another's."""
    other = TestClient(make_app(engine), follow_redirects=False, headers=HTML, base_url=HERE)
    code, state = provider.authorize(other.get("/login/organisation").headers["location"])
    stolen = {"code": code, "state": state}
    assert refused(browser.get("/login/organisation/callback", params=stolen), browser)
    assert refused(come_back(browser, provider, code=code), browser)


def test_a_code_works_once(browser: TestClient, provider: Lying) -> None:
    gone = browser.get("/login/organisation").headers["location"]
    cookies = dict(browser.cookies)
    code, state = provider.authorize(gone)
    back = {"code": code, "state": state}
    assert browser.get("/login/organisation/callback", params=back).status_code == 303
    browser.cookies.clear()
    assert refused(browser.get("/login/organisation/callback", params=back), browser)
    browser.cookies.update(cookies)
    assert refused(browser.get("/login/organisation/callback", params=back), browser)


def test_another_issuer_in_the_answer_and_a_refusal_of_the_provider_let_nobody_in(
    browser: TestClient, provider: Lying
) -> None:
    assert refused(come_back(browser, provider, iss="https://evil.example"), browser)
    assert refused(come_back(browser, provider, error="access_denied"), browser)


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example/", "/\\evil.example", "/%0d%0aSet-Cookie:x"])
def test_coming_back_leads_to_no_other_site(browser: TestClient, provider: Lying, after: str) -> None:
    where = urlsplit(come_back(browser, provider, after=after).headers["location"])
    assert (where.scheme, where.netloc) == ("", "")
    assert not where.path.startswith("//")


def test_a_long_address_to_go_on_to_keeps_nobody_out(browser: TestClient, provider: Lying) -> None:
    gone = browser.get("/login/organisation", params={"next": "/documents?where=" + "x" * 3_000})
    assert len(gone.headers["set-cookie"]) < 4_096  # more is kept by no browser
    there = "/documents?where=" + "x" * 1_900
    assert come_back(browser, provider, after=there).headers["location"] == there


def test_the_role_follows_the_claims_and_their_loss_keeps_out(
    browser: TestClient, provider: Lying, engine: Engine
) -> None:
    provider.claims = {"sub": "u-2", "email": "bo@example.org", "groups": ["synth-admins"]}
    come_back(browser, provider)
    assert "bo@example.org, admin" in browser.get("/account").text
    provider.claims["groups"] = ["staff"]
    again = TestClient(make_app(engine), follow_redirects=False, headers=HTML, base_url=HERE)
    come_back(again, provider)
    assert "bo@example.org, viewer" in browser.get("/account").text
    provider.claims["groups"] = []
    third = TestClient(make_app(engine), follow_redirects=False, headers=HTML, base_url=HERE)
    assert refused(come_back(third, provider), third)
    assert [is_in(each) for each in (browser, again)] == [False, False]


def test_a_role_that_the_claims_change_is_written_down(browser: TestClient, provider: Lying, engine: Engine) -> None:
    provider.claims = {"sub": "u-9", "email": "dee@example.org", "groups": ["synth-admins"]}
    for groups in (["synth-admins"], ["synth-admins"], ["staff"], ["staff"], []):
        provider.claims["groups"] = groups
        come_back(browser, provider)
        browser.cookies.clear()
    told = engine.audit(WORKSPACE).rows
    told = [each for each in told if "dee@example.org" in (each["who"], each["subject_name"])]
    assert [(each["action"], each["who"], each["role"], each["subject_name"]) for each in reversed(told)] == [
        ("sign_in", "dee@example.org", "admin", None),
        ("sign_in", "dee@example.org", "admin", None),
        ("sign_in", "dee@example.org", "viewer", None),
        ("take_role", "dee@example.org", "viewer", None),
        ("sign_in", "dee@example.org", "viewer", None),
        ("lose_role", "the organisation", None, "dee@example.org"),
    ]


def test_nobody_takes_over_a_name_that_signs_in_otherwise(browser: TestClient, provider: Lying, engine: Engine) -> None:
    provider.claims = {"sub": "u-3", "email": "cy@example.org"}
    create_login(engine.parts, WORKSPACE, "Cy@Example.org", "admin")
    assert refused(come_back(browser, provider), browser)
    provider.claims = {"sub": "u-4", "email": "ANA@example.org"}
    assert refused(come_back(browser, provider), browser)


def test_a_provider_that_is_not_there_is_said_to_be_unavailable(
    browser: TestClient, provider: Lying, server: HTTPServer, engine: Engine
) -> None:
    assert engine.organisation is not None
    engine.organisation._kept.clear()
    server.clear()
    answer = browser.get("/login/organisation")
    assert answer.status_code == 503
    assert "SYNTH_OIDC_ISSUER" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_provider_that_is_not_what_was_set_is_not_used(
    browser: TestClient, provider: Lying, engine: Engine, wrong: dict[str, Any]
) -> None:
    assert engine.organisation is not None
    engine.organisation._kept.clear()
    provider.configuration = wrong
    assert browser.get("/login/organisation").status_code == 500


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "http://login.example.org"},
        {"oidc_client_id": None},
        {"oidc_roles": ""},
        {"oidc_roles": "staff=owner"},
        {"public_url": None},
    ],
)
def test_settings_that_would_let_in_too_many_or_nobody_are_refused(wrong: dict[str, Any]) -> None:
    good = {
        "oidc_issuer": "https://login.example.org",
        "oidc_client_id": CLIENT,
        "oidc_roles": "staff=viewer",
        "public_url": "https://synth.example.org",
    }
    assert Settings(**good).oidc_issuer  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Settings(**good | wrong)  # type: ignore[arg-type]


def test_without_a_provider_there_is_no_such_way(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = new_home(tmp_path_factory.mktemp("alone") / "home")
    alone = open_engine(Settings(home=home), embedder=HashingEmbedder())
    browser = TestClient(make_app(alone), headers=HTML)
    assert browser.get("/login/organisation").status_code == 404
    assert browser.get("/login/organisation/callback").status_code == 404
    alone.close()
