"""Insights: what the themes say, sentence by sentence with its quotes."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages.rendering import page
from api.pages.search import theme_names

router = APIRouter()


@router.get("/insights")
def list_insights(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """All of them, the one with most mentions first."""
    found = sorted(engine.insights(held.workspace)["insights"], key=_mentions, reverse=True)
    names = theme_names(engine, held.workspace)
    return page(request, "insights.html", insights=found, names=names, title="Insights")


@router.get("/insights/{id}")
def show_insight(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """One of them, under its permanent address."""
    found = engine.insight(held.workspace, id)
    names = theme_names(engine, held.workspace)
    return page(request, "insights.html", insights=[found], names=names, title=found["title"])


def _mentions(insight: dict[str, Any]) -> float:
    return max((float(count["value"]) for count in insight["counts"] if count["unit"] == "mentions"), default=0.0)
