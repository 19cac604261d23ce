"""Insights: claims about themes, each with its quotes."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Opened, Viewer
from api.shapes import replies

router = APIRouter(prefix="/insights", tags=["insights"])


@router.get("", operation_id="list_insights", responses=replies(shapes.InsightList))
def list_insights(held: Viewer, engine: Opened) -> JSONResponse:
    """All insights, newest first."""
    return JSONResponse(engine.insights(held.workspace))


@router.get("/{id}", operation_id="get_insight", responses=replies(shapes.Insight, 404))
def get_insight(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One insight."""
    return JSONResponse(engine.insight(held.workspace, id))
