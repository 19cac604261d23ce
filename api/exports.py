"""Exports: everything of one kind, as a file."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.deps import Opened, Viewer
from api.errors import problems
from api.streaming import stream
from synth.exporting import What

router = APIRouter(prefix="/export", tags=["workspace"])


@router.get(
    "/{what}",
    operation_id="export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}, "text/csv": {}}}, **problems()},
)
def export(held: Viewer, engine: Opened, what: What, format: Literal["jsonl", "csv"] = "jsonl") -> StreamingResponse:
    """All documents, excerpts, themes or insights: one JSON object a line, or CSV."""
    return stream(engine.export(held.workspace, what, format=format), format, f"{what}.{format}")
