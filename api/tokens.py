"""Tokens: who may come in, for administrators."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Opened, Plain
from api.errors import problems
from api.shapes import replies
from synth import access
from synth.access import Role, Scope
from synth.errors import BadInput
from synth.permitting import end_token

router = APIRouter(prefix="/tokens", tags=["workspace"])


class SentToken(BaseModel):
    """A token for a program, or a login link for a person."""

    name: Annotated[Plain, Field(min_length=1, max_length=100)] = Field(examples=["Nightly import"])
    role: Role
    scope: Scope = Field("all", description="What a token is narrowed to below its role; a login link has all of it.")
    kind: Literal["token", "login"] = Field("token", description="A login link works once, within an hour.")
    expires_at: AwareDatetime | None = Field(None, description="For a token; it lasts until it is deleted if null.")


@router.get("", operation_id="list_tokens", responses=replies(shapes.TokenList))
def list_tokens(held: Admin, engine: Opened) -> JSONResponse:
    """The tokens and sessions in force, newest first."""
    return JSONResponse({"tokens": access.list_tokens(engine.parts, held.workspace)})


@router.post("", operation_id="create_token", status_code=201, responses=replies(shapes.TokenMade, 400, status=201))
def create_token(held: Admin, engine: Opened, sent: SentToken) -> JSONResponse:
    """Make a token or a login link. Its secret is shown this once."""
    if sent.kind == "login":
        if sent.scope != "all":
            raise BadInput("A login link opens all that its role may; a scope is for a token.")
        secret = access.create_login(engine.parts, held.workspace, sent.name, sent.role)
    else:
        secret = access.create_token(
            engine.parts, held.workspace, sent.name, sent.role, expires=sent.expires_at, scope=sent.scope
        )
    made = access.verify(engine.parts, secret, (sent.kind,))
    shown = {"id": made.credential, "name": made.name, "role": made.role, "scope": made.scope, "kind": made.kind}
    link = f"/login?key={secret}" if sent.kind == "login" else None
    return JSONResponse(shown | {"secret": secret, "link": link}, 201)


@router.delete("/{id}", operation_id="delete_token", status_code=204, responses=problems(404))
def delete_token(held: Admin, engine: Opened, id: str) -> Response:
    """End a token or a session now."""
    end_token(engine.parts, held.workspace, id)
    return Response(status_code=204)
