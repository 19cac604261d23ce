"""`synth erase` shows what goes, asks, and prints a receipt."""

from pathlib import Path

import pytest

from tests.factories import copy_home
from tests.running import run_synth


@pytest.fixture
def home(told_home: Path, tmp_path: Path) -> Path:
    copy_home(told_home, tmp_path / "home")
    return tmp_path / "home"


def test_nothing_is_erased_where_nobody_can_be_asked(home: Path) -> None:
    refused = run_synth(home, "erase", "person", "Person A")
    assert refused.returncode == 1
    assert "This erases 6 documents with 6 excerpts" in refused.stdout
    assert "Nothing was erased: say --yes" in refused.stderr
    assert "Nothing was erased so far." in run_synth(home, "erasures").stdout


def test_with_yes_it_is_done_and_the_receipt_says_so(home: Path) -> None:
    done = run_synth(home, "erase", "person", "person a", "--yes", "--reason", "asked by mail")
    assert done.returncode == 0, done.stderr
    assert "documents: 6" in done.stdout
    assert "none found" in done.stdout
    assert "E1    done     person" in run_synth(home, "erasures").stdout
    assert run_synth(home, "erasures", "E1").stdout == done.stdout
    assert "Person A" not in run_synth(home, "export", "documents").stdout


def test_who_is_not_there_is_said(home: Path) -> None:
    refused = run_synth(home, "erase", "person", "Nobody", "--yes")
    assert refused.returncode == 1
    assert "Nobody of that name is known here" in refused.stderr
