"""The account: who is signed in here and where else, their password, and signing out."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Opened, Viewer
from api.pages.clock import CHOSEN, zones
from api.pages.forms import Form, read_text
from api.pages.rendering import page
from api.signing_in import limit_own_tries
from synth.access import Access
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotAllowed

_YEAR = 365 * 24 * 3600  # seconds

router = APIRouter()


@router.get("/account")
def show_account(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """Who asks, in which role, and how to sign out or let others in."""
    return _show(request, held, engine)


@router.post("/account/password", dependencies=[Depends(limit_own_tries)])
def set_password(request: Request, held: Viewer, engine: Opened, form: Form) -> Response:
    """Set a password; it ends the other sessions."""
    try:
        engine.set_password(held, _typed(form, "current"), _typed(form, "new"))
    except (BadInput, NotAllowed, Conflict) as error:
        return _show(request, held, engine, problem=str(error), status=400)
    return _show(request, held, engine, done="Your password is set. Your other sessions have ended.")


@router.post("/account/sessions/end")
def end_session(held: Viewer, engine: Opened, form: Form) -> RedirectResponse:
    """End one session, or all the others."""
    engine.end_session(held, read_text(form, "session") or None)
    return RedirectResponse("/account#sessions", 303)


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


def _show(
    request: Request,
    held: Access,
    engine: Engine,
    *,
    problem: str | None = None,
    done: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    sessions = engine.sessions(held)["sessions"] if held.kind == "session" else []
    return page(
        request,
        "account.html",
        status=status,
        problem=problem,
        done=done,
        held=held,
        user=engine.user(held),
        sessions=sessions,
        this=next((each for each in sessions if each["is_this"]), None),
        chosen=CHOSEN in request.cookies,
        zones=sorted(zones()),
    )


def _typed(form: Form, name: str) -> str:
    """A password as it was typed, with the space around it."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
