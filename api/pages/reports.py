"""Reports: the weeks there are, and one of them to read."""

import json

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages.narrowing import Narrowed, address
from api.pages.rendering import page
from api.reports import Reported, ReportId
from api.reports import period as read_period
from synth.access import Access
from synth.engine import Engine
from synth.reports.display import (
    listed,
    say_aged,
    say_change,
    say_difference,
    say_rest,
    say_unchanged,
    say_written,
    sections_of,
)
from synth.reports.html import draw_charts
from synth.store.restricting import Reader

router = APIRouter()


@router.get("/reports")
def list_reports(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """The weeks one can be read of, and what was written besides, the latest first."""
    written = {report["id"]: report for report in engine.reports(held.workspace)["reports"]}
    weeks = tuple(reversed(engine.weeks(held.workspace)))
    dated = {week.id for week in weeks}
    older = [report for report in written.values() if report["id"] not in dated]
    return page(request, "reports.html", weeks=weeks, written=written, older=older)


@router.get("/reports/{id}")
def show_report(
    request: Request, held: Viewer, engine: Opened, id: ReportId, narrowed: Narrowed, reported: Reported = False
) -> HTMLResponse:
    """One report, with its quotes and numbers open to a look: as counted today, as archived, or within filters."""
    where = narrowed.filters.where
    content = json.loads(
        engine.report(held.workspace, **read_period(id), format="json", reported=reported, where=where)
    )
    names, areas = engine.theme_names(held.workspace), engine.themes(held.workspace, level="areas")["areas"]
    named = {area["id"]: area["name"] for area in areas}
    archived = {report["id"] for report in engine.reports(held.workspace)["reports"]}
    return page(
        request,
        "report.html",
        report=content,
        sections=sections_of(content),
        steady=listed(content["steady"]),
        rest=say_rest(content["steady"]),
        written=say_written(content),
        change=say_change,
        say_aged=say_aged,
        say_difference=say_difference,
        unchanged=say_unchanged(content),
        charts=draw_charts(content),
        reported=reported,
        archived=content["id"] in archived,
        names=names,
        areas=areas,
        chips=list(narrowed.chips(f"/reports/{id}", names | named, engine.parts.zone(held.workspace))),
        narrowed=narrowed,
        left_out=None if reported else _left_out(held, engine),
        file=lambda **wanted: address(f"/v1/reports/{content['id']}", {**wanted, "where": list(narrowed.where)}),
    )


def _left_out(held: Access, engine: Engine) -> str | None:
    """The sentence for what a report leaves out of what this one reads elsewhere: it is written for everybody."""
    told = engine.for_reader(Reader(held.workspace, "", researches=False)).withheld()
    return told if told != engine.withheld() else None
