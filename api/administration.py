"""What administrators look after: settings, the model endpoint, sources, and who signs in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Opened, Plain
from api.errors import problems
from api.shapes import replies

router = APIRouter(tags=["workspace"])


@router.get("/settings", operation_id="get_settings", responses=replies(shapes.SettingsInForce))
def get_settings(_held: Admin, engine: Opened) -> JSONResponse:
    """Every setting with where it comes from. They are read once, when the service starts."""
    return JSONResponse(engine.settings_in_force())


@router.post("/settings/model/test", operation_id="probe_model", responses=replies(shapes.ModelTest))
def probe_model(_held: Admin, engine: Opened) -> JSONResponse:
    """Ask the model endpoint for one short reply, and say what came back."""
    return JSONResponse(engine.probe_model())


@router.get("/sources", operation_id="list_sources", responses=replies(shapes.SourceList))
def list_sources(held: Admin, engine: Opened) -> JSONResponse:
    """Every source: what it holds, how long it is kept (see `/v1/retention`), how uploads to it are redacted."""
    return JSONResponse(engine.sources(held.workspace))


@router.put("/sources/redaction", operation_id="set_redaction", responses=replies(shapes.SourceList, 400, 404))
def set_redaction(held: Admin, engine: Opened, sent: shapes.SentSourceRedaction) -> JSONResponse:
    """With `suggest`, nothing that comes into a source is stored before somebody saw what is to be hidden in it."""
    engine.set_redaction(held.workspace, sent.source, sent.redact)
    return JSONResponse(engine.sources(held.workspace))


@router.put("/sources/readers", operation_id="set_readers", responses=replies(shapes.SourceList, 400, 404))
def set_readers(held: Admin, engine: Opened, sent: shapes.SentReaders) -> JSONResponse:
    """Restrict a source to those who are named, or let everybody read it; it holds from their next request on."""
    engine.set_readers(held.workspace, sent.source, sent.readers)
    return JSONResponse(engine.sources(held.workspace))


@router.get("/users", operation_id="list_users", responses=replies(shapes.UserList))
def list_users(held: Admin, engine: Opened) -> JSONResponse:
    """Those who sign in with a browser, with their roles."""
    return JSONResponse(engine.users(held.workspace))


@router.post(
    "/users", operation_id="invite_user", status_code=201, responses=replies(shapes.Invitation, 409, status=201)
)
def invite_user(held: Admin, engine: Opened, sent: shapes.SentUser) -> JSONResponse:
    """A login link for somebody new, or another one for somebody who is here. It is shown this once."""
    return JSONResponse(engine.invite(held.workspace, sent.name, sent.role), 201)


@router.patch("/users", operation_id="change_role", responses=replies(shapes.User, 404, 409))
def change_role(held: Admin, engine: Opened, sent: shapes.SentUser) -> JSONResponse:
    """Give a user another role; it holds from their next request on."""
    return JSONResponse(engine.change_role(held.workspace, held.name, sent.name, sent.role))


@router.delete("/users/sessions", operation_id="sign_out_user", status_code=204, responses=problems(404, 409))
def sign_out_user(held: Admin, engine: Opened, name: Annotated[Plain, Query(max_length=100)]) -> Response:
    """End every session and login link of a user now; with a password they may sign in again."""
    engine.sign_out_user(held.workspace, held.name, name)
    return Response(status_code=204)


@router.delete(
    "/users", operation_id="remove_user", status_code=204, response_class=Response, responses=problems(404, 409)
)
def remove_user(held: Admin, engine: Opened, name: Annotated[Plain, Query(max_length=100)]) -> Response:
    """End every session and login link of a user now, and forget their password."""
    engine.remove_user(held.workspace, held.name, name)
    return Response(status_code=204)
