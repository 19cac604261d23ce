"""Who speaks: the people, accounts and sources behind a number, who said most first."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Paged, Viewer
from api.pages.narrowing import Narrowed, address
from api.pages.rendering import page
from api.paging import encode
from synth.engine import Engine
from synth.store.voices import Voice

ONE: dict[Voice, str] = {"people": "person", "accounts": "account", "sources": "source"}

router = APIRouter()


@router.get("/people")
def list_people(request: Request, held: Viewer, engine: Opened, narrowed: Narrowed, paged: Paged) -> HTMLResponse:
    """The people within the filters."""
    return _list(request, held.workspace, engine, "people", narrowed, paged)


@router.get("/accounts")
def list_accounts(request: Request, held: Viewer, engine: Opened, narrowed: Narrowed, paged: Paged) -> HTMLResponse:
    """The accounts within the filters, with their revenue."""
    return _list(request, held.workspace, engine, "accounts", narrowed, paged)


@router.get("/sources")
def list_sources(request: Request, held: Viewer, engine: Opened, narrowed: Narrowed, paged: Paged) -> HTMLResponse:
    """The sources within the filters."""
    return _list(request, held.workspace, engine, "sources", narrowed, paged)


def _list(
    request: Request, workspace: str, engine: Engine, by: Voice, narrowed: Narrowed, paged: Paged
) -> HTMLResponse:
    listed = engine.voices(workspace, by, narrowed.filters, paged)
    names = engine.theme_names(workspace)
    return page(
        request,
        "voices.html",
        by=by,
        one=ONE[by],
        key=ONE[by],
        title="Where it comes from" if by == "sources" else "Who speaks",
        rows=listed.rows,
        amount=engine.count_voices(workspace, by, narrowed.filters),
        narrowed=narrowed,
        chips=list(narrowed.chips(f"/{by}", names, engine.parts.zone(workspace))),
        later=address(f"/{by}", narrowed.query(cursor=encode(listed.ends))) if listed.ends else None,
        is_first=paged.after is None,
    )
