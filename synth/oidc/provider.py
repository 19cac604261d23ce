"""The organisation's OpenID provider: where it is, its keys, and exchanging a code for claims that were checked.

Authorization code with PKCE (S256). What comes back is believed only when the provider's own key signed it, by an
asymmetric algorithm, for us, for this sign-in, and it has not expired. A reason never repeats the provider's words.
"""

import base64
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from synth.errors import Broken, NotAllowed, Unavailable

if TYPE_CHECKING:
    from synth.settings import Settings

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
SCOPE: Final = "openid profile email"
PATIENCE: Final = 10.0  # seconds for each request
LARGEST: Final = 1 << 20  # bytes of a reply
KNOWN_FOR: Final = 3600.0  # seconds that addresses and keys are kept
ASK_AGAIN: Final = 30.0  # seconds between two looks for a key that is not known
LEEWAY: Final = 60  # seconds that two clocks may differ
_KEYS: Final = ("RSA", "EC", "OKP")  # never a shared secret
_REFUSED: Final = (
    "Your organisation's sign-in could not be verified; sign in again, and tell an administrator if it stays."
)
_log = logging.getLogger(__name__)
Claims = Mapping[str, Any]


@dataclass(slots=True)
class Provider:
    """One provider, at which this service is known as `client_id`. Safe to share between threads."""

    issuer: str
    client_id: str
    secret: str | None
    now: Callable[[], float]  # seconds since 1970
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def authorization_url(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent to sign in; raises Unavailable, Broken."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        address: str = self._configuration()["authorization_endpoint"]
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    def exchange(self, code: str, redirect: str, nonce: str, verifier: str) -> Claims:
        """The claims about whoever signed in, checked; raises NotAllowed, Unavailable, Broken."""
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        answered = self._post(self._configuration()["token_endpoint"], sent)
        token = answered.get("id_token")
        if not isinstance(token, str):
            raise _refuse("no id_token came back")
        return self._verify(token, nonce)

    def check(self) -> str:
        """Look for the addresses and the keys; raises Unavailable, Broken."""
        self._kept.clear()
        self._configuration()
        return f"{self.issuer}, {len(self._keys().keys)} keys."

    def _verify(self, token: str, nonce: str) -> Claims:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        def decode() -> jwt.Token:
            return jwt.decode(token, self._keys(), algorithms=list(ALGORITHMS))

        try:
            try:
                found = decode()
            except (InvalidKeyIdError, ValueError):  # a key that is not known: the provider may have a new one
                if not self._forget_keys():
                    raise
                found = decode()
            wanted = jwt.JWTClaimsRegistry(
                now=int(self.now()),
                leeway=LEEWAY,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            wanted.validate(found.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise _refuse(f"the id_token does not hold: {type(error).__name__}") from None
        claims: Claims = found.claims
        parties = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", self.client_id if len(parties) == 1 else None) != self.client_id:
            raise _refuse("the id_token was made for another party")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise _refuse("the id_token names nobody")
        return claims

    def _configuration(self) -> Mapping[str, Any]:
        return self._known("configuration", self._discover)  # type: ignore[no-any-return]

    def _discover(self) -> Mapping[str, Any]:
        found = self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise Broken("The provider at SYNTH_OIDC_ISSUER calls itself by another name; write it exactly as it does.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not is_safe(found[name]):
                raise Broken(f"The provider at SYNTH_OIDC_ISSUER gives no {name} that begins with https://.")
        methods = found.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise Broken("The provider at SYNTH_OIDC_ISSUER does not take PKCE with S256, which is asked for here.")
        return found

    def _keys(self) -> Any:
        return self._known("keys", self._read_keys)

    def _read_keys(self) -> Any:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        listed = self._get(self._configuration()["jwks_uri"]).get("keys")
        keys = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        signing = [each for each in keys if each.get("kty") in _KEYS and each.get("use", "sig") == "sig"]
        try:
            return KeySet.import_key_set({"keys": signing})
        except (JoseError, ValueError, TypeError, KeyError):
            raise Broken("The keys of the provider at SYNTH_OIDC_ISSUER cannot be read.") from None

    def _forget_keys(self) -> bool:
        """Let the keys be read again, unless they just were."""
        with self._lock:
            read, _ = self._kept.get("keys", (0.0, None))
            if time.monotonic() - read < ASK_AGAIN:
                return False
            self._kept.pop("keys", None)
            return True

    def _known(self, name: str, read: Callable[[], Any]) -> Any:
        with self._lock:
            when, held = self._kept.get(name, (0.0, None))
        if held is not None and time.monotonic() - when < KNOWN_FOR:
            return held
        found = read()
        with self._lock:
            self._kept[name] = (time.monotonic(), found)
        return found

    def _get(self, address: str) -> dict[str, Any]:
        return self._ask("GET", address)

    def _post(self, address: str, sent: dict[str, str]) -> dict[str, Any]:
        takes = self._configuration().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.secret is None:
            return self._ask("POST", address, data=sent | {"client_id": self.client_id})
        if "client_secret_basic" in takes:
            return self._ask("POST", address, data=sent, auth=(quote(self.client_id, ""), quote(self.secret, "")))
        named = {"client_id": self.client_id, "client_secret": self.secret}
        return self._ask("POST", address, data=sent | named)

    def _ask(self, method: str, address: str, **what: Any) -> dict[str, Any]:
        import httpx

        try:
            with (
                httpx.Client(timeout=PATIENCE, follow_redirects=False) as client,
                client.stream(method, address, headers={"Accept": "application/json"}, **what) as response,
            ):
                content = b""
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise Unavailable("The organisation's provider sends more than it should; try again later.")
                status = response.status_code
        except httpx.HTTPError as error:
            raise Unavailable(
                f"The organisation's provider does not answer ({type(error).__name__}); try again, or check "
                "SYNTH_OIDC_ISSUER."
            ) from None
        if 400 <= status < 500 and method == "POST":
            raise _refuse(f"the provider refused the code ({status})")
        return _read(status, content)


def open_provider(settings: "Settings", now: Callable[[], datetime]) -> Provider | None:
    """The provider that is set; None without one. It is not asked before somebody signs in."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, lambda: now().timestamp())


def is_safe(address: str) -> bool:
    """True of an address whose answers nobody on the way can change: https, or this machine itself."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
    )


def _read(status: int, content: bytes) -> dict[str, Any]:
    import json

    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if status != 200 or not isinstance(found, dict):
        raise Unavailable(f"The organisation's provider answers {status} where it should not; check SYNTH_OIDC_ISSUER.")
    return found


def _refuse(why: str) -> NotAllowed:
    """What is wrong goes to the log; whoever signs in is told the same of all of it."""
    _log.warning("a sign-in through the organisation was refused: %s", why)
    return NotAllowed(_REFUSED)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
