"""Releases: when each came out, and what was said about its themes before and after."""

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Viewer
from api.errors import problems
from api.shapes import replies

router = APIRouter(prefix="/releases", tags=["insights"])


@router.get("", operation_id="list_releases", responses=replies(shapes.ReleaseList))
def list_releases(held: Viewer, engine: Opened) -> JSONResponse:
    """The releases, newest first, each with what followed so far."""
    return JSONResponse(engine.releases(held.workspace))


@router.post(
    "", operation_id="add_release", status_code=201, responses=replies(shapes.Release, 400, 404, 409, status=201)
)
def add_release(held: Editor, engine: Opened, sent: shapes.SentRelease) -> JSONResponse:
    """Write a release down, with the themes it was to change."""
    return JSONResponse(engine.add_release(held.workspace, held.name, sent.name, sent.day, sent.themes), 201)


@router.delete(
    "/{id}", operation_id="remove_release", status_code=204, response_class=Response, responses=problems(404)
)
def remove_release(held: Editor, engine: Opened, id: str) -> Response:
    """Take one out."""
    engine.remove_release(held.workspace, id)
    return Response(status_code=204)
