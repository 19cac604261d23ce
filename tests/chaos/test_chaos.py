"""The short run of `make chaos`: a few kills within seconds, and nothing is lost or there twice.

That the database server itself is killed is left to the whole run: its start and its recoveries take minutes.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.installation import missing_program
from tests.chaos.running import Plan, run

pytestmark = [pytest.mark.timeout(180), pytest.mark.sqlite]  # has a PostgreSQL database of its own, whichever is tested


def test_nothing_acknowledged_is_lost_or_there_twice(needs: Callable[[str], None], tmp_path: Path) -> None:
    needs("postgresql")
    if missing := missing_program():
        pytest.skip(f"there is no {missing} on this machine")
    outcome = run(Plan(seconds=4, kills=3, rows=120, seed=2, whole=False), tmp_path, say=print)
    assert [check for check in outcome.checks if not check.holds] == []
    assert outcome.kills == 3
