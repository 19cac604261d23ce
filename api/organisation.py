"""Through the organisation and back: what a browser keeps of a sign-in meanwhile, and what has to match afterwards."""

import base64
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Annotated, Final, Self

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.deps import Opened, Plain
from api.signing_in import enter, inside
from synth.engine import Engine
from synth.errors import NotAllowed, NotFound

PATH: Final = "/login/organisation"
BACK: Final = f"{PATH}/callback"
LASTS: Final = 600  # seconds that signing in there may take
_BYTES: Final = 32  # of what nobody guesses
_COOKIE: Final = "synth_flow"
_LONGEST: Final = 2_000  # characters of an address to go on to: a browser keeps no cookie of more than 4,096
_NOT_BEGUN: Final = "This sign-in was not begun in this browser, or it took too long; begin it again."
_NOT_LET_IN: Final = "Your organisation did not let you in; begin again, or ask whoever looks after its sign-in."

router = APIRouter(include_in_schema=False)
Asked = Annotated[Plain, Query(max_length=4_000)]


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in under way. Only the browser that began it has this: without it a code is of no use to anybody."""

    state: str
    nonce: str
    verifier: str
    after: str

    @classmethod
    def begin(cls, after: str) -> Self:
        """One that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        return cls(state, nonce, verifier, after)

    def write(self) -> str:
        """As a cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def read(cls, written: str | None) -> Self | None:
        """From a cookie; None where it holds none."""
        try:
            found = json.loads(base64.urlsafe_b64decode(written or ""))
            flow = cls(**found)
        except (ValueError, TypeError, RecursionError):
            return None
        return flow if all(isinstance(each, str) and each for each in found.values()) else None


@router.get(PATH)
def begin(request: Request, engine: Opened, next: Asked = "") -> Response:
    """Send the browser to the organisation."""
    flow = Flow.begin(inside(next) if len(next) <= _LONGEST else "/")
    address = engine.organisation_url(_back(engine), flow.state, flow.nonce, flow.verifier)
    response = RedirectResponse(address, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(_cookie(request), flow.write(), max_age=LASTS, httponly=True, samesite="lax", secure=secure)
    return response


@router.get(BACK)
def come_back(
    request: Request, engine: Opened, code: Asked = "", state: Asked = "", iss: Asked = "", error: Asked = ""
) -> Response:
    """Let in whom the organisation sends back, if this browser asked for it."""
    redirect = _back(engine)
    flow = Flow.read(request.cookies.get(_cookie(request)))
    if flow is None or not hmac.compare_digest(flow.state.encode(), state.encode()):
        raise NotAllowed(_NOT_BEGUN)
    if error or not code or iss not in ("", engine.settings.oidc_issuer):
        raise NotAllowed(_NOT_LET_IN)
    secret = engine.enter_from_organisation(code, redirect, flow.nonce, flow.verifier)
    response = enter(request, secret, inside(flow.after))
    response.delete_cookie(_cookie(request), httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _back(engine: Engine) -> str:
    """The address that the provider knows: never one that the request names. Raises NotFound without a provider."""
    if engine.organisation is None:
        raise NotFound("Nobody signs in through an organisation here; SYNTH_OIDC_ISSUER sets one.")
    return (engine.settings.public_url or "").rstrip("/") + BACK


def _cookie(request: Request) -> str:
    """Under https by a name that no other host of the same site can set."""
    return f"__Host-{_COOKIE}" if request.url.scheme == "https" else _COOKIE
