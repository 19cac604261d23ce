"""Delivery of weekly reports: when they are written, who gets them, what became of each letter."""

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Editor, Opened, Viewer
from api.errors import problems
from api.shapes import replies
from synth.access import Access
from synth.delivery.outgoing import KINDS
from synth.errors import NotAllowed

router = APIRouter(tags=["insights"])


@router.get("/schedule", operation_id="get_schedule", responses=replies(shapes.Schedule))
def get_schedule(held: Viewer, engine: Opened) -> JSONResponse:
    """The day of the week and the hour from which the report of the week before is written."""
    return JSONResponse(engine.schedule(held.workspace))


@router.put("/schedule", operation_id="set_schedule", responses=replies(shapes.Schedule, 400))
def set_schedule(held: Admin, engine: Opened, sent: shapes.SentSchedule) -> JSONResponse:
    """Change that day and hour."""
    return JSONResponse(engine.set_schedule(held.workspace, sent.weekday, sent.hour))


@router.get("/subscriptions", operation_id="list_subscriptions", responses=replies(shapes.SubscriptionList))
def list_subscriptions(held: Editor, engine: Opened) -> JSONResponse:
    """Who gets the weekly report."""
    return JSONResponse(engine.subscriptions(held.workspace))


@router.post(
    "/subscriptions",
    operation_id="subscribe",
    status_code=201,
    responses=replies(shapes.SubscriptionMade, 400, 409, status=201),
)
def subscribe(held: Editor, engine: Opened, sent: shapes.SentSubscription) -> JSONResponse:
    """Send every weekly report to an address. The secret of a webhook is shown this once."""
    check_kind(held, sent.kind)
    made = engine.subscribe(held.workspace, held.name, sent.kind, sent.address, sent.form, where=sent.where)
    return JSONResponse(made, 201)


@router.delete(
    "/subscriptions/{id}",
    operation_id="end_subscription",
    status_code=204,
    response_class=Response,
    responses=problems(404),
)
def end_subscription(held: Editor, engine: Opened, id: str) -> Response:
    """Send nothing more there."""
    engine.end_subscription(held.workspace, held.name, id)
    return Response(status_code=204)


@router.post(
    "/subscriptions/{id}/deliveries",
    operation_id="send_report",
    status_code=202,
    responses=replies(shapes.Delivery, 404, 409, status=202),
)
def send_report(held: Editor, engine: Opened, id: str, sent: shapes.SentDelivery) -> JSONResponse:
    """Send a report that was archived, the latest by default, to one subscriber now."""
    return JSONResponse(engine.send_report(held.workspace, held.name, id, sent.report), 202)


@router.get("/deliveries", operation_id="list_deliveries", responses=replies(shapes.DeliveryList))
def list_deliveries(held: Editor, engine: Opened) -> JSONResponse:
    """The last hundred letters, the newest first, with how each stands."""
    return JSONResponse(engine.deliveries(held.workspace))


@router.get("/deliveries/{id}", operation_id="get_delivery", responses=replies(shapes.Delivery, 404))
def get_delivery(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """One letter and how it stands."""
    return JSONResponse(engine.delivery(held.workspace, id))


def check_kind(held: Access, kind: str) -> None:
    """Readers are an editor's to add; what else leaves this service is an administrator's."""
    if kind in KINDS and kind != "email" and not held.may("admin"):
        raise NotAllowed(f"Only an administrator sends reports by {kind}; yours is the role {held.role}.")
