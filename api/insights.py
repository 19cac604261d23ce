"""Insights: claims with their quotes; made from themes, answers or excerpts, reviewed, rewritten and published."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Plain, Viewer
from api.shapes import replies

router = APIRouter(prefix="/insights", tags=["insights"])

State = Literal["draft", "reviewed", "published"]
Freshness = Literal["fresh", "ageing", "contradicted"]


@router.get("", operation_id="list_insights", responses=replies(shapes.InsightList, 400))
def list_insights(
    held: Viewer,
    engine: Opened,
    theme: Annotated[Plain | None, Query(max_length=40, description="Only those about this theme.")] = None,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    freshness: Annotated[Freshness | None, Query(description="Only those that are so fresh.")] = None,
) -> JSONResponse:
    """The insights, newest first."""
    return JSONResponse(engine.insights(held.workspace, theme=theme, state=state, freshness=freshness))


@router.post(
    "",
    operation_id="make_insight",
    status_code=201,
    responses=replies(shapes.Insight, 400, 404, 409, status=201),
)
def make_insight(held: Editor, engine: Opened, sent: shapes.SentInsight) -> JSONResponse:
    """Make a draft from a theme, an answer or excerpts. A theme has one draft at a time: it is drafted anew."""
    made = engine.make_insight(held.workspace, held.name, sent.model_dump(exclude_unset=True))
    return JSONResponse(made, 201, {"Location": f"/v1/insights/{made['id']}"})


@router.get("/{id}", operation_id="get_insight", responses=replies(shapes.Insight, 404))
def get_insight(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One insight."""
    return JSONResponse(engine.insight(held.workspace, id))


@router.patch("/{id}", operation_id="change_insight", responses=replies(shapes.Insight, 400, 404, 409))
def change_insight(held: Editor, engine: Opened, id: str, sent: shapes.SentInsightChange) -> JSONResponse:
    """Review, publish, withdraw or rewrite it. What a person writes passes the gate, and stays when it is redrafted."""
    return JSONResponse(engine.change_insight(held.workspace, held.name, id, sent.model_dump(exclude_unset=True)))


@router.get("/{id}/history", operation_id="get_insight_history", responses=replies(shapes.InsightHistory, 404))
def get_insight_history(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """What happened to it, oldest first, with who and when."""
    return JSONResponse(engine.insight_history(held.workspace, id))
