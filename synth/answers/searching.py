"""Search as people use it: excerpts that speak to a query, with their place and theme, and where the words match."""

from typing import Any

from synth.answers.retrieval import load_hits, search
from synth.errors import BadInput
from synth.model import Filters
from synth.parts import Parts
from synth.wire.answers import excerpt_document, filters_document

LONGEST = 2_000  # characters of a query
MOST = 200  # results of one search


def search_excerpts(parts: Parts, workspace: str, query: str, filters: Filters, *, limit: int) -> dict[str, Any]:
    """What `synth search --json` prints and `GET /v1/search` returns; raises BadInput for a query that is none."""
    if not query.strip():
        raise BadInput("The search is empty; type what to look for.")
    if len(query) > LONGEST:
        raise BadInput(f"The search is {len(query):,} characters long; use at most {LONGEST:,}.")
    if not 1 <= limit <= MOST:
        raise BadInput(f"A search returns 1 to {MOST} results, not {limit}.")
    with parts.database.at_once():
        found = search(parts, workspace, query, filters, limit=limit)
        with parts.database.read() as session:
            excerpts = load_hits(session, workspace, found.hits)
    scores = {hit.excerpt_id: hit for hit in found.hits}
    results = [
        excerpt_document(excerpt)
        | {"score": round(scores[excerpt.id].score, 4), "similarity": round(scores[excerpt.id].similarity, 4)}
        for excerpt in excerpts
    ]
    return {"query": query, "filter": filters_document(filters), "results": results}
