"""Clocks that differ or jump: nothing of the ledger is lost, doubled, or kept waiting for as long as one was off."""

from datetime import timedelta

import pytest

from synth.engine import WORKSPACE, Engine
from synth.store import ledger
from synth.store.leases import FarLeases
from synth.store.tables import Job

HOUR = timedelta(hours=1)


def enqueue(engine: Engine, off: timedelta, key: str = "a") -> str:
    with engine.parts.database.write() as session:
        return ledger.enqueue(session, WORKSPACE, "index", {}, key=key, now=engine.parts.now() + off)


def claim(engine: Engine, off: timedelta = timedelta(0)) -> ledger.Claim | None:
    with engine.parts.database.write() as session:
        return ledger.claim(session, now=engine.parts.now() + off)


def finish(engine: Engine, held: ledger.Claim) -> None:
    with engine.parts.database.write() as session:
        ledger.finish(session, held, now=engine.parts.now())


@pytest.mark.parametrize("off", [-HOUR, HOUR, timedelta(minutes=5), timedelta(days=400)])
def test_a_job_written_by_a_clock_that_was_off_is_done_now(engine: Engine, off: timedelta) -> None:
    id = enqueue(engine, off)
    held = claim(engine)
    assert held is not None
    assert held.id == id


def test_work_taken_over_by_a_clock_that_is_ahead_takes_effect_once(engine: Engine) -> None:
    enqueue(engine, timedelta(0))
    first = claim(engine)
    second = claim(engine, HOUR)
    assert first is not None
    assert second is not None
    assert claim(engine) is None  # nor does the first take it back: they would take it from each other for ever
    with pytest.raises(ledger.LeaseLost):
        finish(engine, first)
    finish(engine, second)
    assert engine.job(WORKSPACE, first.id)["state"] == "done"


@pytest.mark.parametrize("began", [timedelta(0), timedelta(minutes=50), HOUR])
@pytest.mark.parametrize("ended", [timedelta(minutes=50), HOUR, timedelta(days=400)])
def test_a_failure_by_a_clock_that_is_ahead_does_not_wait_for_it(
    engine: Engine, began: timedelta, ended: timedelta
) -> None:
    enqueue(engine, timedelta(0))
    held = claim(engine, began)
    assert held is not None
    with engine.parts.database.write() as session:
        ledger.fail(session, held, now=engine.parts.now() + ended, error="no", retryable=True)
    assert claim(engine) is not None


def test_a_pause_is_kept_by_a_clock_that_is_right(engine: Engine) -> None:
    enqueue(engine, timedelta(0))
    held = claim(engine)
    assert held is not None
    with engine.parts.database.write() as session:
        ledger.fail(session, held, now=engine.parts.now(), error="no", retryable=True, wait=1800)
    assert claim(engine) is None
    assert claim(engine, HOUR) is not None


def test_what_a_worker_held_whose_clock_was_ahead_when_it_died_goes_on_after_a_lease(engine: Engine) -> None:
    id, leases, length = enqueue(engine, timedelta(0)), FarLeases(), ledger.LEASE.total_seconds()
    held = claim(engine, HOUR)
    assert held is not None

    def look(seconds: float) -> int:
        with engine.parts.database.write() as session:
            return leases.end(session, now=engine.parts.now(), seconds=seconds)

    assert [look(0.0), look(length - 1)] == [0, 0]
    with engine.parts.database.write() as session:
        ledger.renew(session, held, now=engine.parts.now() + HOUR)  # it lives
    assert [look(length + 1), look(2 * length)] == [0, 0]
    assert claim(engine) is None
    assert look(2 * length + 2) == 1
    again = claim(engine, timedelta(seconds=1))
    assert again is not None
    assert again.id == id


def test_a_lease_of_a_clock_that_is_right_is_left_alone(engine: Engine) -> None:
    enqueue(engine, timedelta(0))
    claim(engine)
    leases = FarLeases()
    with engine.parts.database.write() as session:
        ended = [leases.end(session, now=engine.parts.now(), seconds=each) for each in (0.0, 1e6)]
        assert ended == [0, 0]
        assert session.query(Job).one().state == "running"
