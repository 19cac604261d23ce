"""Search: excerpts that speak to a query."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Given, Opened, Plain, Viewer
from api.shapes import replies
from synth.answers.faceting import Way
from synth.answers.searching import LONGEST, MOST

router = APIRouter(prefix="/search", tags=["insights"])

Words = Annotated[Plain, Query(min_length=1, max_length=LONGEST, description="What to look for.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]


Facets = Annotated[bool, Query(description="Count how all that matches spreads, not the results alone.")]
By = Annotated[
    Way | None, Query(description="What is counted: what says all of the words, or what is near in meaning.")
]


@router.get("", operation_id="search", responses=replies(shapes.Results, 400))
def search(
    held: Viewer, engine: Opened, given: Given, q: Words, limit: Limit = 20, facets: Facets = False, match: By = None
) -> JSONResponse:
    """The excerpts that speak to a query by meaning or by words, best first; with `facets`, all matches by what they
    have in common.
    """
    found = engine.search(held.workspace, q, given, limit=limit)
    counted = engine.facets(held.workspace, q, given, way=match) if facets else None
    return JSONResponse(found | {"facets": counted})
