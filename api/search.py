"""Search: excerpts that speak to a query."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Given, Opened, Plain, Viewer
from api.shapes import replies
from synth.answers.searching import LONGEST, MOST

router = APIRouter(prefix="/search", tags=["insights"])

Words = Annotated[Plain, Query(min_length=1, max_length=LONGEST, description="What to look for.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]


@router.get("", operation_id="search", responses=replies(shapes.Results, 400))
def search(held: Viewer, engine: Opened, given: Given, q: Words, limit: Limit = 20) -> JSONResponse:
    """The excerpts that speak to a query by meaning or by words, best first."""
    return JSONResponse(engine.search(held.workspace, q, given, limit=limit))
