"""The way in for a browser and the way out: a login link, a name with a password, the organisation; and signing out."""

import hashlib
import re

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api.auth import COOKIE, refuse_foreign
from api.deps import Opened, Viewer
from api.errors import NoCredential, wants_page
from api.limiting import Limiter
from api.pages.forms import Form, read_text
from api.pages.rendering import page
from synth import access
from synth.access import SESSION_LASTS
from synth.engine import Engine
from synth.errors import NotAllowed
from synth.passwords import fold

LONGEST_NAME, LONGEST_PASSWORD = 100, 1_000  # characters that are looked at
_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_NO_PAGES = ("/login", "/logout", "/v1/")

router = APIRouter(include_in_schema=False)


async def _limit_tries(request: Request, engine: Opened, form: Form) -> None:
    """So many tries a minute under one name, whoever makes them and whether there is such a user or not."""
    await _count_try(request, engine, read_text(form, "name", LONGEST_NAME))


async def limit_own_tries(request: Request, held: Viewer, engine: Opened) -> None:
    """The same of whoever is in and gives their current password: a session that was stolen guesses no faster."""
    await _count_try(request, engine, held.name)


async def _count_try(request: Request, engine: Engine, name: str) -> None:
    limiter: Limiter = request.app.state.limiter
    if most := engine.settings.sign_in_limit:
        hashed = hashlib.sha256(fold(name).encode()).hexdigest()
        await limiter.take("tries to sign in under this name", hashed, most)


@router.get("/login")
def login(request: Request, engine: Opened, key: str = "") -> RedirectResponse:
    """Exchange the key of a login link for a session; without one, say how to sign in."""
    if not key:
        raise NoCredential("Open the login link that `synth serve` printed, or ask an administrator for one.")
    return enter(request, access.open_session(engine.parts, key), "/")


@router.post("/login", dependencies=[Depends(_limit_tries)])
def sign_in(request: Request, engine: Opened, form: Form) -> Response:
    """Exchange a name and a password for a session."""
    refuse_foreign(request)
    name, after = read_text(form, "name", LONGEST_NAME), inside(read_text(form, "next"))
    workspace = read_text(form, "workspace", LONGEST_NAME)
    typed = form.get("password")
    try:
        secret = engine.sign_in(name, typed[:LONGEST_PASSWORD] if isinstance(typed, str) else "", workspace)
    except NotAllowed as error:
        if not wants_page(request):
            raise
        ways = engine.ways_to_sign_in()
        return page(
            request,
            "login.html",
            status=403,
            problem=str(error),
            name=name,
            ways=ways,
            after=after,
            workspace=workspace,
        )
    return enter(request, secret, after)


@router.post("/logout")
def logout(held: Viewer, engine: Opened) -> RedirectResponse:
    """End the session of this browser; a token is ended where tokens are listed."""
    if held.kind != "session":
        raise NotAllowed("A token is not signed out; delete it at /v1/tokens.")
    access.revoke(engine.parts, held.workspace, held.credential)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def enter(request: Request, secret: str, after: str) -> RedirectResponse:
    """Into the pages, with the cookie of a new session."""
    response = RedirectResponse(after, 303)
    lasts, secure = int(SESSION_LASTS.total_seconds()), request.url.scheme == "https"
    response.set_cookie(COOKIE, secret, max_age=lasts, httponly=True, samesite="lax", secure=secure)
    return response


def inside(address: str) -> str:
    """An address of a page of ours; the overview for any other, so that nobody is led elsewhere by signing in."""
    return address if _INSIDE.fullmatch(address) and not address.startswith(_NO_PAGES) else "/"
