"""Erasure: what would go, asking for it after a second look, and the receipts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Admin, Opened, Plain
from api.pages.forms import Form, read_text
from api.pages.rendering import page
from synth.engine import Engine
from synth.errors import BadInput, NotFound

PATH = "/erasures"

router = APIRouter()


@router.get(PATH)
def list_erasures(
    request: Request,
    held: Admin,
    engine: Opened,
    kind: Annotated[Plain, Query(max_length=20)] = "person",
    name: Annotated[Plain, Query(max_length=500)] = "",
) -> HTMLResponse:
    """The receipts, and a form; with a name in it, what would go."""
    return _show(request, engine, held.workspace, kind, name.strip())


@router.post(PATH)
def erase(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Erase what the form names, once it was said that it cannot be undone."""
    kind, name = read_text(form, "kind"), read_text(form, "name")
    if read_text(form, "sure") != "yes":
        said = "Nothing was erased: say first that you know it cannot be undone."
        return _show(request, engine, held.workspace, kind, name, problem=said, status=400)
    try:
        id = engine.erase(held.workspace, held.name, kind, name, read_text(form, "reason", 500) or None)
    except (BadInput, NotFound) as error:
        return _show(request, engine, held.workspace, kind, name, problem=str(error), status=400)
    return RedirectResponse(f"{PATH}/{id}", 303)


@router.get(PATH + "/{id}")
def show_erasure(request: Request, held: Admin, engine: Opened, id: str) -> HTMLResponse:
    """The receipt of one."""
    return page(request, "erasure.html", erasure=engine.erasure(held.workspace, id))


def _show(
    request: Request,
    engine: Engine,
    workspace: str,
    kind: str,
    name: str,
    *,
    problem: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    preview = None
    if name:
        try:
            preview = engine.preview_erasure(workspace, kind, name)
        except (BadInput, NotFound) as error:
            problem, status = problem or str(error), 400
    found = engine.erasures(workspace)["erasures"]
    return page(
        request,
        "erasures.html",
        status=status,
        erasures=found,
        kind=kind,
        name=name,
        preview=preview,
        problem=problem,
    )
