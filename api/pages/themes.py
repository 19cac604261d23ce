"""A theme with its numbers and quotes, and what is on no theme."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import Opened, Paged, Viewer
from api.pages.narrowing import Narrowed, address, filters_address
from api.pages.rendering import page
from api.paging import encode
from synth.engine import Engine
from synth.model import Condition
from synth.store.filtering import merge
from synth.wire.themes import insight_document

router = APIRouter()


@router.get("/themes")
def list_themes() -> RedirectResponse:
    """The themes are on the first page."""
    return RedirectResponse("/#themes", 303)


@router.get("/themes/{id}")
def show_theme(
    request: Request, held: Viewer, engine: Opened, id: str, narrowed: Narrowed, paged: Paged, parts: bool = False
) -> HTMLResponse:
    """One theme; the filters of the address narrow its numbers and its quotes. Its sub-themes are sought on demand."""
    profile = engine.theme_profile(held.workspace, id, narrowed.filters)
    saying = engine.saying(held.workspace, id, narrowed.filters)
    quotes = engine.theme_excerpts(held.workspace, id, narrowed.filters, paged)
    path, zone = f"/themes/{id}", engine.parts.timezone
    mine = Condition("theme", id)
    return page(
        request,
        "theme.html",
        profile=profile,
        saying=saying,
        theme=profile.theme,
        sub_themes=_sub_themes(engine, held.workspace, id) if parts else None,
        insights=[insight_document(insight) for insight in profile.insights],
        findings=engine.findings_of_theme(held.workspace, id),
        quotes=quotes.rows,
        narrowed=narrowed,
        chips=list(narrowed.chips(path, {}, zone)),
        all_list=filters_address(merge(narrowed.filters, [mine]), zone),
        week_lists=[filters_address(week.filters(*narrowed.filters.where, mine), zone) for week in profile.trend.weeks],
        later=address(path, narrowed.query(cursor=encode(quotes.ends))) + "#quotes" if quotes.ends else None,
        is_first=paged.after is None,
    )


def _sub_themes(engine: Engine, workspace: str, id: str) -> list[dict[str, Any]]:
    """The dense parts of a theme, largest first."""
    return [part for part in engine.suggestions(workspace, id)["suggestions"] if part["dense"]]


@router.get("/unassigned")
def show_unassigned(request: Request, held: Viewer, engine: Opened, narrowed: Narrowed, paged: Paged) -> HTMLResponse:
    """What was said and is on no theme."""
    listed = engine.unassigned(held.workspace, narrowed.filters, paged)
    themes = engine.themes(held.workspace)
    later = address("/unassigned", narrowed.query(cursor=encode(listed.ends))) if listed.ends else None
    return page(
        request,
        "unassigned.html",
        quotes=listed.rows,
        themes=themes,
        emerging=engine.emerging(held.workspace)["emerging"] if paged.after is None and not narrowed else (),
        narrowed=narrowed,
        chips=list(narrowed.chips("/unassigned", {}, engine.parts.timezone)),
        later=later,
        is_first=paged.after is None,
    )
