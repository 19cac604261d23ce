"""The job ledger: done at least once, effective exactly once, dead after its attempts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from synth.errors import Conflict, NotFound
from synth.settings import Settings
from synth.store import ledger, tables
from synth.store.database import Database
from synth.store.progress import settle, stages_of
from tests.factories import new_home

W = "w"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + ledger.LEASE + timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(Settings(home=new_home(tmp_path)).database())
    with database.write() as session:
        session.execute(insert(tables.Workspace), [{"id": W, "name": "W", "timezone": "UTC", "created_at": NOW}])
    yield database
    database.close()


def enqueue(store: Database, key: str = "k", **more: Any) -> str:
    with store.write() as session:
        return ledger.enqueue(
            session, W, more.pop("kind", "embed"), {"n": 1}, key=key, now=more.pop("now", NOW), **more
        )


def claim(store: Database, now: datetime = NOW, job_id: str | None = None) -> ledger.Claim | None:
    with store.write() as session:
        return ledger.claim(session, now=now, job_id=job_id)


def taken(store: Database, now: datetime = NOW) -> ledger.Claim:
    held = claim(store, now)
    assert held is not None
    return held


def pause(store: Database, held: ledger.Claim) -> None:
    """Let a job wait for half an hour."""
    with store.write() as session:
        ledger.fail(session, held, now=NOW, error="busy", retryable=True, wait=1800)


def job(store: Database, id_: str) -> tables.Job:
    with store.read() as session:
        return session.get_one(tables.Job, id_)


def test_the_same_key_is_one_job_and_another_key_another(store: Database) -> None:
    assert enqueue(store) == enqueue(store)
    assert enqueue(store, "other") != enqueue(store)


def test_a_job_that_ended_is_queued_once_more_only_where_work_recurs(store: Database) -> None:
    first = enqueue(store)
    with store.write() as session:
        ledger.finish(session, taken_in(session), now=NOW)
    assert (enqueue(store), job(store, first).state) == (first, "done")
    assert (enqueue(store, again=True), job(store, first).state) == (first, "queued")


def taken_in(session: Any) -> ledger.Claim:
    held = ledger.claim(session, now=NOW)
    assert held is not None
    return held


def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(store: Database) -> None:
    enqueue(store)
    first = taken(store)
    assert claim(store) is None
    second = taken(store, LATER)
    assert (second.id, second.attempt) == (first.id, 2)
    assert second.lease != first.lease


def test_jobs_are_taken_oldest_first_and_not_before_they_are_due(store: Database) -> None:
    later = enqueue(store, "b")
    pause(store, taken(store))
    first, second = enqueue(store, "a"), enqueue(store, "c", now=NOW + timedelta(seconds=1))
    assert [taken(store).id, taken(store).id] == [first, second]
    assert claim(store) is None
    assert taken(store, NOW + timedelta(minutes=31)).id in (first, second, later)
    assert claim(store, job_id="j-none") is None


def test_who_lost_the_lease_can_report_finish_and_fail_nothing(store: Database) -> None:
    enqueue(store)
    old, new = taken(store), taken(store, LATER)
    for act in (ledger.renew, ledger.finish):
        with pytest.raises(ledger.LeaseLost), store.write() as session:
            act(session, old, now=LATER)
    with pytest.raises(ledger.LeaseLost), store.write() as session:
        ledger.advance(session, old, now=LATER, stage="s", done=1)
    with store.write() as session:
        ledger.fail(session, old, now=LATER, error="late", retryable=False)
    assert job(store, new.id).state == "running"
    with store.write() as session:
        ledger.finish(session, new, now=LATER, result={"a": 1})
    assert (job(store, new.id).state, job(store, new.id).result) == ("done", {"a": 1})


def test_an_effect_and_its_finish_are_one_transaction(store: Database) -> None:
    enqueue(store)
    held = taken(store)

    def fail_after_finishing() -> None:
        with store.write() as session:
            session.add(tables.Source(workspace_id=W, name="s", kind="feedback", created_at=NOW))
            ledger.finish(session, held, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_finishing()
    with store.read() as session:
        assert session.query(tables.Source).count() == 0
    assert job(store, held.id).state == "running"


def test_a_failed_job_waits_longer_each_time_and_is_dead_after_its_attempts(store: Database) -> None:
    id_ = enqueue(store)
    waits, now = [], NOW
    for _ in range(5):
        held = taken(store, now)
        with store.write() as session:
            ledger.fail(session, held, now=now, error="no", retryable=True)
        waits.append(job(store, id_).run_after - now)
        now += timedelta(hours=1)
    assert all(wait <= ledger.MAX_BACKOFF for wait in waits)
    assert waits[3] > waits[0] > timedelta(0)
    assert (job(store, id_).state, job(store, id_).error) == ("dead", "no")
    assert claim(store, now) is None
    with store.write() as session:
        ledger.retry(session, W, id_, now=now)
    assert taken(store, now).attempt == 1


def test_what_cannot_be_helped_by_trying_again_is_dead_at_once(store: Database) -> None:
    id_ = enqueue(store)
    with store.write() as session:
        ledger.fail(session, taken_in(session), now=NOW, error="bad", retryable=False)
    assert job(store, id_).state == "dead"


def test_a_job_whose_workers_all_died_is_dead_and_progress_gives_new_attempts(store: Database) -> None:
    id_, now = enqueue(store), NOW
    for _ in range(4):
        held = taken(store, now)
        now += ledger.LEASE + timedelta(seconds=1)
    with store.write() as session:
        held = ledger.claim(session, now=now) or held
        ledger.advance(session, held, now=now, stage="s", done=7, total=9)
    assert (job(store, id_).attempts, job(store, id_).done, job(store, id_).total) == (1, 7, 9)
    for _ in range(4):
        now += ledger.LEASE + timedelta(seconds=1)
        assert claim(store, now)
    now += ledger.LEASE + timedelta(seconds=1)
    assert claim(store, now) is None
    assert job(store, id_).state == "dead"


def test_a_kind_this_process_does_not_know_is_left_for_one_that_does(store: Database) -> None:
    newer, known = enqueue(store, "a", kind="mend"), enqueue(store, "b")
    with store.write() as session:
        held = ledger.claim(session, now=NOW, kinds={"embed"})
        assert held is not None
        assert held.id == known
        assert ledger.claim(session, now=NOW, job_id=newer, kinds={"embed"}) is None
    assert (job(store, newer).state, job(store, newer).attempts) == ("queued", 0)
    assert claim(store, job_id=newer)


def test_another_waits_only_when_it_is_of_the_same_kind_and_due(store: Database) -> None:
    enqueue(store, "one", kind="insights")
    held = taken(store)

    def waits() -> bool:
        with store.read() as session:
            return ledger.another_waits(session, held, now=NOW)

    assert not waits()
    enqueue(store, "three", kind="insights")
    pause(store, taken(store))
    enqueue(store, "two", kind="themes")
    assert not waits()
    enqueue(store, "four", kind="insights")
    assert waits()


def test_only_a_dead_job_of_this_workspace_can_be_tried_again(store: Database) -> None:
    id_ = enqueue(store)
    with pytest.raises(Conflict, match="is queued"), store.write() as session:
        ledger.retry(session, W, id_, now=NOW)
    with pytest.raises(NotFound), store.write() as session:
        ledger.retry(session, "other", id_, now=NOW)


def test_the_sole_owner_gives_back_what_a_dead_process_held(store: Database) -> None:
    id_ = enqueue(store)
    taken(store)
    with store.write() as session:
        assert ledger.release_all(session, now=NOW) == 1
        assert ledger.due(session, now=NOW) == [(id_, "embed")]
    assert taken(store).id == id_


def test_what_follows_an_import_is_queued_once_and_after_its_last_piece(store: Database) -> None:
    with store.write() as session:
        session.add(tables.Import(id="i1", workspace_id=W, filename="f", sha256="", size=1, created_at=NOW))
    first = enqueue(store, "e1", subject="i1", total=4)
    enqueue(store, "e2", subject="i1", total=6)
    with store.write() as session:
        held = ledger.claim(session, now=NOW, job_id=first)
        assert held is not None
        ledger.advance(session, held, now=NOW, stage="embedding", done=4)
        ledger.finish(session, held, now=NOW)
        settle(session, W, "i1", now=NOW)
    with store.read() as session:
        (stage,) = stages_of(session, "i1")
        assert (stage.kind, stage.jobs, stage.finished, stage.done, stage.total, stage.ended) == (
            "embed",
            2,
            1,
            4,
            10,
            False,
        )
    with store.write() as session:
        ledger.finish(session, taken_in(session), now=NOW)
        for _ in range(2):
            settle(session, W, "i1", now=NOW)
    with store.read() as session:
        assert [(stage.kind, stage.jobs) for stage in stages_of(session, "i1")] == [
            ("embed", 2),
            ("index", 1),
            ("themes", 1),
        ]
