"""`synth insights` and what one does under it, on a home folder."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from synth.cli.commands import app
from synth.errors import BadInput, Conflict
from tests.factories import copy_home


@pytest.fixture(autouse=True)
def _home(told_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_home(told_home, tmp_path / "home")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["insights", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def told(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


def test_the_way_of_an_insight_from_draft_to_published_and_back() -> None:
    assert "[reviewed, fresh]" in run("review", "I1")
    assert "[published, fresh]" in run("publish", "I1")
    assert [each["id"] for each in told("--state", "published")["insights"]] == ["I1"]
    assert "[draft, fresh]" in run("withdraw", "I1")
    shown = run("show", "I1")
    assert "published by you" in shown or "published by" in shown
    assert "Made from theme" in shown


def test_claims_are_rewritten_added_and_left_out() -> None:
    citation = told("show", "I1")["claims"][0]["citations"][0]
    assert "1. So they say." in run("rewrite", "I1", "1", "So they say.")
    assert "And again." in run("add", "I1", "And again.", "--quote", f"{citation['excerpt_id']}={citation['quote']}")
    count = len(told("show", "I1")["claims"])
    assert len(told("drop", "I1", "1")["claims"]) == count - 1
    assert "Mine" in run("title", "I1", "Mine")
    with pytest.raises(BadInput, match="there is no claim 9"):
        run("drop", "I1", "9")
    with pytest.raises(BadInput, match="is no quote"):
        run("add", "I1", "So.", "--quote", "nothing")
    with pytest.raises(Conflict, match="cannot become published"):
        run("publish", "I1")


def test_an_insight_is_made_from_a_theme_and_from_excerpts() -> None:
    run("review", "I1")
    theme = told("show", "I1")["theme_id"]
    made = told("new", "--theme", theme, "--title", "Once more")
    assert (made["title"], made["state"]) == ("Once more", "draft")
    excerpts = [citation["excerpt_id"] for citation in made["claims"][0]["citations"]]
    chosen = told("new", *(part for id in excerpts for part in ("--excerpt", id)))
    assert chosen["origin"] == {"kind": "selection", "excerpt_ids": excerpts}
    with pytest.raises(BadInput, match="name one of these"):
        run("new")
