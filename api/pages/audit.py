"""The audit log, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.deps import Admin, Day, Opened, Paged, Plain
from api.pages.narrowing import address
from api.pages.rendering import page
from api.paging import encode
from synth.auditing import ACTIONS

PATH = "/audit"

router = APIRouter()
Typed = Annotated[Plain, Query(max_length=200)]


@router.get(PATH)
def list_audit_events(
    request: Request,
    held: Admin,
    engine: Opened,
    paged: Paged,
    since: Day = None,
    until: Day = None,
    action: Typed = "",
    who: Typed = "",
    subject: Typed = "",
) -> HTMLResponse:
    """Who did what, newest first."""
    asked = {
        "since": since or None,
        "until": until or None,
        "action": action or None,
        "who": who.strip() or None,
        "subject": subject.strip() or None,
    }
    listed = engine.audit(held.workspace, paged, **asked)
    return page(
        request,
        "audit.html",
        events=listed.rows,
        asked=asked,
        actions=ACTIONS,
        days=engine.settings.audit_days,
        later=address(PATH, asked | {"cursor": encode(listed.ends)}) if listed.ends else None,
        is_first=paged.after is None,
    )
