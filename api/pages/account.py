"""The account: who is signed in here, and signing out. Signing in is a link; see `api.auth`."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import Viewer
from api.pages.clock import CHOSEN, zones
from api.pages.forms import Form, read_text
from api.pages.rendering import page
from synth.errors import BadInput

_YEAR = 365 * 24 * 3600  # seconds

router = APIRouter()


@router.get("/account")
def show_account(request: Request, held: Viewer) -> HTMLResponse:
    """Who asks, in which role, and how to sign out or let others in."""
    return page(request, "account.html", held=held, chosen=CHOSEN in request.cookies, zones=sorted(zones()))


@router.post("/account/zone")
def choose_zone(held: Viewer, form: Form) -> RedirectResponse:  # noqa: ARG001 - whoever is signed in
    """Tell times by another clock than the browser's; by the browser's again where none is named."""
    zone = read_text(form, "zone")
    if zone and zone not in zones():
        raise BadInput(f"There is no zone '{zone}'; write one as Europe/Berlin.")
    response = RedirectResponse("/account", 303)
    if zone:
        response.set_cookie(CHOSEN, zone.replace("/", "%2F"), max_age=_YEAR, httponly=True, samesite="lax")
    else:
        response.delete_cookie(CHOSEN, httponly=True, samesite="lax")
    return response
