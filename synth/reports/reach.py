"""How far the dated feedback of a store reaches, and what that means for a report."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlalchemy.orm import Session

from synth.answers.planning.days import say_days
from synth.errors import BadInput
from synth.model import NO_FILTERS, Condition, Filters
from synth.reports.spans import Span
from synth.reports.weeks import last_complete_week
from synth.store.counting import count
from synth.store.filtering import Document, select_documents


@dataclass(frozen=True, slots=True)
class Reach:
    """When the first and the newest document were written, those dated in the future left out."""

    oldest: datetime
    newest: datetime


def find_reach(session: Session, workspace: str, now: datetime) -> Reach:
    """The reach of a store; raises BadInput with what to do where no report can be written at all."""
    oldest, newest = _ends(session, workspace, now)
    if oldest is not None and newest is not None:
        return Reach(oldest, newest)
    if not count(session, workspace, NO_FILTERS):
        raise BadInput(
            "There is no feedback to report on yet; take some in first, for example with `synth ingest FILE`."
        )
    raise BadInput(
        "None of the feedback is dated before today, so no week can be reported; "
        "take it in again and name the column with its date (`--map created_at=COLUMN`)."
    )


def newest_document(session: Session, workspace: str, now: datetime) -> datetime | None:
    """When the newest document that is not dated in the future was written; None where no document has a date."""
    return _ends(session, workspace, now)[1]


def first_heard(session: Session, workspace: str, where: tuple[Condition, ...], now: datetime) -> datetime | None:
    """When the oldest document that meets the conditions was written; None where none with a date does."""
    return _ends(session, workspace, now, Filters(where=where))[0]


def write_notice(reach: Reach, span: Span, now: datetime) -> str | None:
    """What a reader must know where the feedback begins after the span, or ends before or in it and is not going on."""
    if reach.oldest >= span.until:
        return f"The feedback begins on {_say(reach.oldest, span)}."
    if reach.newest < span.since:
        return f"The newest feedback is from {_say(reach.newest, span)}."
    if _goes_on(reach, span, now):
        return None
    noun = "week" if span.is_week else "time"
    doubt = f", so the {noun} may not be complete" if is_cut_short(reach, span, now) else ""
    return f"This is the last {noun} the feedback reaches: its newest piece is from {_say(reach.newest, span)}{doubt}."


def is_cut_short(reach: Reach, span: Span, now: datetime) -> bool:
    """Whether the feedback ends before the last day of the span, and is not going on."""
    return span.since <= reach.newest < span.last_day().since and not _goes_on(reach, span, now)


def _goes_on(reach: Reach, span: Span, now: datetime) -> bool:
    return reach.newest >= min(span.until, last_complete_week(now, span.timezone).since)


def _ends(
    session: Session, workspace: str, now: datetime, filters: Filters = NO_FILTERS
) -> tuple[datetime | None, datetime | None]:
    """Each by itself: it is then the end of an index, where both together are read off all of it."""
    oldest, newest = (
        session.scalar(select_documents(workspace, filters, end).where(Document.created_at <= now))
        for end in (func.min(Document.created_at), func.max(Document.created_at))
    )
    return oldest, newest


def _say(moment: datetime, span: Span) -> str:
    day = moment.astimezone(ZoneInfo(span.timezone)).date()
    return say_days(day, day)
