"""Ask: a question in one's own words, and its answer with counts and quotes, or an abstention."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Opened, Plain, Viewer
from api.pages.narrowing import Chip, Narrowed, Narrowing, address, list_address
from api.pages.rendering import page
from api.pages.search import theme_names
from api.pages.wording import condition, day
from api.questions import LONGEST
from synth.model import Answer
from synth.wire import answer_document

PATH = "/ask"
EXAMPLES = (
    "What do people complain about most?",
    "What changed in the last four weeks?",
    "What do Enterprise customers say about invoices?",
    "How many people mention the mobile app?",
)

router = APIRouter()


@router.get(PATH)
def show_ask(
    request: Request,
    held: Viewer,
    engine: Opened,
    narrowed: Narrowed,
    q: Annotated[Plain, Query(max_length=LONGEST)] = "",
    drop: Annotated[list[Annotated[Plain, Query(max_length=LONGEST_CONDITION)]], Query(max_length=MOST_CONDITIONS)] = [],  # noqa: B006
) -> HTMLResponse:
    """The form alone, or with the answer. What the question was understood to mean can be taken away piece by piece."""
    if not q.strip():
        return page(request, "ask.html", q="", answer=None, narrowed=narrowed, examples=EXAMPLES)
    answer = engine.ask(held.workspace, q, narrowed.filters, dropped=drop)
    written, names, zone = answer_document(answer), theme_names(engine, held.workspace), engine.parts.timezone
    return page(
        request,
        "ask.html",
        q=q,
        answer=written,
        counts=[count | {"href": _list(count, answer, zone)} for count in written["counts"]],
        themes=[theme | {"href": f"/themes/{theme['id']}"} for theme in written["themes"][:6]],
        chips=list(_chips(written["plan"], narrowed, names, zone, drop)),
        dropped=[(each, _again(q, narrowed, [other for other in drop if other != each])) for each in drop],
        narrowed=narrowed,
        examples=EXAMPLES,
    )


def _list(count: Mapping[str, Any], answer: Answer, zone: str) -> str:
    about = "" if count["method"] == "counted" else answer.plan.about
    return list_address(count["filter"], zone, about=about)


def _chips(
    plan: Mapping[str, Any], narrowed: Narrowing, names: Mapping[str, str], zone: str, drop: list[str]
) -> Iterator[Chip]:
    """The filters in force; one that was set beside the question is taken away there, any other is dropped."""
    q = plan["question"]
    for each in plan["filters"]["where"]:
        written = f"{each['key']}{each['operator']}{each['value']}"
        if written in narrowed.where:
            kept = [other for other in narrowed.where if other != written]
            href = address(PATH, {"q": q, "drop": drop, **narrowed.query(), "where": kept})
        else:
            href = _again(q, narrowed, [*drop, written])
        yield Chip(condition(each, names), href)
    yield from _time_chips(plan, narrowed, zone, drop)


def _time_chips(plan: Mapping[str, Any], narrowed: Narrowing, zone: str, drop: list[str]) -> Iterator[Chip]:
    for name in ("since", "until"):
        if plan["filters"][name] is None:
            continue
        bound = getattr(narrowed.filters, name)
        label = f"{name} {day(plan['filters'][name], zone)}" if name == "since" else f"before {day(plan['filters'][name], zone)}"
        if bound is not None and bound.isoformat() == plan["filters"][name]:
            yield Chip(label, address(PATH, {"q": plan["question"], "drop": drop, **narrowed.query(), name: ""}))
        else:
            yield Chip(label, _again(plan["question"], narrowed, [*drop, "time"]))


def _again(q: str, narrowed: Narrowing, drop: list[str]) -> str:
    return address(PATH, {"q": q, "drop": sorted(set(drop)), **narrowed.query()})
