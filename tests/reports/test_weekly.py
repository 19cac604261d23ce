from datetime import date, timedelta

import pytest
from sqlalchemy import select

from synth.engine import WORKSPACE
from synth.reports.weekly import request_reports, write_report
from synth.store import ledger, tables


def enqueue(store, week, key):
    with store.engine.parts.database.write() as session:
        return ledger.enqueue(session, WORKSPACE, "report", {"week": week}, key=key, now=store.now)


def archived(store):
    with store.engine.parts.database.read() as session:
        return list(session.scalars(select(tables.Report)))


def cited(store, owner):
    with store.engine.parts.database.read() as session:
        return sorted(session.scalars(select(tables.Citation.excerpt_id).where(tables.Citation.owner == owner)))


def job(store, id):
    with store.engine.parts.database.read() as session:
        return session.get_one(tables.Job, id)


def test_the_job_archives_the_report_of_its_week_with_its_citations(moving):
    id = enqueue(moving, "2026-W46", "first")
    moving.engine.drain()
    (report,) = archived(moving)
    assert report.id == "2026-W46"
    assert report.content["new"][0]["name"] == "Photo upload stuck"
    assert job(moving, id).result == {"report": "2026-W46"}
    moved = (*report.content["new"], *report.content["rising"], *report.content["fading"])
    assert cited(moving, "2026-W46") == sorted(
        citation["excerpt_id"] for theme in moved for citation in theme["claim"]["citations"]
    )


def test_a_second_job_for_the_same_week_changes_nothing(moving):
    enqueue(moving, "2026-W46", "first")
    moving.engine.drain()
    (before,), citations = archived(moving), cited(moving, "2026-W46")
    moving.say("One more, too late for the archive.", day=date(2026, 11, 11), theme="T2", person="Late")
    second = enqueue(moving, "2026-W46", "second")
    moving.engine.drain()
    (after,) = archived(moving)
    assert after.content == before.content
    assert cited(moving, "2026-W46") == citations
    assert job(moving, second).state == "done"


def test_a_job_whose_lease_was_lost_archives_nothing(moving):
    enqueue(moving, "2026-W46", "first")
    with moving.engine.parts.database.write() as session:
        held = ledger.claim(session, now=moving.now)
        ledger.release_all(session, now=moving.now)
    with pytest.raises(ledger.LeaseLost):
        write_report(moving.engine.parts, held)
    assert archived(moving) == []
    assert cited(moving, "2026-W46") == []


def test_a_week_without_feedback_is_archived_too(moving):
    enqueue(moving, "2026-W30", "first")
    moving.engine.drain()
    (report,) = archived(moving)
    assert report.content["short_version"] == ["No feedback came in."]


def test_a_week_that_is_not_over_kills_the_job_with_a_sentence(moving):
    id = enqueue(moving, "2026-W47", "first")
    moving.engine.drain()
    assert job(moving, id).state == "dead"
    assert job(moving, id).error == "2026-W47 is not over; the last complete week is 2026-W46."
    assert archived(moving) == []


def test_the_last_complete_week_is_requested_once(moving):
    first = request_reports(moving.engine.parts, WORKSPACE)
    assert len(first) == 1
    assert first == request_reports(moving.engine.parts, WORKSPACE)
    moving.engine.drain()
    assert [report.id for report in archived(moving)] == ["2026-W46"]


def test_nothing_is_requested_of_a_store_without_dated_feedback(store):
    assert request_reports(store.engine.parts, WORKSPACE) == []
    store.say("When was this?", day=None)
    store.say("Not yet.", day=(store.now + timedelta(days=9)).date())
    assert request_reports(store.engine.parts, WORKSPACE) == []
