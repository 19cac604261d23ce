"""Releases: those there are with what followed, and a form for one more."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Viewer
from api.pages.forms import Form, read_text, read_texts
from api.pages.rendering import page
from synth.access import Access
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotFound

PATH = "/releases"

router = APIRouter()


@router.get(PATH)
def list_releases(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """The releases, newest first, each with what followed."""
    return _show(request, held, engine)


@router.post(PATH)
def add_release(request: Request, held: Editor, engine: Opened, form: Form) -> Response:
    """Write one down."""
    name, day, themes = read_text(form, "name"), read_text(form, "day"), read_texts(form, "theme")
    try:
        engine.add_release(held.workspace, held.name, name, day, [theme for theme in themes if theme])
    except (BadInput, Conflict, NotFound) as error:
        return _show(request, held, engine, problem=str(error), status=400, name=name, day=day)
    return RedirectResponse(PATH, 303)


@router.post(PATH + "/{id}/remove")
def remove_release(held: Editor, engine: Opened, id: str) -> Response:
    """Take one out."""
    engine.remove_release(held.workspace, id)
    return RedirectResponse(PATH, 303)


def _show(
    request: Request,
    held: Access,
    engine: Engine,
    *,
    problem: str | None = None,
    status: int = 200,
    name: str = "",
    day: str = "",
) -> HTMLResponse:
    return page(
        request,
        "releases.html",
        status=status,
        releases=engine.releases(held.workspace)["releases"],
        themes=engine.themes(held.workspace)["themes"],
        problem=problem,
        name=name,
        day=day,
    )
