"""The account: who is signed in here, and signing out. Signing in is a link; see `api.auth`."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.deps import Viewer
from api.pages.rendering import page

router = APIRouter()


@router.get("/account")
def show_account(request: Request, held: Viewer) -> HTMLResponse:
    """Who asks, in which role, and how to sign out or let others in."""
    return page(request, "account.html", held=held)
