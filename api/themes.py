"""Themes: what people speak of, and the excerpts behind each."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Given, Opened, Paged, Viewer
from api.paging import paged
from api.shapes import replies
from synth.wire import saying_document

router = APIRouter(prefix="/themes", tags=["themes"])


@router.get("", operation_id="list_themes", responses=replies(shapes.ThemeList, 400))
def list_themes(held: Viewer, engine: Opened, given: Given) -> JSONResponse:
    """The active themes with their counts within the filters, largest first."""
    return JSONResponse(engine.themes(held.workspace, given))


@router.get("/{id}", operation_id="get_theme", responses=replies(shapes.ThemeWhole, 404))
def get_theme(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One theme, active or not, with its lineage."""
    return JSONResponse(engine.theme(held.workspace, id))


@router.get("/{id}/facts", operation_id="get_theme_facts", responses=replies(shapes.ThemeFacts, 400, 404))
def get_theme_facts(held: Viewer, engine: Opened, id: str, given: Given) -> JSONResponse:
    """What is said about a theme within the filters: its kinds, where it is said most, its ratings."""
    return JSONResponse(saying_document(engine.saying(held.workspace, id, given)))


@router.get("/{id}/excerpts", operation_id="list_theme_excerpts", responses=replies(shapes.ExcerptPage, 400, 404))
def list_theme_excerpts(held: Viewer, engine: Opened, id: str, given: Given, page: Paged) -> JSONResponse:
    """The excerpts on a theme within the filters, newest first."""
    return paged("excerpts", engine.theme_excerpts(held.workspace, id, given, page))
