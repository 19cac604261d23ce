"""Jobs: the work in the ledger, and giving a dead job another chance."""

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import Editor, Opened, Paged, Viewer
from api.pages.narrowing import address
from api.pages.rendering import page
from api.paging import encode

State = Literal["queued", "running", "done", "dead"]

router = APIRouter()


@router.get("/jobs")
def list_jobs(request: Request, held: Viewer, engine: Opened, paged: Paged, state: State | None = None) -> HTMLResponse:
    """The jobs, newest first."""
    listed = engine.jobs(held.workspace, state, paged)
    standing = engine.status(held.workspace)
    later = address("/jobs", {"state": state, "cursor": encode(listed.ends)}) if listed.ends else None
    return page(
        request,
        "jobs.html",
        jobs=listed.rows,
        standing=standing,
        state=state,
        later=later,
        is_first=paged.after is None,
    )


@router.post("/jobs/{id}/retry")
def retry_job(held: Editor, engine: Opened, id: str) -> RedirectResponse:
    """Give a dead job a new set of attempts."""
    engine.retry_job(held.workspace, id)
    return RedirectResponse("/jobs", 303)
