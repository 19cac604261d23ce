"""Errors as they leave the house: problem documents (RFC 9457), and a page for a browser that asked for one."""

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from synth.errors import BadInput, Broken, Conflict, NotAllowed, NotFound, SynthError, Unavailable
from synth.store.faults import NO_SPACE, is_full


class NoCredential(NotAllowed):
    """Nobody is known to ask: no credential, or one that opens nothing."""


STATUS: Mapping[type[SynthError], int] = {
    BadInput: 400,
    NoCredential: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Broken: 500,
    Unavailable: 503,
    SynthError: 500,
}
RETRY_AFTER = 5  # seconds
_SAYS: Mapping[int, str] = {
    404: "There is nothing at this address; check it.",
    405: "This address does not take that method; the Allow header names those it takes.",
    413: "The request is too large; send less at once.",
}
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong, in one sentence that says what to do (RFC 9457)."""

    type: str = Field(examples=["urn:synth:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no theme T99."])
    instance: str = Field(examples=["/v1/themes/T99"])
    request_id: str = Field(examples=["4f6c0d2b7e9a4b1c"])
    errors: list[dict[str, str]] | None = Field(None, description="Each field that cannot be used, and why.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of the errors an operation gives beside 401, 403, 422, 429 and 500."""
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {"application/problem+json": shape}}
        for status in sorted({401, 403, 422, 429, 500, *statuses})
    }


def respond(request: Request, error: Exception) -> Response:
    """The response to an error; one that nobody foresaw is logged, and nothing of it is told."""
    if is_full(error):  # where a body is put aside while it comes in
        error = Unavailable(NO_SPACE)
    if isinstance(error, SynthError):
        return _problem(request, _status(error), str(error), kind=_slug(error), headers=_headers(error))
    if isinstance(error, RequestValidationError):
        errors = [_explain(each) for each in error.errors()]
        return _problem(request, 422, _sentence(errors), kind="bad-input", errors=errors)
    if isinstance(error, HTTPException):
        told = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
        detail = told or _SAYS.get(error.status_code, HTTPStatus(error.status_code).description)
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return _problem(request, error.status_code, f"{detail.rstrip('.')}.", headers=headers)
    request_id = _request_id(request)
    _log.error("%s %s failed (request %s)", request.method, request.url.path, request_id, exc_info=error)
    return _problem(request, 500, "This is a fault of the server; its log says more under this request's id.")


class Boundary:
    """The last place an error can reach: whatever comes up here leaves as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            await respond(Request(scope), error)(scope, receive, send)


def _problem(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: str | None = None,
    errors: Sequence[Mapping[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    title = HTTPStatus(status).phrase
    if wants_page(request):
        page = request.app.state.render_fault(request, status, detail, _request_id(request))
        return HTMLResponse(page, status, dict(headers or {}))
    problem = {
        "type": f"urn:synth:problem:{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "request_id": _request_id(request),
    }
    content = problem | ({"errors": list(errors)} if errors else {})
    return JSONResponse(content, status, dict(headers or {}), media_type="application/problem+json")


def _allowed(request: Request) -> str:
    """The methods of an address: each route knows its own only. One without variables stands before those with them."""
    asked = request.url.path
    routes = [route for route in iter_route_contexts(request.app.routes) if route.methods]
    here = [route for route in routes if route.path == asked]
    here = here or [route for route in routes if _pattern(str(route.path)).match(asked)]
    return ", ".join(sorted({method for route in here for method in route.methods or ()}))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


def wants_page(request: Request) -> bool:
    """True of a browser that asks for a page."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def _status(error: SynthError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _slug(error: SynthError) -> str:
    return _WORD_BREAK.sub("-", type(error).__name__).lower()


def _headers(error: SynthError) -> dict[str, str]:
    if isinstance(error, NoCredential):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_AFTER)} if error.retryable else {}


def _explain(error: Mapping[str, Any]) -> dict[str, str]:
    """Which part of the request, and what is wrong with it; never the value itself."""
    place = [str(part) for part in error["loc"][1:]] or [str(error["loc"][0])]
    message = str(error["msg"]).removeprefix("Value error, ")
    return {"where": ".".join(place), "message": message[:1].lower() + message[1:].rstrip(".")}


def _sentence(errors: Sequence[Mapping[str, str]]) -> str:
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"'{errors[0]['where']}' cannot be used: {errors[0]['message']}{more}."


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
