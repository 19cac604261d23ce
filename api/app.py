"""The application: its parts in the order a request meets them."""

from functools import cache, partial
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from api import (
    administration,
    audit,
    decisions,
    deliveries,
    documents,
    erasures,
    exports,
    hooks,
    imports,
    insights,
    jobs,
    organisation,
    pages,
    questions,
    releases,
    reports,
    research,
    runs,
    saved,
    search,
    sessions,
    signing_in,
    status,
    themes,
    tokens,
    trust,
)
from api.auditing import Auditing
from api.auth import Authentication, check_form
from api.errors import Boundary, respond
from api.limiting import AddressLimit, CredentialLimit, make_limiter
from api.middleware import BodyLimit, SecurityHeaders, Telling
from api.openapi import describe
from api.pages.faults import render_fault
from api.repeating import Repeating
from synth.engine import Engine
from synth.errors import SynthError

RESOURCES = (
    documents,
    hooks,
    erasures,
    imports,
    jobs,
    themes,
    decisions,
    runs,
    insights,
    questions,
    saved,
    search,
    reports,
    deliveries,
    releases,
    research,
    exports,
    tokens,
    sessions,
    administration,
    audit,
    trust,
    status,
)


def make_app(engine: Engine) -> FastAPI:
    """The API over an engine. Opening and closing the engine is its caller's part."""
    app = FastAPI(
        title="Synth",
        version=version("synth"),
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.render_fault = render_fault  # errors that a browser meets look like the other pages
    app.router.routes += _routes()
    for error in (SynthError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, respond)
    _wrap(app, engine)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route but that of the description: the same over any engine, and most of the time it takes to make one."""
    router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(check_form)])
    router.include_router(_versioned())
    router.include_router(status.health)
    router.include_router(signing_in.router)
    router.include_router(organisation.router)
    router.include_router(pages.router)
    pages.mount_static(router)
    return tuple(router.router.routes)


def _versioned() -> APIRouter:
    router = APIRouter(prefix="/v1")
    for resource in RESOURCES:
        router.include_router(resource.router)
    return router


def _wrap(app: FastAPI, engine: Engine) -> None:
    """Innermost first: what is added last meets a request first."""
    limiter, settings = make_limiter(engine.settings), engine.settings
    app.state.limiter = limiter
    app.add_middleware(Auditing, parts=engine.parts)
    app.add_middleware(Repeating, parts=engine.parts)
    app.add_middleware(BodyLimit, upload=settings.upload_limit)
    app.add_middleware(CredentialLimit, limiter=limiter, settings=settings)
    app.add_middleware(Authentication, parts=engine.parts)
    app.add_middleware(AddressLimit, limiter=limiter, settings=settings)
    app.add_middleware(Boundary)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Telling, metrics=engine.parts.metrics, tracing=engine.parts.tracing)
