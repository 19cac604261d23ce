"""The short run of `make chaos`: a few kills within seconds, and nothing is lost or there twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.cluster import missing_server
from tests.chaos.installation import POSTGRES, missing_program
from tests.chaos.running import Plan, run

pytestmark = [pytest.mark.timeout(180), pytest.mark.sqlite]  # has a PostgreSQL database of its own, whichever is tested


def test_nothing_acknowledged_is_lost_or_there_twice(needs: Callable[[str], None], tmp_path: Path) -> None:
    needs("postgresql")
    if missing := missing_program():
        pytest.skip(f"there is no {missing} on this machine")
    outcome = run(Plan(seconds=4, kills=3, rows=120, seed=2, whole=False), tmp_path, say=print)
    assert [check for check in outcome.checks if not check.holds] == []
    assert outcome.kills == 3


@pytest.mark.timeout(300)  # initdb, and a recovery after each kill
def test_nothing_is_lost_when_the_database_server_itself_is_killed(tmp_path: Path) -> None:
    if missing := missing_program() or missing_server():
        pytest.skip(f"not tried: {missing}")
    plan = Plan(seconds=4, kills=2, rows=200, seed=3, whole=False, own_server=True, only=(POSTGRES,))
    outcome = run(plan, tmp_path, say=print)
    assert [check for check in outcome.checks if not check.holds] == []
    assert outcome.kills == 2
    assert outcome.starts["postgres"] >= 3  # it does not start again before the last of its processes has ended
