"""Runs: what each did to the themes; of one that waits, every change it would make, to be accepted whole or in part."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Paged, Viewer
from api.pages.forms import Form, read_texts
from api.pages.narrowing import address
from api.pages.rendering import page
from api.pages.wording import plural
from api.paging import encode
from synth.errors import BadInput, Conflict
from synth.model import WAITING

router = APIRouter()


@router.get("/runs")
def list_runs(request: Request, held: Viewer, engine: Opened, paged: Paged) -> HTMLResponse:
    """The runs, newest first; those that wait for a person are marked."""
    listed = engine.runs(held.workspace, paged)
    later = address("/runs", {"cursor": encode(listed.ends)}) if listed.ends else None
    return page(request, "runs.html", runs=listed.rows, later=later, is_first=paged.after is None)


@router.get("/runs/{id}")
def show_run(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """One run, and where it waits the changes it would make."""
    return page(request, "run.html", **_shown(engine, held.workspace, id), problem=None)


@router.post("/runs/{id}/accept")
def accept_run(request: Request, held: Editor, engine: Opened, id: str, form: Form) -> Response:
    """Put the run in force, or what was chosen of it."""
    chosen = read_texts(form, "changes")
    try:
        engine.accept_run(held.workspace, id, held.name, chosen)
    except (BadInput, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        shown = _shown(engine, held.workspace, id)
        return page(request, "run.html", status=status, **shown, problem=str(error))
    return RedirectResponse(f"/runs/{id}", 303)


def _shown(engine: Any, workspace: str, id: str) -> dict[str, Any]:
    run = engine.run(workspace, id)
    names = engine.theme_names(workspace) | {each["key"]: each["name"] for each in run["changes"]}
    changes = [each | {"lines": list(_lines(each, names))} for each in run["changes"]]
    return {"run": run, "waits": run["state"] in WAITING, "changes": changes, "names": names}


def _lines(change: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What comes to the theme and what goes, each with its sign, most first."""
    for sign, moved in (("+", change["arriving"]), ("−", change["leaving"])):
        for other, count in _most_first(moved):
            way = "from" if sign == "+" else "to"
            yield sign, f"{plural(count, 'excerpt')} {way} {names.get(other, other) if other else 'no theme'}"


def _most_first(moved: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    return sorted(moved.items(), key=lambda each: (-each[1], each[0]))
