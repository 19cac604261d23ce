"""One's own way in: the sessions of whoever asks, and their password. For browsers; a token has neither."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Opened, Plain, Viewer
from api.errors import problems
from api.shapes import replies
from api.signing_in import limit_own_tries

router = APIRouter(tags=["workspace"])


class SentPassword(BaseModel):
    """Another password."""

    current: Annotated[Plain, Field(max_length=200)] = Field(
        "", description="The one until now; not needed within an hour of opening a login link."
    )
    new: Annotated[Plain, Field(max_length=200)] = Field(description="12 characters at least, not easily guessed.")


@router.get("/sessions", operation_id="list_sessions", responses=replies(shapes.SessionList, 409))
def list_sessions(held: Viewer, engine: Opened) -> JSONResponse:
    """Your sessions in force, newest first."""
    return JSONResponse(engine.sessions(held))


@router.delete("/sessions", operation_id="end_other_sessions", status_code=204, responses=problems(409))
def end_other_sessions(held: Viewer, engine: Opened) -> Response:
    """End all your sessions but this one."""
    engine.end_session(held, None)
    return Response(status_code=204)


@router.delete("/sessions/{id}", operation_id="end_session", status_code=204, responses=problems(404, 409))
def end_session(held: Viewer, engine: Opened, id: str) -> Response:
    """End one of your sessions now."""
    engine.end_session(held, id)
    return Response(status_code=204)


@router.put(
    "/password",
    operation_id="set_password",
    status_code=204,
    responses=problems(400, 409),
    dependencies=[Depends(limit_own_tries)],
)
def set_password(held: Viewer, engine: Opened, sent: SentPassword) -> Response:
    """Set your password; it ends your other sessions."""
    engine.set_password(held, sent.current, sent.new)
    return Response(status_code=204)
