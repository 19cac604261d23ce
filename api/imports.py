"""Imports: what became of what was sent."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, StreamingResponse

from api import shapes
from api.deps import Opened, Paged, Viewer
from api.errors import problems
from api.paging import paged
from api.shapes import replies
from api.streaming import stream
from synth.wire.intake import import_document

router = APIRouter(prefix="/imports", tags=["jobs"])


@router.get("", operation_id="list_imports", responses=replies(shapes.ImportPage, 400))
def list_imports(held: Viewer, engine: Opened, page: Paged) -> JSONResponse:
    """The imports, newest first."""
    return paged("imports", engine.imports(held.workspace, page))


@router.get("/{id}", operation_id="get_import", responses=replies(shapes.Import, 404))
def get_import(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """How an import stands: its counts, the rows that were refused, and the work still going on."""
    return JSONResponse(import_document(engine.import_state(held.workspace, id)))


@router.get(
    "/{id}/refused.csv",
    operation_id="get_refused_rows",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}, **problems(404)},
)
def get_refused_rows(held: Viewer, engine: Opened, id: str) -> StreamingResponse:
    """Every row that was not taken, with the reason, as CSV."""
    return stream(engine.refused_lines(held.workspace, id), "csv", f"refused-{id}.csv")
