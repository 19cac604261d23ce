"""Who asks: a bearer token, or the session cookie of a browser. Without one of them nothing but OPEN is answered.

A cookie is sent by the browser whatever page made it do so. Therefore a session changes something only when the browser
says that the request comes from our own pages, and when the request carries the token that only our pages know.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import NoCredential
from synth import access
from synth.access import Access, CredentialKind
from synth.errors import NotAllowed
from synth.parts import Parts
from synth.store.walls import NOTHING, within

COOKIE = "synth_session"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
OPEN = frozenset({"/health", "/ready", "/login", "/login/organisation", "/login/organisation/callback", "/unsubscribe"})
OPEN_FOLDER = "/static/"  # the style of the pages: it tells nothing
HOOKS = "/v1/hooks/"  # what is posted below shows by its signature who sent it
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FOREIGN = "This was not sent from a page of this service; open the page there and try again."
NOBODY = "Sign in with a browser, or send a token as 'Authorization: Bearer …'."
_STALE = "This page is out of date; load it anew and try again."


class Authentication:
    """Finds out who asks before anything of the request is read: `request.state.access`, and `.csrf` for a session.

    From there on the request sees the workspace of the credential alone; without a credential it sees none.
    """

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self.app = app
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_open(scope):
            request = Request(scope)
            request.state.access, request.state.csrf = await run_in_threadpool(_identify, self.parts, request)
            workspace = request.state.access.workspace
        else:
            workspace = NOTHING
        with within(workspace):
            await self.app(scope, receive, send)


async def check_form(request: Request) -> AsyncIterator[None]:
    """Refuse a change asked for by a session without the token of its pages, in a header or in the form."""
    held: Access | None = getattr(request.state, "access", None)
    if held is None or held.kind != "session" or request.method in SAFE_METHODS:
        yield
        return
    form = await _form(request)
    try:
        given = request.headers.get(CSRF_HEADER) or (form and form.get(CSRF_FIELD))
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), request.state.csrf.encode()):
            raise NotAllowed(_STALE)
        yield
    finally:
        if form is not None:
            await form.close()


def is_signed(scope: Scope) -> bool:
    """True of a message to a hook: its signature is its credential."""
    path: str = scope["path"]
    return scope["method"] == "POST" and path.startswith(HOOKS)


def _is_open(scope: Scope) -> bool:
    path: str = scope["path"]
    return path in OPEN or path.startswith(OPEN_FOLDER) or is_signed(scope)


def _identify(parts: Parts, request: Request) -> tuple[Access, str | None]:
    """Who asks, and the token a change of theirs has to carry (None for a bearer token)."""
    written, cookie = request.headers.get("authorization"), request.cookies.get(COOKIE)
    if written is not None:
        return _verify(parts, _bearer(written), "token", "local"), None
    if cookie is None:
        raise NoCredential(NOBODY)
    held = _verify(parts, cookie, "session")
    refuse_foreign(request)
    return held, hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


def _verify(parts: Parts, secret: str, *kinds: CredentialKind) -> Access:
    try:
        return access.verify(parts, secret, kinds)
    except NotAllowed as error:
        raise NoCredential(f"{error} {NOBODY}") from None


def _bearer(written: str) -> str:
    scheme, _, secret = written.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NoCredential("Send the token as 'Authorization: Bearer …'.")
    return secret.strip()


def refuse_foreign(request: Request) -> None:
    """Refuse a change asked for by a page of another site, by what the browser itself says: no page forges that."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise NotAllowed(_FOREIGN)
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed(_FOREIGN)


async def _form(request: Request) -> FormData | None:
    """The form of the request; None when a header carries the token, or the body is no form."""
    if CSRF_HEADER in request.headers or not request.headers.get("content-type", "").startswith(_FORMS):
        return None
    return await request.form()
