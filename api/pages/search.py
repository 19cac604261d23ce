"""Search: the excerpts that speak to a query, with the words that match, and how they spread."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import Opened, Plain, Viewer
from api.pages.narrowing import Narrowed, Narrowing
from api.pages.rendering import page
from synth.answers.searching import LONGEST

SHOWN = 50
PATH = "/search"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Facet:
    """One value among the results: how many have it, and the same search with only those."""

    label: str
    amount: int
    href: str


@router.get(PATH)
def show_search(
    request: Request,
    held: Viewer,
    engine: Opened,
    narrowed: Narrowed,
    q: Annotated[Plain, Query(max_length=LONGEST)] = "",
) -> HTMLResponse:
    """The form alone, or with the best results."""
    names = engine.theme_names(held.workspace)
    found = engine.search(held.workspace, q, narrowed.filters, limit=SHOWN)["results"] if q.strip() else []
    facets = {
        "Source": _facets(found, "source", q, narrowed, {}),
        "Theme": _facets(found, "theme_id", q, narrowed, names),
        "Segment": _facets(found, "segment", q, narrowed, {}),
    }
    return page(
        request,
        "search.html",
        q=q,
        results=found,
        names=names,
        facets={name: values for name, values in facets.items() if len(values) > 1},
        narrowed=narrowed,
        chips=list(narrowed.chips(PATH, names, engine.parts.timezone, q=q)),
        most=SHOWN,
    )


def _facets(
    found: Sequence[Mapping[str, Any]], field: str, q: str, narrowed: Narrowing, names: Mapping[str, str]
) -> list[Facet]:
    """The values of a field among the results, most results first."""
    counted = Counter(result[field] for result in found if result[field])
    key = field.removesuffix("_id")
    return [
        Facet(names.get(value, value), amount, narrowed.adding(PATH, key, value, q=q))
        for value, amount in counted.most_common(8)
    ]
