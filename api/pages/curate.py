"""Curating a theme: what is wanted is first shown with its effect on the numbers, then decided, and can be undone."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Paged, Plain, Viewer
from api.pages.forms import Form, listed, read_text, read_texts
from api.pages.narrowing import address
from api.pages.rendering import page
from api.paging import encode
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.model import Condition, Filters

OFFERED = 100  # other themes to choose from, the largest first, unless all are asked for
FOUND = 100  # excerpts that a search on the page shows
LONGEST = 2_000_000  # characters of a decision that is sent back to be confirmed

router = APIRouter()


Words = Annotated[Plain, Query(max_length=200)]


@router.get("/themes/{id}/curate")
def show_curate(
    request: Request,
    held: Editor,
    engine: Opened,
    id: str,
    paged: Paged,
    q: Words = "",
    parts: bool = False,
    everything: Annotated[bool, Query(alias="all")] = False,
) -> HTMLResponse:
    """What can be decided about a theme, and its excerpts to choose from."""
    shown = _shown(engine, held.workspace, id, paged, q=q, parts=parts, most=None if everything else OFFERED)
    return page(request, "curate.html", **shown, problem=None)


@router.post("/themes/{id}/curate")
def preview(request: Request, held: Editor, engine: Opened, id: str, paged: Paged, form: Form) -> HTMLResponse:
    """What the decision would do, to be confirmed; or what stands in its way."""
    try:
        wanted = _wanted(id, form)
        made = engine.preview(held.workspace, held.name, wanted)
    except (BadInput, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        shown = _shown(engine, held.workspace, id, paged, q="", parts=False, most=OFFERED)
        return page(request, "curate.html", status=status, **shown, problem=str(error))
    return page(request, "preview.html", back=f"/themes/{id}/curate", wanted=json.dumps(wanted), **made)


@router.get("/decisions")
def list_decisions(
    request: Request, held: Viewer, engine: Opened, paged: Paged, theme: Annotated[Plain, Query(max_length=40)] = ""
) -> HTMLResponse:
    """What was decided, newest first."""
    listed = engine.decisions(held.workspace, paged, theme=theme or None)
    later = address("/decisions", {"theme": theme, "cursor": encode(listed.ends)}) if listed.ends else None
    about = engine.theme(held.workspace, theme) if theme else None
    return page(
        request, "decisions.html", decisions=listed.rows, about=about, later=later, is_first=paged.after is None
    )


@router.post("/decisions")
def decide(held: Editor, engine: Opened, form: Form) -> Response:
    """Do what was shown."""
    made = engine.decide(held.workspace, held.name, _confirmed(form))
    return RedirectResponse(f"/decisions#{made['decision']['id']}", 303)


@router.post("/decisions/{id}/undo")
def undo(held: Editor, engine: Opened, id: str) -> Response:
    """Take a decision back."""
    engine.undo(held.workspace, held.name, id)
    return RedirectResponse(f"/decisions#{id}", 303)


def _shown(
    engine: Engine, workspace: str, id: str, paged: Any, *, q: str, parts: bool, most: int | None
) -> dict[str, Any]:
    theme = engine.theme(workspace, id)
    if theme["state"] not in ("active", "excluded"):
        raise NotFound(f"{id} is {theme['state']}; there is nothing to curate in it any more.")
    others = [each for each in engine.themes(workspace)["themes"] if each["id"] != id]
    rows, later = _excerpts(engine, workspace, id, paged, q)
    found = engine.suggestions(workspace, id)["suggestions"] if parts and theme["state"] == "active" else None
    return {
        "theme": theme,
        "others": [
            other
            for place, other in enumerate(others)
            if most is None or place < most or other["id"] == theme["parent"]
        ],
        "held_back": len(others) if most is not None and most < len(others) else 0,
        "rows": rows,
        "later": later,
        "is_first": paged.after is None,
        "q": q,
        "suggestions": found,
    }


def _excerpts(engine: Engine, workspace: str, id: str, paged: Any, q: str) -> tuple[list[dict[str, Any]], str | None]:
    if q.strip():
        mine = Filters(where=(Condition("theme", id),))
        return engine.search(workspace, q, mine, limit=FOUND)["results"], None
    listed = engine.theme_excerpts(workspace, id, page=paged)
    path = f"/themes/{id}/curate"
    return listed.rows, address(path, {"cursor": encode(listed.ends)}) + "#excerpts" if listed.ends else None


def _wanted(id: str, form: FormData) -> dict[str, Any]:
    """The decision a form of the page asks for."""
    kind, other = read_text(form, "do"), read_text(form, "other")
    if kind == "rename":
        return {"kind": "rename", "theme": id, "name": read_text(form, "name")}
    if kind == "merge":
        return {"kind": "merge", "themes": read_texts(form, "themes"), "into": id}
    if kind == "words":
        return _split(id, form, words=listed(read_text(form, "words")))
    if kind == "suggestion":
        return _split(id, form, suggestion=read_text(form, "suggestion"))
    if kind == "excerpts":
        return _split(id, form, excerpts=read_texts(form, "excerpts"))
    if kind in ("move", "off"):
        return {
            "kind": "move",
            "excerpts": read_texts(form, "excerpts"),
            "to": read_text(form, "to") if kind == "move" else None,
        }
    if kind in ("pin", "exclude"):
        return {"kind": kind, "theme": id, {"pin": "pinned", "exclude": "excluded"}[kind]: form.get("on") == "yes"}
    if kind == "parent":
        return {"kind": "parent", "theme": id, "parent": other or None}
    return {"kind": kind, "theme": id, "other": other}


def _split(id: str, form: FormData, **part: Any) -> dict[str, Any]:
    return {"kind": "split", "theme": id, "name": read_text(form, "name"), **part}


def _confirmed(form: FormData) -> dict[str, Any]:
    written = form.get("wanted")
    try:
        wanted = json.loads(written) if isinstance(written, str) and len(written) <= LONGEST else None
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict):
        raise BadInput("This page is out of date; open the theme and decide again.")
    return wanted
