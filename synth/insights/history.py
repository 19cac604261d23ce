"""What happened to an insight: every step with who and when, oldest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.wire.values import moment

SERVICE = "synth"  # who acts where no person does
NO_CHANGE: Mapping[str, Any] = {}


def note(
    session: Session,
    insight: tables.Insight,
    action: str,
    actor: str,
    at: datetime,
    change: Mapping[str, Any] = NO_CHANGE,
) -> None:
    """Write a step down, in the transaction that does it."""
    row = {"workspace_id": insight.workspace_id, "insight_id": insight.id, "action": action, "actor": actor, "at": at}
    session.execute(insert(tables.InsightEvent), [row | {"change": dict(change)}])


def list_events(session: Session, workspace: str, insight: str) -> list[dict[str, Any]]:
    """The steps of one insight."""
    event = tables.InsightEvent
    query = select(event).where(event.workspace_id == workspace, event.insight_id == insight).order_by(event.seq)
    return [
        {"action": each.action, "actor": each.actor, "at": moment(each.at), "change": each.change}
        for each in session.scalars(query)
    ]
