"""What endpoints ask for: the engine, who asks in which role and scope, filters of the address, the page of a list."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, Field

from api.auth import SAFE_METHODS
from api.paging import decode
from synth.access import SCOPES, SENDS, Access, Role, Scope
from synth.engine import Engine
from synth.errors import NotAllowed
from synth.model import Filters
from synth.store.reading import Page

Document = dict[str, Any]
MOST_CONDITIONS, LONGEST_CONDITION, MOST_ROWS = 20, 500, 200


def _readable(text: str) -> str:
    """Text a store can hold: PostgreSQL takes no NUL, and half a surrogate pair is no character."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it holds characters that are none")
    return text


def _no_conditions() -> list[str]:
    """As `list`, whose signature as a built-in is read anew with every request: 2 % of what a server computed."""
    return []


Plain = Annotated[str, AfterValidator(_readable)]
Day = Annotated[
    Plain | None,
    Query(max_length=10, description="A day in the zone of the workspace; included.", examples=["2026-11-22"]),
]
Conditions = Annotated[
    list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]],
    Query(
        default_factory=_no_conditions,
        max_length=MOST_CONDITIONS,
        description="KEY=VALUE, KEY!=VALUE, KEY<=NUMBER or KEY>=NUMBER; may be repeated. Keys: source, kind, segment, "
        "plan, account, person, language, rating, theme, sentiment, or an imported attribute.",
        examples=[["segment=Enterprise"]],
    ),
]


def _engine(request: Request) -> Engine:
    """The engine as who asks may see through it: nothing else decides what is withheld from whom."""
    engine: Engine = request.app.state.engine
    held: Access | None = getattr(request.state, "access", None)
    return engine if held is None or held.may("admin") else engine.for_reader(held.reader)


Opened = Annotated[Engine, Depends(_engine)]


def require(role: Role, *scopes: Scope) -> Callable[[Request], Access]:
    """A dependency that gives who asks, and refuses those whose role or scope does not include this.

    Where no scopes are named, what changes nothing by its method is for `read`, and nothing is for `ingest`.
    """

    def allowed(request: Request) -> Access:
        held: Access = request.state.access
        if not held.may(role):
            raise NotAllowed(f"This needs the role {role}; yours is {held.role}.")
        reading: tuple[Scope, ...] = ("read",) if request.method in SAFE_METHODS else ()
        if held.scope not in ("all", *(scopes or reading)):
            raise NotAllowed(f"This token may only {SCOPES[held.scope]}.")
        return held

    return allowed


Viewer = Annotated[Access, Depends(require("viewer"))]
Editor = Annotated[Access, Depends(require("editor"))]
Researcher = Annotated[Access, Depends(require("researcher"))]
Admin = Annotated[Access, Depends(require("admin"))]
Asker = Annotated[Access, Depends(require("viewer", "read"))]  # what is asked in a body, and changes nothing
Previewer = Annotated[Access, Depends(require("admin", "read"))]  # the same for administrators
Sender = Annotated[Access, Depends(require(SENDS, "ingest"))]
Watcher = Annotated[Access, Depends(require("viewer", "read", "ingest"))]  # what became of what was sent


def _filters(held: Viewer, engine: Opened, where: Conditions, since: Day = None, until: Day = None) -> Filters:
    return engine.filters(since=since, until=until, where=where, workspace=held.workspace)


Given = Annotated[Filters, Depends(_filters)]


def _page(
    cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many at most.")] = 50,
) -> Page:
    return Page(decode(cursor) if cursor else None, limit)


Paged = Annotated[Page, Depends(_page)]
