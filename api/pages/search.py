"""Search: the excerpts that speak to a query, with the words that match, and how all that matches spreads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Plain, Viewer
from api.pages.narrowing import Narrowed, Narrowing, address
from api.pages.rendering import page
from api.pages.wording import language
from api.search import By
from synth.answers.searching import LONGEST
from synth.model import Condition

SHOWN = 50
PATH = "/search"
OTHER: Final = {"words": "meaning", "meaning": "words"}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One value among all that matches: how many excerpts have it, and the search with only those.

    Without an address where the search is narrowed to it already.
    """

    label: str
    amount: int
    href: str | None


@router.get(PATH)
def show_search(
    request: Request,
    held: Viewer,
    engine: Opened,
    narrowed: Narrowed,
    q: Annotated[Plain, Query(max_length=LONGEST)] = "",
    match: By = None,
) -> HTMLResponse:
    """The form alone, or with the best results."""
    names, asked = engine.theme_names(held.workspace), bool(q.strip())
    found = engine.search(held.workspace, q, narrowed.filters, limit=SHOWN)["results"] if asked else []
    counted = engine.facets(held.workspace, q, narrowed.filters, way=match) if asked else None
    kept = {"q": q, "match": match}
    return page(
        request,
        "search.html",
        q=q,
        match=match,
        results=found,
        names=names,
        counted=counted,
        other_way=address(PATH, narrowed.query(q=q, match=OTHER[counted["way"]])) if counted else None,
        facets=[
            (facet["key"], links, facet["others"])
            for facet in (counted["facets"] if counted else ())
            if len(links := list(_links(facet, narrowed, names, kept))) > 1 or links[0].href is None
        ],
        narrowed=narrowed,
        chips=list(narrowed.chips(PATH, names, engine.parts.zone(held.workspace), **kept)),
        most=SHOWN,
    )


def _links(
    facet: Mapping[str, Any], narrowed: Narrowing, names: Mapping[str, str], kept: Mapping[str, Any]
) -> Iterator[FacetLink]:
    labels = {"theme": lambda value: names.get(value, value), "language": language}
    for each in facet["values"]:
        label = labels.get(facet["key"], str)(each["value"])
        if each["where"] is None:
            within = replace(narrowed, since=each["since"], until=each["until"])
            href = None if within == narrowed else address(PATH, within.query(**kept))
        elif Condition(facet["key"], each["value"]) in narrowed.filters.where:
            href = None
        else:
            href = narrowed.adding(PATH, facet["key"], each["value"], **kept)
        yield FacetLink(label, each["excerpts"], href)
