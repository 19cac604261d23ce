"""The first page: how much there is, what is new, what the last week brought, and the themes as a list or a map."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages import atlas
from api.pages.narrowing import address, filters_address
from api.pages.rendering import page
from synth.access import Access
from synth.engine import Engine
from synth.model import Condition
from synth.overview import Counted
from synth.themes.listing import AreaSummary, ThemeSummary

Sort = Literal["mentions", "people", "revenue", "recent", "tone", "name"]
SORTS: tuple[tuple[Sort, str], ...] = (
    ("mentions", "Mentions"),
    ("people", "People"),
    ("revenue", "Revenue"),
    ("recent", "Last week"),
    ("tone", "Most negative"),
)

MOST = 100  # themes on one page

router = APIRouter()


@router.get("/")
def show_overview(
    request: Request,
    held: Viewer,
    engine: Opened,
    sort: Sort = "mentions",
    everything: Annotated[bool, Query(alias="all")] = False,
    view: Literal["list", "map"] = "list",
    start: Annotated[int, Query(ge=0, description="How many themes of the list come before.")] = 0,
) -> HTMLResponse:
    """The workspace at a glance; where it is empty, the way to fill it."""
    seen = engine.overview(held.workspace, engine.visit(held.workspace, held.name))
    counted = seen.counted
    if not counted.documents:
        return page(request, "empty.html", busy=seen.busy)
    drawn = _map(engine, held, counted) if view == "map" else _list(counted, sort, everything, start)
    weeks = _week_list(counted, engine.parts.zone(held.workspace))
    return page(request, "overview.html", seen=seen, counted=counted, view=view, week_list=weeks, **drawn)


def _map(engine: Engine, held: Access, counted: Counted) -> dict[str, Any]:
    spots = atlas.draw_map(counted.themes, engine.theme_map(held.workspace))
    return {
        "spots": spots,
        "told": spots[: atlas.TOLD],
        "quoted": atlas.QUOTED,
        "wide": atlas.WIDE,
        "high": atlas.HIGH,
    }


def _list(counted: Counted, sort: Sort, everything: bool, start: int) -> dict[str, Any]:
    listed = [each for each in _sorted(counted, sort) if everything or each.id in counted.themes.shown]
    query = {"sort": sort, "all": "true" if everything else ""}
    return {
        "areas": _by_area(counted, listed[start : start + MOST]),
        "listed": len(listed),
        "is_first": not start,
        "first": address("/", query) + "#themes",
        "later": address("/", query | {"start": str(start + MOST)}) + "#themes" if start + MOST < len(listed) else None,
        "everything": everything,
        "sort": sort,
        "sorts": [(key, name) for key, name in SORTS if key != "revenue" or counted.revenue],
    }


def _by_area(counted: Counted, themes: Sequence[ThemeSummary]) -> list[tuple[AreaSummary | None, list[ThemeSummary]]]:
    """The themes under their areas, in the order of the first of each; those in none come last."""
    areas = {area.id: area for area in counted.themes.areas}
    held: dict[str | None, list[ThemeSummary]] = {}
    for theme in themes:
        held.setdefault(theme.area if theme.area in areas else None, []).append(theme)
    alone = held.pop(None, [])
    listed: list[tuple[AreaSummary | None, list[ThemeSummary]]] = [(areas[id], each) for id, each in held.items() if id]
    return [*listed, (None, alone)] if alone else listed


def _sorted(counted: Counted, sort: Sort) -> list[ThemeSummary]:
    """Largest or most negative first; names from A."""

    def place(theme: ThemeSummary) -> tuple[float | str, int]:
        keys: dict[Sort, float | str] = {
            "mentions": -theme.mentions,
            "people": -theme.people,
            "revenue": -theme.revenue,
            "recent": -(counted.series.themes.get(theme.id, (0,))[-1] if counted.series else 0),
            "tone": -_complaints(counted, theme),
            "name": theme.name.casefold(),
        }
        return keys[sort], -theme.mentions

    return sorted(counted.themes.themes, key=place)


def _complaints(counted: Counted, theme: ThemeSummary) -> float:
    """The share of the theme's excerpts that sound negative."""
    mood = counted.moods.get(theme.id)
    return mood.negative / mood.total if mood and mood.total else 0.0


def _week_list(counted: Counted, zone: str) -> dict[str, str]:
    """Theme id to the list of what was said on it in the last week; under '' the list of everything."""
    if counted.series is None:
        return {}
    span = counted.series.span
    listed = {
        theme.id: filters_address(span.filters(Condition("theme", theme.id)), zone) for theme in counted.themes.themes
    }
    return listed | {"": filters_address(span.filters(), zone)}
