"""The first page: how much there is, what the last week brought, and the themes."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages.narrowing import filters_address
from api.pages.rendering import page
from synth.model import Condition
from synth.overview import Overview
from synth.themes.listing import AreaSummary, ThemeSummary

Sort = Literal["mentions", "people", "recent", "tone", "name"]
SORTS: tuple[tuple[Sort, str], ...] = (
    ("mentions", "Mentions"),
    ("people", "People"),
    ("recent", "Last week"),
    ("tone", "Most negative"),
)

router = APIRouter()


@router.get("/")
def show_overview(
    request: Request,
    held: Viewer,
    engine: Opened,
    sort: Sort = "mentions",
    everything: Annotated[bool, Query(alias="all")] = False,
) -> HTMLResponse:
    """The workspace at a glance; where it is empty, the way to fill it."""
    seen = engine.overview(held.workspace)
    if not seen.documents:
        return page(request, "empty.html", busy=seen.busy)
    listed = [each for each in _sorted(seen, sort) if everything or each.id in seen.themes.shown]
    return page(
        request,
        "overview.html",
        seen=seen,
        areas=_by_area(seen, listed),
        listed=len(listed),
        everything=everything,
        week_list=_week_list(seen, engine.parts.timezone),
        sort=sort,
        sorts=SORTS,
    )


def _by_area(seen: Overview, themes: Sequence[ThemeSummary]) -> list[tuple[AreaSummary | None, list[ThemeSummary]]]:
    """The themes under their areas, in the order of the first of each; those in none come last."""
    areas = {area.id: area for area in seen.themes.areas}
    held: dict[str | None, list[ThemeSummary]] = {}
    for theme in themes:
        held.setdefault(theme.area if theme.area in areas else None, []).append(theme)
    alone = held.pop(None, [])
    listed: list[tuple[AreaSummary | None, list[ThemeSummary]]] = [(areas[id], each) for id, each in held.items() if id]
    return [*listed, (None, alone)] if alone else listed


def _sorted(seen: Overview, sort: Sort) -> list[ThemeSummary]:
    """Largest or most negative first; names from A."""

    def place(theme: ThemeSummary) -> tuple[float | str, int]:
        keys: dict[Sort, float | str] = {
            "mentions": -theme.mentions,
            "people": -theme.people,
            "recent": -(seen.series.themes.get(theme.id, (0,))[-1] if seen.series else 0),
            "tone": -_complaints(seen, theme),
            "name": theme.name.casefold(),
        }
        return keys[sort], -theme.mentions

    return sorted(seen.themes.themes, key=place)


def _complaints(seen: Overview, theme: ThemeSummary) -> float:
    """The share of the theme's excerpts that sound negative."""
    mood = seen.moods.get(theme.id)
    return mood.negative / mood.total if mood and mood.total else 0.0


def _week_list(seen: Overview, zone: str) -> dict[str, str]:
    """Theme id to the list of what was said on it in the last week; under '' the list of everything."""
    if seen.series is None:
        return {}
    span = seen.series.span
    listed = {
        theme.id: filters_address(span.filters(Condition("theme", theme.id)), zone) for theme in seen.themes.themes
    }
    return listed | {"": filters_address(span.filters(), zone)}
