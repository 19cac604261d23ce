"""A week as it was reported, beside what is counted today."""

import json
from datetime import date

import pytest

from synth.engine import WORKSPACE
from synth.errors import NotFound
from synth.store import ledger


def archive(store, week):
    with store.engine.parts.database.write() as session:
        ledger.enqueue(session, WORKSPACE, "report", {"week": week}, key=f"report:{week}", now=store.now)
    store.engine.drain()


def week_of(trend, id):
    return next(week for week in trend["weeks"] if week["id"] == id)


def test_a_trend_says_where_the_reports_of_the_time_had_other_numbers(moving):
    before = moving.engine.theme_trend(WORKSPACE, "T1")
    assert before["difference"] is None
    assert {week["reported"] for week in before["weeks"]} == {None}
    archive(moving, "2026-W46")
    same = moving.engine.theme_trend(WORKSPACE, "T1")
    then = week_of(same, "2026-W46")["mentions"]
    assert week_of(same, "2026-W46")["reported"] == then
    assert same["difference"] == "One of these 12 weeks has an archived report, with the same numbers as today."
    moving.say("The photo upload is stuck again, too late.", day=date(2026, 11, 11), theme="T1", person="Late")
    later = moving.engine.theme_trend(WORKSPACE, "T1")
    assert week_of(later, "2026-W46")["mentions"] == then + 1
    assert week_of(later, "2026-W46")["reported"] == then
    assert f"2026-W46 with {then} (today {then + 1})" in later["difference"]


def test_a_theme_the_report_did_not_know_was_not_reported_with_nothing(moving):
    archive(moving, "2026-W46")
    moving.theme("T9", "Born later")
    moving.say("Something of its own altogether.", day=date(2026, 11, 11), theme="T9", person="Late")
    week = week_of(moving.engine.theme_trend(WORKSPACE, "T9"), "2026-W46")
    assert (week["mentions"], week["reported"]) == (1, None)


def test_within_filters_there_is_nothing_to_compare_with(moving):
    archive(moving, "2026-W46")
    narrowed = moving.engine.theme_trend(WORKSPACE, "T1", moving.engine.filters(where=["source=tickets"]))
    assert {week["reported"] for week in narrowed["weeks"]} == {None}


def test_an_archived_report_is_read_as_it_was_and_written_anew_otherwise(moving):
    archive(moving, "2026-W46")
    moving.say("The photo upload is stuck again, too late.", day=date(2026, 11, 11), theme="T1", person="Late")

    def mentions(**how):
        return json.loads(moving.engine.report(WORKSPACE, week="2026-W46", format="json", **how))["mentions"]["T1"]

    assert mentions() == mentions(reported=True) + 1


def test_a_report_that_was_not_archived_cannot_be_read_as_it_was(moving):
    with pytest.raises(NotFound, match="No report of 2026-W45 was archived"):
        moving.engine.report(WORKSPACE, week="2026-W45", reported=True)
