"""Runs: discoveries of themes."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Paged, Viewer
from api.paging import paged
from api.shapes import replies

router = APIRouter(prefix="/runs", tags=["themes"])


class SentRun(BaseModel):
    """What to look at."""

    scope: Literal["all", "unassigned", "anew"] = Field(
        "all",
        description="Everything, keeping what is settled; only what is on no theme; or everything anew, as a proposal.",
    )


class SentAcceptance(BaseModel):
    """Which part of a run is accepted."""

    changes: list[str] | None = Field(
        None, max_length=1_000, description="The keys of the changes to put in force; without it, the whole run."
    )


@router.post("", operation_id="start_run", status_code=202, responses=replies(shapes.Job, status=202))
def start_run(held: Editor, engine: Opened, sent: SentRun) -> JSONResponse:
    """Look at the themes; they keep their ids and what is settled on them. A second call gives the job of the first."""
    job_id = engine.discover(held.workspace, scope=sent.scope)
    return JSONResponse(engine.job(held.workspace, job_id), 202, {"Location": f"/v1/jobs/{job_id}"})


@router.get("", operation_id="list_runs", responses=replies(shapes.RunPage, 400))
def list_runs(held: Viewer, engine: Opened, page: Paged) -> JSONResponse:
    """The runs, newest first."""
    return paged("runs", engine.runs(held.workspace, page))


@router.get("/{id}", operation_id="get_run", responses=replies(shapes.RunWhole, 404))
def get_run(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One run: what went in, how, and what came out; where it waits for a person, each change it would make."""
    return JSONResponse(engine.run(held.workspace, id))


@router.post("/{id}/accept", operation_id="accept_run", responses=replies(shapes.RunWhole, 400, 404, 409))
def accept_run(held: Editor, engine: Opened, id: str, sent: SentAcceptance | None = None) -> JSONResponse:
    """Put a run in force that waits, whole or in part: one that was proposed, or refused for a jump that is meant.

    A merge it proposes becomes a decision, which can be undone.
    """
    return JSONResponse(engine.accept_run(held.workspace, id, held.name, sent.changes if sent else None))


@router.post("/{id}/rollback", operation_id="roll_back_run", responses=replies(shapes.RunWhole, 404, 409))
def roll_back_run(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """Take back all that a run did; a later run or decision that builds on it has to be taken back first."""
    return JSONResponse(engine.roll_back_run(held.workspace, id))
