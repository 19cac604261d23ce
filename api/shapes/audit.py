"""The audit log as it comes out."""

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.common import Cursor, Moment
from synth.access import Role


class AuditEvent(BaseModel):
    """One thing that somebody did."""

    id: str
    at: Moment
    who: str = Field(description="The name of the credential.")
    credential: str | None = Field(description="Its id; null for commands on the machine and the link in a letter.")
    kind: Literal["token", "login", "session", "local", "link"]
    role: Role | None = Field(description="What they were allowed to do then.")
    action: str = Field(examples=["change_role"])
    says: str = Field(description="The same in plain words.", examples=["changed the role of a user"])
    subject_kind: str | None = Field(examples=["credential"])
    subject: str | None = Field(description="The id of what it was done to.")
    subject_name: str | None = Field(description="Its name, for a credential.")
    request: str | None = Field(description="The X-Request-ID of the request; the logs say more under it.")


class AuditPage(BaseModel):
    """A page of the audit log."""

    events: list[AuditEvent]
    next: Cursor
