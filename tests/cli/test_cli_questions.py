"""`synth questions` and what one does under it, on a home folder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.cli.commands import app
from tests.factories import copy_home

QUESTION = "What do people say about duplicate events?"


@pytest.fixture(autouse=True)
def _home(told_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_home(told_home, tmp_path / "home")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["questions", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_question_is_saved_shown_asked_followed_and_archived() -> None:
    assert "No question is saved" in run()
    assert f"Q1  {QUESTION}  [followed]" in run("save", QUESTION)
    assert "in that week alone" in run("show", "Q1")
    assert run("unfollow", "Q1").splitlines()[0] == f"Q1  {QUESTION}"
    assert "[followed]" in run("follow", "Q1")
    assert "Q1" in run("run", "Q1")
    assert "Q1" in run("seen", "Q1")
    assert "[archived, followed]" in run("archive", "Q1")
    assert "No question is saved" in run()
    assert "[followed]" in run("resume", "Q1")
    run("archive", "Q1")
    listed = json.loads(run("--all", "--json"))["saved_questions"]
    assert [(each["id"], each["state"]) for each in listed] == [("Q1", "archived")]


def test_filters_are_saved_with_it() -> None:
    saved = json.loads(run("save", QUESTION, "--where", "person=Person A", "--title", "Doubles", "--json"))
    assert saved["title"] == "Doubles"
    assert "Only person Person A" in run()
    assert saved["given"]["where"][0]["value"] == "Person A"
