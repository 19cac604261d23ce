"""Decisions: what people say about themes, previewed, made and undone."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Paged, Plain, Viewer
from api.paging import paged
from api.shapes import replies

router = APIRouter(prefix="/decisions", tags=["themes"])


@router.post(
    "",
    operation_id="make_decision",
    status_code=201,
    responses=replies(shapes.DecisionMade, 400, 404, 409, status=201) | replies(shapes.DecisionMade),
)
def make_decision(
    held: Editor,
    engine: Opened,
    sent: shapes.SentDecision,
    preview: Annotated[bool, Query(description="Only tell what it would do; nothing is changed.")] = False,
) -> JSONResponse:
    """Decide about themes, or see what a decision would do to the numbers."""
    wanted = sent.model_dump(exclude_unset=True)
    if preview:
        return JSONResponse(engine.preview(held.workspace, held.name, wanted))
    made = engine.decide(held.workspace, held.name, wanted)
    return JSONResponse(made, 201, {"Location": f"/v1/decisions/{made['decision']['id']}"})


@router.get("", operation_id="list_decisions", responses=replies(shapes.DecisionPage, 400))
def list_decisions(
    held: Viewer,
    engine: Opened,
    page: Paged,
    theme: Annotated[Plain | None, Query(max_length=40, description="Only those about this theme.")] = None,
) -> JSONResponse:
    """The decisions, newest first, those that were undone as well."""
    return paged("decisions", engine.decisions(held.workspace, page, theme=theme))


@router.get("/{id}", operation_id="get_decision", responses=replies(shapes.Decision, 404))
def get_decision(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One decision."""
    return JSONResponse(engine.decision(held.workspace, id))


@router.post("/{id}/undo", operation_id="undo_decision", responses=replies(shapes.DecisionMade, 404, 409))
def undo_decision(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """Take a decision back. One that later decisions about the same themes rest on is refused."""
    return JSONResponse(engine.undo(held.workspace, held.name, id))
