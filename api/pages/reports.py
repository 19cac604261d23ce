"""Reports: the weeks there are, and one of them to read."""

import json

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Viewer
from api.pages.rendering import page
from api.reports import ReportId
from api.reports import period as read_period

router = APIRouter()


@router.get("/reports")
def list_reports(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """The reports that were written, and the weeks one can be read of."""
    written = engine.reports(held.workspace)["reports"]
    return page(request, "reports.html", written=written)


@router.get("/reports/{id}")
def show_report(request: Request, held: Viewer, engine: Opened, id: ReportId) -> HTMLResponse:
    """One report."""
    content = json.loads(engine.report(held.workspace, **read_period(id), format="json"))
    return page(request, "report.html", content=content, id=id)
