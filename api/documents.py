"""Documents: taking them in as files or as JSON, and reading them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Given, Opened, Paged, Sender, Viewer
from api.paging import paged
from api.sending import BODY, Sent, read_sent, sent_by
from api.shapes import replies
from synth.wire.intake import import_document

router = APIRouter(tags=["documents"])

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Sending the same content again under the same key changes nothing.",
    ),
]


@router.post(
    "/documents",
    operation_id="add_documents",
    status_code=202,
    responses=replies(shapes.ImportsTaken, 400, 409, 413, 415, status=202),
    openapi_extra={"requestBody": BODY},
)
def add_documents(
    held: Sender, engine: Opened, sent: Annotated[Sent, Depends(read_sent)], key: Key = None
) -> JSONResponse:
    """Take files or documents in. Each file is one import; once this returns, none of them will be lost."""
    submission = sent_by(sent.submission, held)
    ids = [
        engine.submit(held.workspace, name, content, submission, key=f"{key}/{number}" if key else None)
        for number, (name, content) in enumerate(sent.files)
    ]
    states = [import_document(engine.import_state(held.workspace, each)) for each in ids]
    return JSONResponse({"imports": states}, 202, {"Location": f"/v1/imports/{ids[0]}"})


@router.get("/documents", operation_id="list_documents", responses=replies(shapes.DocumentPage, 400))
def list_documents(held: Viewer, engine: Opened, given: Given, page: Paged) -> JSONResponse:
    """The documents within the filters, newest first, each with the beginning of its text."""
    return paged("documents", engine.documents(held.workspace, given, page))


@router.get("/documents/{id}", operation_id="get_document", responses=replies(shapes.DocumentWhole, 404))
def get_document(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One document whole, with the turns of a transcript and its excerpts."""
    return JSONResponse(engine.document(held.workspace, id))
