"""Status: how the workspace stands, for those who may come in; whether the server lives, for everybody."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from api import shapes
from api.deps import Admin, Opened, Viewer
from api.errors import problems
from api.shapes import replies
from synth.engine.working import USAGE_DAYS
from synth.standing import check_ready
from synth.telemetry.metrics import CONTENT_TYPE

router = APIRouter(tags=["workspace"])
health = APIRouter(tags=["workspace"])

_ALIVE: dict[int | str, dict[str, Any]] = {200: {"model": shapes.Alive}}
_FIGURES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
_OPEN: dict[str, Any] = {"security": []}


@router.get("/status", operation_id="get_status", responses=replies(shapes.Status))
def get_status(held: Viewer, engine: Opened) -> JSONResponse:
    """Sizes, jobs, the state of the index, the version."""
    return JSONResponse(engine.status(held.workspace))


@router.get("/usage", operation_id="get_usage", responses=replies(shapes.Usage, 400))
def get_usage(
    held: Viewer, engine: Opened, days: Annotated[int, Query(description="Today and the days before it.")] = USAGE_DAYS
) -> JSONResponse:
    """Tokens and money that the language model took today and on the days before, with the day's budget."""
    return JSONResponse(engine.usage(held.workspace, days=days))


@health.get("/health", operation_id="get_health", responses=_ALIVE, openapi_extra=_OPEN)
async def get_health() -> JSONResponse:
    """The process lives."""
    # Not in a thread: when all of them wait for a model, the process lives all the same.
    return JSONResponse({"status": "ok"})


@health.get("/ready", operation_id="get_readiness", responses=_ALIVE | {503: problems(503)[503]}, openapi_extra=_OPEN)
def get_readiness(engine: Opened) -> JSONResponse:
    """The process can answer: its database does."""
    check_ready(engine.parts)
    return JSONResponse({"status": "ok"})


@health.get("/metrics", operation_id="get_metrics", responses=_FIGURES | problems(), response_class=Response)
def get_metrics(held: Admin, engine: Opened) -> Response:
    """What this process did and how the store stands, as Prometheus reads it.

    With the token of an administrator of the first workspace: it is of all of them.
    """
    return Response(engine.metrics(held.workspace), media_type=CONTENT_TYPE)
