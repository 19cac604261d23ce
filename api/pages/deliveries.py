"""Delivery: when the weekly report is written, who gets it, what became of each letter; and the way out of a letter."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deliveries import check_kind
from api.deps import Admin, Editor, Opened, Plain
from api.pages.forms import Form, read_text, read_texts
from api.pages.rendering import page
from synth.access import Access
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.reports.scheduling import WEEKDAYS

PATH = "/reports/delivery"
WAY_OUT = "/unsubscribe"

router = APIRouter()
Key = Annotated[Plain, Query(max_length=100)]


@router.get(PATH)
def show_delivery(request: Request, held: Editor, engine: Opened) -> HTMLResponse:
    """The schedule, the subscribers, the letters."""
    return _show(request, held, engine)


@router.post(PATH)
def subscribe(request: Request, held: Editor, engine: Opened, form: Form) -> Response:
    """Add a subscriber. The secret of a webhook is on the page that answers, and on no other."""
    kind, address = read_text(form, "kind"), read_text(form, "address")
    try:
        check_kind(held, kind)
        where = [written for written in read_texts(form, "where") if written.strip()]
        wanted = read_text(form, "form") or "whole"
        made = engine.subscribe(held.workspace, held.name, kind, address, wanted, where=where)
    except (BadInput, Conflict, NotFound) as error:
        return _show(request, held, engine, problem=str(error), status=400, kind=kind, address=address)
    if made["secret"] is None:
        return RedirectResponse(PATH, 303)
    return _show(request, held, engine, made=made)


@router.post(PATH + "/schedule")
def set_schedule(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Change the day and the hour."""
    hour = read_text(form, "hour")
    try:
        engine.set_schedule(held.workspace, read_text(form, "weekday"), int(hour) if hour.isdecimal() else -1)
    except BadInput as error:
        return _show(request, held, engine, problem=str(error), status=400)
    return RedirectResponse(PATH, 303)


@router.post(PATH + "/{id}/send")
def send_report(request: Request, held: Editor, engine: Opened, id: str) -> Response:
    """Send the latest report to one subscriber now."""
    try:
        engine.send_report(held.workspace, held.name, id)
    except (NotFound, Conflict) as error:
        return _show(request, held, engine, problem=str(error), status=400)
    return RedirectResponse(f"{PATH}#letters", 303)


@router.post(PATH + "/{id}/end")
def end_subscription(held: Editor, engine: Opened, id: str) -> Response:
    """Send nothing more there."""
    engine.end_subscription(held.workspace, held.name, id)
    return RedirectResponse(PATH, 303)


@router.get(WAY_OUT)
def ask_to_end(request: Request, engine: Opened, key: Key = "") -> HTMLResponse:
    """What the link in a letter opens: a question, as programs that look at links must not end anything."""
    return page(request, "unsubscribe.html", subscription=engine.subscription_of_link(key), key=key, ended=False)


@router.post(WAY_OUT)
def end_by_link(request: Request, engine: Opened, key: Key = "") -> HTMLResponse:
    """End it: asked for by that page, or by a mail program's own button (RFC 8058). The key is the permission."""
    return page(request, "unsubscribe.html", subscription=engine.end_by_link(key), key=key, ended=True)


def _show(
    request: Request,
    held: Access,
    engine: Engine,
    *,
    problem: str | None = None,
    status: int = 200,
    made: dict[str, Any] | None = None,
    kind: str = "email",
    address: str = "",
) -> HTMLResponse:
    closed = {} if held.may("admin") else {"slack", "teams", "discord", "webhook", "folder"}
    return page(
        request,
        "delivery.html",
        status=status,
        schedule=engine.schedule(held.workspace),
        weekdays=WEEKDAYS,
        subscriptions=engine.subscriptions(held.workspace)["subscriptions"],
        deliveries=engine.deliveries(held.workspace)["deliveries"],
        channels=[each for each in engine.channels() if each not in closed],
        administers=held.may("admin"),
        names=engine.theme_names(held.workspace),
        areas=engine.themes(held.workspace, level="areas")["areas"],
        problem=problem,
        made=made,
        kind=kind,
        address=address,
    )
