"""Themes: what people speak of, and the excerpts behind each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Given, Opened, Paged, Viewer
from api.paging import paged
from api.shapes import replies
from synth.wire.themes import saying_document

Level = Annotated[
    Literal["all", "shown", "areas"],
    Query(description="All themes; the at most 70 that are shown first; or the areas alone, without themes."),
]

router = APIRouter(prefix="/themes", tags=["themes"])


@router.get("", operation_id="list_themes", responses=replies(shapes.ThemeList, 400))
def list_themes(held: Viewer, engine: Opened, given: Given, level: Level = "all") -> JSONResponse:
    """The active themes with their counts within the filters, largest first, and the areas they lie in."""
    return JSONResponse(engine.themes(held.workspace, given, level=level))


@router.post(
    "", operation_id="create_themes", status_code=201, responses=replies(shapes.DecisionMade, 400, 409, status=201)
)
def create_themes(held: Editor, engine: Opened, sent: shapes.SentTaxonomy) -> JSONResponse:
    """Bring themes along, place what belongs to them, and look for others in what they leave."""
    made = engine.create_themes(held.workspace, held.name, [seed.model_dump() for seed in sent.themes])
    return JSONResponse(made, 201, {"Location": f"/v1/decisions/{made['decision']['id']}"})


@router.get("/emerging", operation_id="list_emerging", responses=replies(shapes.EmergingList))
def list_emerging(held: Viewer, engine: Opened) -> JSONResponse:
    """What is on no theme yet and spoken of lately: the last two weeks against the eight before."""
    return JSONResponse(engine.emerging(held.workspace))


@router.get("/{id}", operation_id="get_theme", responses=replies(shapes.ThemeWhole, 404))
def get_theme(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One theme, active or not, with its lineage."""
    return JSONResponse(engine.theme(held.workspace, id))


@router.get("/{id}/facts", operation_id="get_theme_facts", responses=replies(shapes.ThemeFacts, 400, 404))
def get_theme_facts(held: Viewer, engine: Opened, id: str, given: Given) -> JSONResponse:
    """What is said about a theme within the filters: its kinds, where it is said most, its ratings."""
    return JSONResponse(saying_document(engine.saying(held.workspace, id, given)))


@router.get("/{id}/trend", operation_id="get_theme_trend", responses=replies(shapes.ThemeTrend, 400, 404))
def get_theme_trend(held: Viewer, engine: Opened, id: str, given: Given) -> JSONResponse:
    """A theme week by week: as counted under today's themes, and as it was reported at the time."""
    return JSONResponse(engine.theme_trend(held.workspace, id, given))


@router.get("/{id}/excerpts", operation_id="list_theme_excerpts", responses=replies(shapes.ExcerptPage, 400, 404))
def list_theme_excerpts(held: Viewer, engine: Opened, id: str, given: Given, page: Paged) -> JSONResponse:
    """The excerpts on a theme within the filters, newest first."""
    return paged("excerpts", engine.theme_excerpts(held.workspace, id, given, page))


@router.patch("/{id}", operation_id="change_theme", responses=replies(shapes.ThemeChanged, 400, 404, 409))
def change_theme(held: Editor, engine: Opened, id: str, sent: shapes.SentTheme) -> JSONResponse:
    """Rename, pin, exclude or place a theme; each change is a decision that can be undone. What is so already stays."""
    made = engine.change_theme(held.workspace, held.name, id, sent.model_dump(exclude_unset=True))
    return JSONResponse({"theme": engine.theme(held.workspace, id), "decisions": made})


@router.get("/{id}/lineage", operation_id="get_theme_lineage", responses=replies(shapes.Lineage, 404))
def get_theme_lineage(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """What runs and people did to a theme, oldest first."""
    return JSONResponse(engine.lineage(held.workspace, id))


@router.get("/{id}/suggestions", operation_id="suggest_parts", responses=replies(shapes.Suggestions, 404, 409))
def suggest_parts(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """The parts a theme could be split into."""
    return JSONResponse(engine.suggestions(held.workspace, id))
