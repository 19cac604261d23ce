"""What every request passes: an id of its own, the headers a browser obeys, and the limit on its body."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import OPEN, is_signed
from synth.telemetry import logs
from synth.telemetry.metrics import Metrics
from synth.tracing import Tracing

JSON_LIMIT = 20_000_000  # bytes
OPEN_LIMIT = 50_000  # bytes of what anybody may send: a name and a password, or the key of a link
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# Not "no-referrer": under it a browser hides the origin of a form even from its own server.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_log = logging.getLogger(__name__)
_SAFE_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)


class Telling:
    """Gives every request an id, or keeps the one a proxy gave it, and tells log, metrics and trace what became of it.

    The response carries the id back, and every line that is logged meanwhile.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing) -> None:
        self.app = app
        self.metrics = metrics
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _SAFE_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        start, status = time.perf_counter(), 500

        async def sign(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
                status = message["status"]
            await send(message)

        with (
            logs.bound(request=request_id),
            self.tracing.span(scope["method"], parent=_parent(scope), kind="server", request=request_id) as told,
        ):
            try:
                await self.app(scope, receive, sign)
            finally:
                told.name = f"{scope['method']} {_route(scope)}"
                told.attributes["status"] = status
                self._tell(scope, status, time.perf_counter() - start)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Never the address as it was asked for: it holds the words of questions and of searches."""
        route = _route(scope)
        self.metrics.observe_request(route, scope["method"], status, seconds)
        _log.debug("%s %s: %d in %.0f ms", scope["method"], route, status, 1000 * seconds)


class SecurityHeaders:
    """Sets the headers a response does not set itself. Nothing is stored by a cache unless the response says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if scope["scheme"] == "https" else {})

        async def guard(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guard)


class BodyLimit:
    """Counts the bytes of a body as they come, and refuses it at the first one too many.

    `upload` bytes hold for a form with files, `OPEN_LIMIT` for what anybody may ask, `JSON_LIMIT` for everything else;
    for messages to hooks, too, whatever they call themselves: they are read whole before it is known who signed them.
    """

    def __init__(self, app: ASGIApp, *, upload: int) -> None:
        self.app = app
        self.upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = headers.get("content-type", "").lower().startswith("multipart/form-data") and not is_signed(scope)
        limit = self.upload if is_upload else min(JSON_LIMIT, self.upload)
        if scope["path"] in OPEN:
            is_upload, limit = False, OPEN_LIMIT
        if int(_digits(headers.get("content-length"))) > limit:
            raise _too_large(limit, is_upload)
        size = 0

        async def count() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise _too_large(limit, is_upload)
            return message

        await self.app(scope, count, send)


def _parent(scope: Scope) -> str | None:
    return Headers(scope=scope).get("traceparent")


def _route(scope: Scope) -> str:
    """The address with its variables unfilled; "none" where no route took it, so that strangers make no new labels."""
    if "route" not in scope:
        return "none"
    route: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        route = route.replace(f"/{value}", f"/{{{name}}}", 1)
    return route


def _digits(length: str | None) -> str:
    return length if length and length.isascii() and length.isdigit() else "0"


def _too_large(limit: int, is_upload: bool) -> HTTPException:
    advice = "split it, or raise SYNTH_UPLOAD_LIMIT" if is_upload else "send it in pieces, or as a file"
    what = "upload" if is_upload else "request"
    return HTTPException(413, f"The {what} is larger than {limit:,} bytes; {advice}.")
