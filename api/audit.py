"""The audit log: who changed what, and who read whose personal data."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Day, Opened, Paged, Plain
from api.paging import paged
from api.shapes import replies

router = APIRouter(tags=["workspace"])


@router.get("/audit", operation_id="list_audit_events", responses=replies(shapes.AuditPage, 400))
def list_audit_events(
    held: Admin,
    engine: Opened,
    page: Paged,
    since: Day = None,
    until: Day = None,
    action: Annotated[Plain | None, Query(max_length=200, description="As `action` says in an event.")] = None,
    who: Annotated[Plain | None, Query(max_length=200, description="The name of a credential.")] = None,
    subject: Annotated[Plain | None, Query(max_length=200, description="An id, or the name of a credential.")] = None,
) -> JSONResponse:
    """The events, newest first. They hold ids, never what somebody said; nothing in the log can be changed."""
    asked = {"since": since, "until": until, "action": action, "who": who, "subject": subject}
    return paged("events", engine.audit(held.workspace, page, **asked))
