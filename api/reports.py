"""Reports: a week, or a range of days, as a page, as Markdown, or as JSON."""

import base64
import hashlib
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from api import shapes
from api.deps import Conditions, Opened, Viewer
from api.errors import problems
from api.shapes import replies
from synth.errors import NotFound
from synth.reports.forms import Form

router = APIRouter(prefix="/reports", tags=["insights"])

Format = Literal["json", "html", "md", "pdf"]
ReportId = Annotated[
    str,
    Path(
        description="An ISO week, `latest` for the last complete one, or two days, both included.",
        examples=["2026-W47", "latest", "2026-11-01..2026-11-14"],
    ),
]
Reported = Annotated[bool, Query(description="As it was archived at the time, not as it is counted today.")]
InForm = Annotated[Form, Query(description="The whole of it, one page, or that of a team, which needs `where`.")]
TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


@router.get("", operation_id="list_reports", responses=replies(shapes.ReportList))
def list_reports(held: Viewer, engine: Opened) -> JSONResponse:
    """The reports that were written, the latest period first."""
    return JSONResponse(engine.reports(held.workspace))


@router.get(
    "/{id}",
    operation_id="get_report",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/html": {},
                "text/markdown": {},
                "application/pdf": {},
            }
        },
        **problems(400, 404),
    },
)
def get_report(
    held: Viewer,
    engine: Opened,
    id: ReportId,
    where: Conditions,
    format: Format = "json",
    form: InForm = "whole",
    reported: Reported = False,
) -> Response:
    """The report of a week or a range of days, under the themes of today or as it was reported.

    Within `where` it is that of a team: counted, and tested for changes, over what meets the conditions.
    """
    only = engine.filters(where=where, workspace=held.workspace).where
    wanted = {"format": format, "form": form, "reported": reported, "where": only}
    content = engine.report_file(held.workspace, **period(id), **wanted)
    headers = {"Content-Security-Policy": _policy(content.decode())} if format == "html" else None
    return Response(content, media_type=TYPES[format], headers=headers)


def period(id: str) -> dict[str, Any]:
    """What an id of a report asks the engine for; raises NotFound for one that is none."""
    if id == "latest":
        return {}
    if _WEEK.fullmatch(id):
        return {"week": id}
    if days := _DAYS.fullmatch(id):
        return {"since": days[1], "until": days[2]}
    raise NotFound(f"There is no report '{id}'; name a week as 2026-W47, days as 2026-11-01..2026-11-14, or latest.")


def _policy(page: str) -> str:
    """A report is one file with its style inside: exactly that style is let through, and nothing else runs or loads."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"default-src 'none'; style-src 'self' {styles}; img-src data:; base-uri 'none'; frame-ancestors 'self'"
