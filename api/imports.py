"""Imports: what became of what was sent."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, StreamingResponse

from api import shapes
from api.deps import Editor, Opened, Paged, Viewer, Watcher
from api.errors import problems
from api.paging import paged
from api.shapes import replies
from api.streaming import stream
from synth.access import Access
from synth.intake.reviews import Reviewer
from synth.wire.intake import import_document

router = APIRouter(prefix="/imports", tags=["jobs"])


@router.get("", operation_id="list_imports", responses=replies(shapes.ImportPage, 400))
def list_imports(held: Viewer, engine: Opened, page: Paged) -> JSONResponse:
    """The imports, newest first."""
    return paged("imports", engine.imports(held.workspace, page))


@router.get("/{id}", operation_id="get_import", responses=replies(shapes.Import, 404))
def get_import(held: Watcher, engine: Opened, id: str) -> JSONResponse:
    """How an import stands: its counts, the rows that were refused, and the work still going on.

    A token of the scope `ingest` sees the imports that it sent.
    """
    return JSONResponse(import_document(engine.import_state(held.workspace, id, sent_by=held.sees_only)))


@router.get(
    "/{id}/refused.csv",
    operation_id="get_refused_rows",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}, **problems(404)},
)
def get_refused_rows(held: Viewer, engine: Opened, id: str) -> StreamingResponse:
    """Every row that was not taken, with the reason, as CSV."""
    return stream(engine.refused_lines(held.workspace, id), "csv", f"refused-{id}.csv")


@router.get("/{id}/review", operation_id="get_review", responses=replies(shapes.Review, 400, 404, 409))
def get_review(
    held: Editor, engine: Opened, id: str, document: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> JSONResponse:
    """What is suggested to be hidden in an upload that was sent with `redact=suggest`: for its sender and researchers.

    `document` is the place in the file, from 0, of the one that is shown whole; else the first with an open one.
    """
    return JSONResponse(engine.review(held.workspace, id, reviewer(held), document))


@router.post("/{id}/review", operation_id="decide_redaction", responses=replies(shapes.Review, 400, 404, 409))
def decide_redaction(held: Editor, engine: Opened, id: str, sent: shapes.SentRedaction) -> JSONResponse:
    """Accept or reject a suggestion, or hide another span, or words wherever they stand in the document."""
    engine.decide_redaction(held.workspace, id, reviewer(held), sent.model_dump(exclude_unset=True))
    return JSONResponse(engine.review(held.workspace, id, reviewer(held), sent.document))


@router.post(
    "/{id}/write",
    operation_id="write_reviewed",
    status_code=202,
    responses=replies(shapes.Import, 404, 409, status=202),
)
def write_reviewed(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """Take the upload in as it was decided; what nobody decided is hidden."""
    engine.write_reviewed(held.workspace, id, reviewer(held))
    return JSONResponse(import_document(engine.import_state(held.workspace, id)), 202)


def reviewer(held: Access) -> Reviewer:
    """Who looks at words that are not hidden yet."""
    return Reviewer(held.name, held.may("researcher"))
