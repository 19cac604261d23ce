"""Fair sharing: one workspace with much to do does not keep the others waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from synth.settings import Settings
from synth.store import ledger, tables
from synth.store.database import Database
from tests.factories import new_home

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BIG, SMALL = "big", "small"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(Settings(home=new_home(tmp_path)).database())
    rows = [{"id": each, "name": each, "timezone": "UTC", "created_at": NOW} for each in (BIG, SMALL)]
    with database.write() as session:
        session.execute(insert(tables.Workspace), rows)
    yield database
    database.close()


def enqueue(store: Database, workspace: str, count: int, *, kind: str = "embed", at: datetime = NOW) -> None:
    with store.write() as session:
        for number in range(count):
            ledger.enqueue(session, workspace, kind, {}, key=f"{kind}{number}", now=at + timedelta(milliseconds=number))


def work(store: Database, times: int, *, finishing: bool, kinds: tuple[str, ...] = ("embed",)) -> list[str]:
    """Whose jobs are taken, one after another; each is done before the next, or all run at once."""
    order = []
    for number in range(times):
        now = NOW + timedelta(seconds=1 + number)
        with store.write() as session:
            held = ledger.claim(session, now=now, kinds=kinds)
            assert held is not None
            order.append(held.workspace)
            if finishing:
                ledger.finish(session, held, now=now)
    return order


def test_one_worker_takes_turns_between_a_big_import_and_what_came_after_it(store: Database) -> None:
    enqueue(store, BIG, 50)
    enqueue(store, SMALL, 3, at=NOW + timedelta(milliseconds=500))
    order = work(store, 8, finishing=True)
    assert order == [BIG, SMALL, BIG, SMALL, BIG, SMALL, BIG, BIG]


def test_many_workers_share_by_what_runs(store: Database) -> None:
    enqueue(store, BIG, 50)
    assert work(store, 4, finishing=False) == [BIG] * 4
    enqueue(store, SMALL, 5)
    assert work(store, 6, finishing=False) == [SMALL] * 4 + [BIG, SMALL]


def test_other_kinds_of_work_do_not_count(store: Database) -> None:
    enqueue(store, SMALL, 4, kind="insights")
    work(store, 4, finishing=False, kinds=("insights",))
    enqueue(store, BIG, 2)
    enqueue(store, SMALL, 2)
    assert sorted(work(store, 2, finishing=False)) == [BIG, SMALL]


def test_within_a_workspace_the_oldest_job_goes_first(store: Database) -> None:
    enqueue(store, BIG, 3)
    enqueue(store, SMALL, 1)
    with store.write() as session:
        taken = [ledger.claim(session, now=NOW + timedelta(seconds=1)) for _ in range(4)]
    numbers = [store_key(store, held.id) for held in taken if held and held.workspace == BIG]
    assert numbers == ["embed0", "embed1", "embed2"]


def store_key(store: Database, job: str) -> str:
    with store.read() as session:
        return session.get_one(tables.Job, job).idempotency_key
