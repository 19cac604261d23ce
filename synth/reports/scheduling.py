"""When the report of a week is written: at an hour of a day of the week after it, in the workspace's zone.

A week that was missed while nothing ran is written as soon as something does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.reports.spans import Span
from synth.reports.weeks import choose_span, parse_week
from synth.store.rows import insert_new
from synth.store.tables import Report, Schedule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CATCH_UP = 8  # missed weeks that are written
_AT_ONCE = {"weekday": WEEKDAYS[0], "hour": 0}
_WEEKS = "____-W__"  # ids of reports over a week, not over other days


def read_schedule(session: Session, workspace: str) -> dict[str, Any]:
    """The day and the hour; Monday at 0 where nothing was said: as soon as the week is over."""
    held = session.get(Schedule, workspace)
    return {"weekday": WEEKDAYS[held.weekday], "hour": held.hour} if held else dict(_AT_ONCE)


def set_schedule(session: Session, workspace: str, weekday: str, hour: int, *, now: datetime) -> None:
    """Write the report of a week on this day of the week after it, from this hour on; raises BadInput."""
    if weekday.lower() not in WEEKDAYS:
        raise BadInput(f"'{weekday}' is no day of the week; use {', '.join(WEEKDAYS)}.")
    if not 0 <= hour <= 23:
        raise BadInput(f"{hour} is no hour of the day; use 0 to 23.")
    insert_new(session, Schedule, [{"workspace_id": workspace, "weekday": 0, "hour": 0, "changed_at": now}])
    held = session.get_one(Schedule, workspace)
    held.weekday, held.hour, held.changed_at = WEEKDAYS.index(weekday.lower()), hour, now


def weeks_due(session: Session, workspace: str, now: datetime, timezone: str, newest: datetime) -> Sequence[Span]:
    """The weeks whose report is due and not written, oldest first: the last one, and those that were missed before.

    `newest` is the time of the newest document: where it is older than the last week, its week is the last one.
    """
    last = choose_span(_since(session, workspace, now, timezone), timezone, newest)
    written = session.scalar(_newest_written(workspace))
    if written is None:
        return (last,)
    weeks: list[Span] = []
    known = parse_week(written, timezone)
    while last.since > known.since and len(weeks) < CATCH_UP:
        weeks.append(last)
        last = last.back(1)
    return tuple(reversed(weeks))


def _since(session: Session, workspace: str, now: datetime, timezone: str) -> datetime:
    """The moment whose last complete week is the one that is due now: the week is held back for so long."""
    schedule = read_schedule(session, workspace)
    held_back = timedelta(days=WEEKDAYS.index(schedule["weekday"]), hours=schedule["hour"])
    return now.astimezone(ZoneInfo(timezone)) - held_back


def _newest_written(workspace: str) -> Any:
    weeks = Report.workspace_id == workspace, Report.id.like(_WEEKS)
    return select(Report.id).where(*weeks).order_by(Report.id.desc()).limit(1)
