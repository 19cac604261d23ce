"""From a template and what it shows to a page. Every value is escaped; nothing in `templates/` turns that off."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.pages import charts, marking, narrowing, wording
from api.pages.clock import read_clock
from synth.access import Access
from synth.answers.wording import say_share
from synth.engine import Engine
from synth.reports import display
from synth.research.rendering import say_measure
from synth.settings import FIRST_WORKSPACE
from synth.trust.figures import say_interval, say_rate
from synth.words.timecode import say_timecode

FOLDER = Path(__file__).parent
SECTIONS = (
    ("/", "Overview"),
    ("/ask", "Ask"),
    ("/insights", "Insights"),
    ("/reports", "Reports"),
    ("/documents", "Feedback"),
    ("/research", "Research"),
    ("/upload", "Upload"),
    ("/jobs", "Jobs"),
    ("/trust", "Trust"),
)
ADMINISTRATION = (("/settings", "Settings"),)


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """The page of a template as a response."""
    return HTMLResponse(render(request, template, **shown), status)


def render(request: Request, template: str, **shown: Any) -> str:
    """The page of a template; `shown` are its own variables, beside who asks, the zone of the days and the clock."""
    engine: Engine = request.app.state.engine
    access: Access | None = getattr(request.state, "access", None)
    zone = engine.parts.zone(access.workspace) if access else engine.settings.timezone
    common = {
        "path": request.url.path,
        "navigation": SECTIONS + (ADMINISTRATION if access and access.may("admin") else ()),
        "access": access,
        "first_workspace": FIRST_WORKSPACE,
        "withheld": engine.for_reader(access.reader).withheld() if access and not access.may("admin") else None,
        "csrf": getattr(request.state, "csrf", None),
        "zone": zone,
        "clock": read_clock(request, zone),
    }
    return templates().get_template(template).render(common | shown)


@cache
def templates() -> Environment:
    """The templates, with the functions they call."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (
        "number",
        "share",
        "unit",
        "plural",
        "size",
        "day",
        "moment",
        "iso",
        "week_name",
        "stage",
        "kind",
        "event",
        "language",
        "signed",
        "rounded",
    )
    made.filters.update({name: getattr(wording, name) for name in words})
    made.filters.update(part=display.say_part, part_of=say_share, mean=display.say_mean_or_none)
    made.filters.update(rate=say_rate, timecode=say_timecode, measure=say_measure)
    made.globals.update(
        address=narrowing.address,
        list_address=narrowing.list_address,
        condition=wording.condition,
        mark_words=marking.mark_words,
        columns=charts.columns,
        trend=charts.trend,
        sparkline=charts.sparkline,
        interval=say_interval,
    )
    return made
