"""The schedule: a week is due at an hour of a day of the week after it, and what was missed is written later."""

from datetime import UTC, datetime

import pytest

from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.reports.scheduling import CATCH_UP, weeks_due
from synth.store.tables import Report

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)


def _due(store, now: datetime, *, zone: str = "UTC", newest: datetime = NEWEST) -> list[str]:
    with store.engine.parts.database.read() as session:
        return [week.id for week in weeks_due(session, WORKSPACE, now, zone, newest)]


def _archive(store, week: str) -> None:
    with store.engine.parts.database.write() as session:
        session.add(Report(workspace_id=WORKSPACE, id=week, content={}, created_at=store.now))


def test_without_a_word_a_week_is_due_as_soon_as_it_is_over(store) -> None:
    assert _due(store, datetime(2026, 11, 15, 23, 59, tzinfo=UTC)) == ["2026-W45"]
    assert _due(store, datetime(2026, 11, 16, 0, 0, tzinfo=UTC)) == ["2026-W46"]
    assert store.engine.schedule(WORKSPACE) == {"weekday": "monday", "hour": 0, "timezone": "UTC"}


def test_the_day_and_the_hour_are_those_of_the_zone(store) -> None:
    store.engine.set_schedule(WORKSPACE, "Tuesday", 7)
    before, after = datetime(2026, 11, 17, 5, 59, tzinfo=UTC), datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
    assert _due(store, before, zone="Europe/Berlin") == ["2026-W45"]
    assert _due(store, after, zone="Europe/Berlin") == ["2026-W46"]


def test_the_hour_stays_the_same_when_the_clocks_change(store) -> None:
    store.engine.set_schedule(WORKSPACE, "monday", 7)
    for day, utc in ((datetime(2026, 10, 19, tzinfo=UTC), 5), (datetime(2026, 10, 26, tzinfo=UTC), 6)):
        week = day.isocalendar().week - 1
        assert _due(store, day.replace(hour=utc - 1, minute=59), zone="Europe/Berlin") == [f"2026-W{week - 1}"]
        assert _due(store, day.replace(hour=utc), zone="Europe/Berlin") == [f"2026-W{week}"]


def test_weeks_that_were_missed_are_due_in_their_order_and_not_without_end(store) -> None:
    _archive(store, "2026-W42")
    _archive(store, "2026-11-01..2026-11-14")  # of days, not of a week
    now = datetime(2026, 11, 17, tzinfo=UTC)
    assert _due(store, now) == ["2026-W43", "2026-W44", "2026-W45", "2026-W46"]
    _archive(store, "2026-W46")
    assert _due(store, now) == []
    assert len(_due(store, datetime(2027, 11, 17, tzinfo=UTC), newest=datetime(2027, 11, 16, tzinfo=UTC))) == CATCH_UP


def test_feedback_that_ended_long_ago_is_reported_of_its_last_week_alone(store) -> None:
    old = datetime(2015, 2, 24, tzinfo=UTC)
    assert _due(store, store.now, newest=old) == ["2015-W09"]
    _archive(store, "2015-W09")
    assert _due(store, store.now, newest=old) == []


@pytest.mark.parametrize(("weekday", "hour"), [("someday", 3), ("monday", 24), ("monday", -1)])
def test_what_is_no_time_is_refused(store, weekday: str, hour: int) -> None:
    with pytest.raises(BadInput):
        store.engine.set_schedule(WORKSPACE, weekday, hour)
