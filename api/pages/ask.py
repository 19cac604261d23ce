"""Ask: a question in one's own words, and its answer with counts and quotes, or an abstention."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Document, Opened, Plain, Viewer
from api.pages.narrowing import Chip, Narrowed, Narrowing, address, list_address
from api.pages.rendering import page
from api.pages.wording import condition
from api.questions import LONGEST_ID
from synth.answers.planning.planning import LONGEST_QUESTION
from synth.answers.wording import say_time
from synth.model import Filters
from synth.wire.answers import answer_document, condition_document, read_filters_document

PATH = "/ask"
Asking = Mapping[str, Any]  # the parameters of the address that say what is asked: q, follows, drop
EXAMPLES = (
    "What do people complain about most?",
    "What changed in the last four weeks?",
    "What do Enterprise customers say about invoices?",
    "How many people mention the mobile app?",
)

ASKED = {
    "what": "what is said",
    "count": "how many",
    "share": "which share",
    "top": "what comes up most",
    "compare": "a comparison",
    "trend": "a change over time",
    "since": "since when",
    "who": "who says it",
    "why": "why",
    "examples": "examples",
}

router = APIRouter()


@router.get(PATH)
def show_ask(
    request: Request,
    held: Viewer,
    engine: Opened,
    narrowed: Narrowed,
    q: Annotated[Plain, Query(max_length=LONGEST_QUESTION)] = "",
    drop: Annotated[
        list[Annotated[Plain, Query(max_length=LONGEST_CONDITION)]], Query(max_length=MOST_CONDITIONS)
    ] = [],  # noqa: B006
    follows: Annotated[Plain, Query(max_length=LONGEST_ID)] = "",
    answer: Annotated[Plain, Query(max_length=LONGEST_ID)] = "",
) -> HTMLResponse:
    """The form alone, or with the answer. What the question was understood to mean can be taken away piece by piece.

    `answer` is one that was just given to this question, and told as it was made: it is shown and not asked for again.
    """
    common: Document = {"narrowed": narrowed, "examples": EXAMPLES, "streams": engine.asks_a_model, "words": ASKED}
    if not q.strip():
        return page(request, "ask.html", q="", answer=None, **common)
    written = engine.kept_answer(held.workspace, answer) if answer else None
    if written is None:
        asked = engine.ask(held.workspace, q, narrowed.filters, dropped=drop, follows=follows or None)
        written = answer_document(asked)
    else:
        q = written["plan"]["question"]
    asking = {"q": q, "follows": follows, "drop": drop}
    names, zone = engine.theme_names(held.workspace), engine.parts.zone(held.workspace)
    return page(
        request,
        "ask.html",
        q=q,
        answer=written,
        asked=ASKED[written["plan"]["asked"]],
        counts=[count | {"href": _list(count, written["plan"], zone)} for count in written["counts"]],
        themes=[theme | {"href": f"/themes/{theme['id']}"} for theme in written["themes"][:6]],
        chips=list(_chips(written["plan"], narrowed, names, zone, asking)),
        dropped=[(each, _again(asking, narrowed, [other for other in drop if other != each])) for each in drop],
        **common,
    )


def _list(count: Mapping[str, Any], plan: Document, zone: str) -> str:
    alone = plan["asked"] == "compare" and not plan["options"]  # a subject that is held against others
    about = "" if count["method"] == "counted" else count["label"] if alone else plan["about"]
    return list_address(count["filter"], zone, about=about)


def _chips(plan: Document, narrowed: Narrowing, names: Mapping[str, str], zone: str, asking: Asking) -> Iterator[Chip]:
    """The filters in force; one that was set beside the question is taken away there, any other is dropped."""
    drop = asking["drop"]
    filters = read_filters_document(plan["filters"])
    for each in filters.where:
        written = f"{each.key}{each.operator}{each.value}"
        if written in narrowed.where:
            kept = [other for other in narrowed.where if other != written]
            href = address(PATH, {**asking, **narrowed.query(), "where": kept})
        else:
            href = _again(asking, narrowed, [*drop, written])
        yield Chip(condition(condition_document(each), names), href)
    if filters.since or filters.until:
        yield _time_chip(filters, narrowed, zone, asking)


def _time_chip(filters: Filters, narrowed: Narrowing, zone: str, asking: Asking) -> Chip:
    """The time in force: what was set beside the question is taken away, what the question named is dropped."""
    label = say_time(filters, zone)
    if narrowed.since or narrowed.until:
        return Chip(label, address(PATH, {**asking, "where": list(narrowed.where)}))
    return Chip(label, _again(asking, narrowed, [*asking["drop"], "time"]))


def _again(asking: Asking, narrowed: Narrowing, drop: list[str]) -> str:
    return address(PATH, {**asking, "drop": sorted(set(drop)), **narrowed.query()})
