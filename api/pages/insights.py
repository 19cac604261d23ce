"""Insights: what the themes say, sentence by sentence with its quotes; read, reviewed, rewritten and published."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Viewer
from api.insights import Freshness, State
from api.pages.forms import Form, read_text, read_texts
from api.pages.narrowing import address
from api.pages.rendering import page
from synth.engine import Engine
from synth.errors import BadInput, Conflict

STATES: tuple[State, ...] = ("draft", "reviewed", "published")
FRESHNESS: tuple[Freshness, ...] = ("fresh", "ageing", "contradicted")
SHOWN = 20  # on a page
NEXT = {"draft": ("reviewed", "Review"), "reviewed": ("published", "Publish")}

router = APIRouter()


@router.get("/insights")
def list_insights(
    request: Request,
    held: Viewer,
    engine: Opened,
    state: Annotated[State | None, Query()] = None,
    freshness: Annotated[Freshness | None, Query()] = None,
    after: Annotated[str | None, Query(max_length=20)] = None,
) -> HTMLResponse:
    """All of them or those of one kind, the one with most mentions first, some at a time; `after` is the last seen."""
    found = engine.insights(held.workspace, state=state, freshness=freshness)["insights"]
    chosen = {"state": state, "freshness": freshness}
    shown, more = _cut(sorted(found, key=_mentions, reverse=True), after)
    return page(
        request,
        "insights.html",
        insights=shown,
        amount=len(found),
        chosen=chosen,
        later=address("/insights", {**chosen, "after": shown[-1]["id"]}) if more else None,
        is_first=after is None,
        names=engine.theme_names(held.workspace),
        choices=[_choice("state", each, chosen) for each in STATES]
        + [_choice("freshness", each, chosen) for each in FRESHNESS],
        narrowed=any(chosen.values()),
    )


@router.get("/insights/{id}")
def show_insight(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """One of them, under its permanent address."""
    return _show(request, engine, held.workspace, id)


@router.post("/insights")
def make_insight(held: Editor, engine: Opened, form: Form) -> Response:
    """Make a draft from a theme, an answer or the excerpts that were chosen."""
    wanted = {
        "theme_id": read_text(form, "theme"),
        "answer_id": read_text(form, "answer"),
        "excerpt_ids": read_texts(form, "excerpts"),
        "title": read_text(form, "title"),
    }
    made = engine.make_insight(held.workspace, held.name, {name: value for name, value in wanted.items() if value})
    return RedirectResponse(f"/insights/{made['id']}", 303)


@router.post("/insights/{id}")
def change_insight(request: Request, held: Editor, engine: Opened, id: str, form: Form) -> Response:
    """Do what one of its forms asks for, or say why not beside what was written."""
    try:
        engine.change_insight(held.workspace, held.name, id, _wanted(engine, held.workspace, id, form))
    except (BadInput, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        return _show(request, engine, held.workspace, id, problem=str(error), written=form, status=status)
    return RedirectResponse(f"/insights/{id}", 303)


def _cut(insights: list[dict[str, Any]], after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """A page of them, and whether there are more; from the beginning where the last one seen is gone."""
    ids = [insight["id"] for insight in insights]
    start = ids.index(after) + 1 if after in ids else 0
    return insights[start : start + SHOWN], start + SHOWN < len(insights)


def _show(
    request: Request,
    engine: Engine,
    workspace: str,
    id: str,
    *,
    problem: str | None = None,
    written: FormData | None = None,
    status: int = 200,
) -> HTMLResponse:
    found = engine.insight(workspace, id)
    return page(
        request,
        "insight.html",
        status=status,
        insight=found,
        names=engine.theme_names(workspace),
        history=engine.insight_history(workspace, id)["history"],
        next=NEXT.get(found["state"]),
        problem=problem,
        written=dict(written.items()) if written else {},
    )


def _wanted(engine: Engine, workspace: str, id: str, form: FormData) -> dict[str, Any]:
    """The change a form of the page asks for."""
    do = read_text(form, "do")
    if do == "title":
        return {"title": read_text(form, "title")}
    if do == "state":
        return {"state": read_text(form, "state")}
    seen = engine.insight(workspace, id)
    stated = seen["claims"]
    claims: list[dict[str, Any]] = [{"kept": place} for place in range(1, len(stated) + 1)]
    place = int(number) - 1 if (number := read_text(form, "claim")).isdigit() else -1
    if do in ("rewrite", "drop", "first") and not 0 <= place < len(claims):
        raise BadInput("This page is out of date; open the insight again.")
    if do in ("rewrite", "drop", "first") and read_text(form, "was") != stated[place]["text"]:
        raise BadInput("The insight was changed meanwhile; this is how it is now. Look at it, and change it again.")
    if do == "rewrite":
        claims[place]["text"] = read_text(form, "text")
    elif do == "drop":
        del claims[place]
    elif do == "first":
        claims.insert(0, claims.pop(place))
    elif do == "add":
        quote = {"excerpt_id": read_text(form, "excerpt"), "quote": read_text(form, "quote")}
        claims.append({"text": read_text(form, "text"), "quotes": [quote]})
    else:
        raise BadInput("This page is out of date; open the insight again.")
    return {"claims": claims, "unchanged_since": seen["updated_at"]}


def _choice(name: str, value: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """A link that narrows the list to one value, or widens it again."""
    is_on = chosen[name] == value
    query = {**chosen, name: None if is_on else value}
    return {
        "label": value,
        "on": is_on,
        "href": address("/insights", {key: each for key, each in query.items() if each}),
    }


def _mentions(insight: dict[str, Any]) -> float:
    return max((float(count["value"]) for count in insight["counts"] if count["unit"] == "mentions"), default=0.0)
