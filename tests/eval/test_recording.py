"""Figures go from a run onto the trust card of the installation, and nothing else does."""

from datetime import datetime
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.recording import choose_figures, record
from eval.results import Figure, SuiteResult, gather, share, timed
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE
from synth.errors import BadInput
from tests.factories import open_home


def results(**figures: Figure):  # type: ignore[no-untyped-def]
    return gather([SuiteResult("answers", "helpdesk", "0" * 64, 4, figures)])


def test_shares_are_kept_with_their_interval_and_times_and_facts_are_not() -> None:
    right = share({"a": True, "b": False, "c": True, "d": True})
    run = results(accuracy=right, p50_ms=timed(0.5), rows=Figure(0.5), lost=Figure(None, "sampled", "higher"))
    (kept,) = choose_figures(run)
    assert (kept.suite, kept.figure, kept.folder) == ("answers", "accuracy", "helpdesk")
    assert (kept.value, kept.low, kept.high, kept.n) == (0.75, right.low, right.high, 4)
    assert kept.measured_at == datetime.fromisoformat(run.created_at)


def test_a_recorded_figure_is_on_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("SYNTH_HOME", str(home))
    home.mkdir()
    assert record(results(accuracy=share({"a": True})), HashingEmbedder()) == 1
    engine = open_home(home)
    named = {figure.name: figure for figure in engine.trust(WORKSPACE).figures}
    engine.close()
    assert (named["answers.accuracy"].value, named["answers.accuracy"].n) == (1.0, 1)


def test_a_run_without_any_share_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path))
    with pytest.raises(BadInput, match="nothing for the trust card"):
        record(results(p50_ms=timed(3.0)), HashingEmbedder())


def test_run_with_record_measures_and_keeps(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("SYNTH_HOME", str(home))
    assert main(["run", "themes", "--data", str(folder), "--embedder", "hashing", "--record"]) == 0
    engine = open_home(home)
    named = {figure.name: figure for figure in engine.trust(WORKSPACE).figures}
    documents = engine.status(WORKSPACE)["documents"]
    engine.close()
    assert named["themes.ami"].value is not None
    assert documents == 0  # the feedback it was measured on stays out of the installation
