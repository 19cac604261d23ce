"""Fair sharing: whose turn it is when jobs of several workspaces wait for the same workers."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from synth.store.tables import Job

RECENT = timedelta(hours=1)  # before which a turn is long ago, whenever it was


def in_turn(session: Session, waiting: ColumnElement[bool], now: datetime, kinds: Collection[str] | None) -> list[str]:
    """The workspaces with a job that waits; first whose jobs run least, then who had the last turn longest ago.

    Only jobs of these `kinds` are looked at: they share workers. Without them all do.
    """
    among = [Job.kind.in_(kinds)] if kinds is not None else []
    query = select(Job.workspace_id).where(waiting, *among).distinct()
    found = sorted(session.scalars(query))
    if len(found) < 2:
        return found
    running = func.count(case((Job.state == "running", 1)))
    taken = select(Job.workspace_id, running.label("running"), func.max(Job.started_at).label("last"))
    taken = taken.where(Job.workspace_id.in_(found), Job.started_at > now - RECENT, *among)
    turns = {row.workspace_id: (row.running, row.last) for row in session.execute(taken.group_by(Job.workspace_id))}
    return sorted(found, key=lambda each: turns.get(each, (0, now - RECENT)))
