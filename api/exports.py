"""Exports: every list, as a file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api.deps import Opened, Plain, Viewer, require
from api.errors import problems
from api.pages.narrowing import Narrowed
from api.streaming import TYPES, stream
from synth.answers.searching import LONGEST
from synth.exporting import Format, Wanted, What

ADMINS_ONLY = ("erasures", "audit")  # a receipt names who or what is gone; the log names who did what
_ID = 100  # characters of an id or a state at most

router = APIRouter(prefix="/export", tags=["workspace"])
Named = Annotated[Plain | None, Query(max_length=_ID)]


@router.get(
    "/{what}",
    operation_id="export",
    response_class=StreamingResponse,
    responses={200: {"content": {type.split(";")[0]: {} for type in TYPES.values()}}, **problems(400, 404)},
)
def export(
    request: Request,
    held: Viewer,
    engine: Opened,
    what: What,
    narrowed: Narrowed,
    format: Format = "jsonl",
    about: Annotated[Plain, Query(max_length=LONGEST, description="Of documents: near in meaning to this.")] = "",
    q: Annotated[Plain, Query(max_length=LONGEST, description="What `search` looks for.")] = "",
    state: Named = None,
    freshness: Named = None,
    theme: Named = None,
    subject: Annotated[
        Plain | None, Query(max_length=_ID, description="The import whose rows were `refused`; of `audit`, an id.")
    ] = None,
    action: Annotated[Plain | None, Query(max_length=_ID, description="Of `audit`.")] = None,
    who: Annotated[Plain | None, Query(max_length=_ID, description="Of `audit`: the name of a credential.")] = None,
) -> Response:
    """A list within the filters it was shown with: JSON Lines, JSON, CSV, Excel or Markdown."""
    if what in ADMINS_ONLY:
        require("admin")(request)
    wanted = Wanted(narrowed.filters, about, q, state, freshness, theme, subject, action, who)
    name = f"{what}.{format}"
    if format == "xlsx":
        content = engine.export_workbook(held.workspace, what, wanted=wanted)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=TYPES[format], headers=headers)
    return stream(engine.export(held.workspace, what, format=format, wanted=wanted), format, name)
