"""Errors as a browser sees them: what is wrong, in one sentence, and where to go from here."""

from collections.abc import Mapping

from fastapi import Request

from api.auth import NOBODY
from api.pages.rendering import render

_HEADINGS: Mapping[int, str] = {
    400: "This cannot be used",
    401: "You are not signed in",
    403: "This is not yours to do",
    404: "There is nothing here",
    405: "Nothing is done this way",
    409: "Not now",
    413: "Too large",
    422: "This cannot be used",
    429: "Too much at once",
    500: "Something broke",
    503: "Not available just now",
}
_LISTS: Mapping[str, tuple[str, str]] = {
    "themes": ("/#themes", "See the themes"),
    "insights": ("/insights", "See the insights"),
    "questions": ("/questions", "See the saved questions"),
    "reports": ("/reports", "See the reports"),
    "documents": ("/documents", "See the feedback"),
    "excerpts": ("/documents", "See the feedback"),
    "imports": ("/imports", "See the imports"),
    "research": ("/research", "See the studies"),
    "runs": ("/runs", "See the runs"),
}
_OVERVIEW = ("/", "Go to the overview")


def render_fault(request: Request, status: int, detail: str, request_id: str) -> str:
    """The page of an error. Between backticks, `detail` names commands."""
    heading = _HEADINGS.get(status, "This did not work")
    section = request.url.path.split("/")[1]
    way = _LISTS.get(section, _OVERVIEW) if request.url.path.count("/") > 1 else _OVERVIEW
    pieces = detail.removesuffix(NOBODY).strip().split("`")  # how to send a token is no news to a browser
    told = {"code": status, "heading": heading, "detail": pieces, "way": way, "request_id": request_id}
    if status == 401:  # the page that says so is the page to sign in on
        told |= {
            "ways": request.app.state.engine.ways_to_sign_in(),
            "name": "",
            "workspace": "",
            "after": _here(request),
        }
    return render(request, "fault.html", **told)


def _here(request: Request) -> str:
    """The page that was asked for, to be opened after signing in."""
    if request.method != "GET" or request.url.path == "/login":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
