"""A theme with its numbers and quotes, and what is on no theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import Opened, Paged, Viewer, require
from api.pages.narrowing import Narrowed, Narrowing, address, filters_address
from api.pages.rendering import page
from api.pages.wording import language
from api.paging import encode
from synth.engine import Engine
from synth.model import Condition, Unit
from synth.saying.reading import Saying
from synth.wire.themes import insight_document

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something the quotes of a theme can be narrowed by: (value, what it is called, how often), and what is chosen."""

    key: str
    values: Sequence[tuple[str, str, float]]
    chosen: str | None

    @property
    def label(self) -> str:
        """What it is called above its values."""
        return self.key.capitalize()

    @property
    def written(self) -> str:
        """The condition that is chosen, as the address has it."""
        return f"{self.key}={self.chosen}"


@router.get("/themes", dependencies=[Depends(require("viewer"))])
def list_themes() -> RedirectResponse:
    """The themes are on the first page."""
    return RedirectResponse("/#themes", 303)


@router.get("/themes/{id}")
def show_theme(
    request: Request, held: Viewer, engine: Opened, id: str, narrowed: Narrowed, paged: Paged, parts: bool = False
) -> HTMLResponse:
    """One theme; the filters of the address narrow its numbers and its quotes. Its sub-themes are sought on demand."""
    with engine.parts.database.at_once():
        profile = engine.theme_profile(held.workspace, id, narrowed.filters)
        quotes = engine.theme_excerpts(held.workspace, id, narrowed.filters, paged)
        sub_themes = _sub_themes(engine, held.workspace, id) if parts else None
        findings, wavering = engine.findings_of_theme(held.workspace, id), engine.wavering(held.workspace)
    saying = profile.saying
    path, zone = f"/themes/{id}", engine.parts.zone(held.workspace)
    mine = Condition("theme", id)
    choices = _choices(saying, narrowed)
    return page(
        request,
        "theme.html",
        profile=profile,
        saying=saying,
        theme=profile.theme,
        sub_themes=sub_themes,
        insights=[insight_document(insight) for insight in profile.insights],
        findings=findings,
        quotes=quotes.rows,
        narrowed=narrowed,
        chips=list(narrowed.chips(path, {}, zone)),
        lists=_lists(narrowed, id),
        wavering=wavering,
        choices=choices,
        carried=[written for written in narrowed.where if written not in {each.written for each in choices}],
        week_lists=[filters_address(week.filters(*narrowed.filters.where, mine), zone) for week in profile.trend.weeks],
        later=address(path, narrowed.query(cursor=encode(quotes.ends))) + "#quotes" if quotes.ends else None,
        is_first=paged.after is None,
    )


def _lists(narrowed: Narrowing, id: str) -> dict[Unit, str]:
    """The lists behind its numbers: what was said, who said it, and for whom."""
    query = narrowed.query(where=[*narrowed.where, f"theme={id}"])
    paths: dict[Unit, str] = {
        "mentions": "/documents",
        "people": "/people",
        "accounts": "/accounts",
        "revenue": "/accounts",
    }
    return {unit: address(path, query) for unit, path in paths.items()}


def _choices(saying: Saying, narrowed: Narrowing) -> list[Choice]:
    """By what its quotes can be narrowed, each value with how often it occurs."""
    tones = {"positive": saying.mood.positive, "neutral": saying.mood.neutral, "negative": saying.mood.negative}
    found: dict[str, list[tuple[str, str, float]]] = {
        "source": [(value, value, amount) for value, amount in saying.places["source"].items() if value],
        "segment": [(value, value, amount) for value, amount in saying.places["segment"].items() if value],
        "sentiment": [(value, value, amount) for value, amount in tones.items() if amount],
        "language": [(code, language(code), amount) for code, amount in saying.languages.items() if code],
    }
    chosen = {condition.key: condition.value for condition in narrowed.filters.where if condition.operator == "="}
    return [
        Choice(key, values, chosen.get(key) if chosen.get(key) in [value for value, _, _ in values] else None)
        for key, values in found.items()
        if len(values) > 1 or key in chosen
    ]


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
        chips=list(narrowed.chips("/unassigned", {}, engine.parts.zone(held.workspace))),
        later=later,
        is_first=paged.after is None,
    )
