"""Jobs: the work in the ledger."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Paged, Viewer
from api.paging import paged
from api.shapes import replies

router = APIRouter(prefix="/jobs", tags=["jobs"])

State = Annotated[Literal["queued", "running", "done", "dead"] | None, Query(description="Only jobs in this state.")]


@router.get("", operation_id="list_jobs", responses=replies(shapes.JobPage, 400))
def list_jobs(held: Viewer, engine: Opened, page: Paged, state: State = None) -> JSONResponse:
    """The jobs, newest first."""
    return paged("jobs", engine.jobs(held.workspace, state, page))


@router.get("/{id}", operation_id="get_job", responses=replies(shapes.Job, 404))
def get_job(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One job, with how far it is."""
    return JSONResponse(engine.job(held.workspace, id))


@router.post("/{id}/retry", operation_id="retry_job", responses=replies(shapes.Job, 404, 409))
def retry_job(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """Give a dead job a new set of attempts."""
    return JSONResponse(engine.retry_job(held.workspace, id))
