"""Hooks: where other services send feedback, and the administrators who make them."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Opened
from api.errors import problems
from api.sending import DOCUMENTS_BODY, SPOOL, read_json
from api.shapes import replies
from synth.hooks.receiving import ID, SIGNATURE, TIMESTAMP

router = APIRouter(prefix="/hooks", tags=["documents"])
_OPEN: dict[str, Any] = {"security": [], "requestBody": DOCUMENTS_BODY}
_NAME = "hook.jsonl"


async def _read_body(request: Request) -> bytes:
    return await request.body()


def _spool() -> Iterator[BinaryIO]:
    with SpooledTemporaryFile(max_size=SPOOL) as lines:
        yield cast("BinaryIO", lines)


@router.get("", operation_id="list_hooks", responses=replies(shapes.HookList))
def list_hooks(held: Admin, engine: Opened) -> JSONResponse:
    """The hooks in force, without their secrets."""
    return JSONResponse(engine.hooks(held.workspace))


@router.post("", operation_id="add_hook", status_code=201, responses=replies(shapes.HookMade, 409, status=201))
def add_hook(held: Admin, engine: Opened, sent: shapes.SentHook) -> JSONResponse:
    """An address to which another service sends feedback of one source. The secret that signs it is shown this once."""
    return JSONResponse(engine.add_hook(held.workspace, held.name, sent.source, readers=sent.readers), 201)


@router.delete("/{id}", operation_id="end_hook", status_code=204, response_class=Response, responses=problems(404))
def end_hook(held: Admin, engine: Opened, id: str) -> Response:
    """Take nothing more there."""
    engine.end_hook(held.workspace, id)
    return Response(status_code=204)


@router.post(
    "/{id}",
    operation_id="receive_message",
    status_code=202,
    responses=replies(shapes.MessageTaken, 400, 404, 409, 413, status=202),
    openapi_extra=_OPEN,
)
def receive_message(
    engine: Opened,
    id: str,
    body: Annotated[bytes, Depends(_read_body)],
    lines: Annotated[BinaryIO, Depends(_spool)],
    webhook_id: Annotated[str | None, Header(description="The same message again changes nothing.")] = None,
    webhook_timestamp: Annotated[
        str | None, Header(description="Seconds since 1970, at most five minutes off.")
    ] = None,
    webhook_signature: Annotated[str | None, Header(description="v1,… by the secret; several with blanks.")] = None,
) -> JSONResponse:
    """Take documents that another service signed (Standard Webhooks). Once this returns, none of them will be lost."""
    headers = {ID: webhook_id or "", TIMESTAMP: webhook_timestamp or "", SIGNATURE: webhook_signature or ""}
    message = engine.check_message(id, headers, body)
    sent = read_json(body, lines)
    return JSONResponse({"import": engine.take_message(message, _NAME, sent.files[0][1], sent.submission)}, 202)
