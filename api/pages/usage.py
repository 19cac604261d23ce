"""Usage: what the language model took, day by day, and what may be spent."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages.rendering import page

router = APIRouter()


@router.get("/usage")
def show_usage(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """Today against the budget, and the days before."""
    return page(request, "usage.html", usage=engine.usage(held.workspace))
