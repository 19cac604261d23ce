"""Filters as people give them: days of the workspace's zone, both included, and written conditions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from synth.errors import BadInput
from synth.model import Filters
from synth.store.filtering import parse_condition


def read_filters(since: str | None, until: str | None, where: Sequence[str], *, timezone: str) -> Filters:
    """The filters meant; raises BadInput for a day or a condition that cannot be read, or a range that is empty."""
    first = _midnight(since, timezone) if since else None
    last = _midnight(until, timezone, days=1) if until else None
    if first and last and first >= last:
        raise BadInput(f"The range {since} to {until} ends before it begins.")
    return Filters(first, last, tuple(parse_condition(condition) for condition in where))


def _midnight(day: str, timezone: str, *, days: int = 0) -> datetime:
    try:
        wanted = date.fromisoformat(day) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise BadInput(f"'{day}' is not a day; write it as 2026-11-22.") from None
    return datetime.combine(wanted, time(), ZoneInfo(timezone)).astimezone(UTC)
