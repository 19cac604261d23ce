"""Errors as a browser sees them: what is wrong, in one sentence, and where to go from here."""

from collections.abc import Mapping

from fastapi import Request

from api.pages.rendering import render

_HEADINGS: Mapping[int, str] = {
    400: "This cannot be used",
    401: "You are not signed in",
    403: "This is not yours to do",
    404: "There is nothing here",
    409: "Not now",
    413: "Too large",
    422: "This cannot be used",
    500: "Something broke",
    503: "Not available just now",
}


def render_fault(request: Request, status: int, detail: str, request_id: str) -> str:
    """The page of an error."""
    heading = _HEADINGS.get(status, "This did not work")
    return render(request, "fault.html", code=status, heading=heading, detail=detail, request_id=request_id)
