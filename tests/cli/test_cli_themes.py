"""`synth themes` and what one decides under it, on a home folder and through a server that holds it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from synth.cli.commands import app
from tests.factories import copy_home

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def synth(told_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command under `synth themes` on a home folder that has themes; returns exit code and output."""
    copy_home(told_home, tmp_path / "home")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["themes", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


def told_by(synth: Run, *arguments: str) -> Any:
    code, printed = synth(*arguments, "--json")
    assert code == 0
    return json.loads(printed)


def test_the_list_is_printed_as_ever(synth: Run) -> None:
    found = told_by(synth)
    assert found.keys() >= {"coverage", "unassigned", "excerpts", "run", "themes"}
    assert all(theme["id"] in synth()[1] for theme in found["themes"])


def test_a_merge_is_previewed_made_listed_and_undone(synth: Run) -> None:
    before = told_by(synth)
    assert "Nothing was changed" in synth("merge", "T2", "--into", "T1", "--preview")[1]
    assert told_by(synth) == before
    assert "`synth themes undo D1` takes it back." in synth("merge", "T2", "--into", "T1")[1]
    assert "Merged T2" in synth("decisions")[1]
    assert "merged with T1" in synth("lineage", "T2")[1]
    assert "Nothing emerges" in synth("emerging")[1]
    assert "No report of these weeks was archived." in synth("trend", "T1")[1]
    assert synth("undo", "D1")[1].startswith("Undone: Merged T2")
    assert told_by(synth)["themes"] == before["themes"]


def test_each_decision_has_its_command(synth: Run) -> None:
    excerpt = told_by(synth)["themes"][0]["exemplars"][0]["excerpt_id"]
    for arguments in (
        ("rename", "T1", "Doubled visits"),
        ("split", "T1", "--words", "round 2", "--name", "Second round"),
        ("move", excerpt, "--to", "T2"),
        ("move", excerpt, "--off"),
        ("pin", "T1"),
        ("exclude", "T1"),
        ("exclude", "T1", "--off"),
        ("parent", "T1", "--of", "T2"),
        ("apart", "T1", "T2"),
    ):
        assert told_by(synth, *arguments)["decision"]["actor"] == "commands on this machine"
    kinds = {row["kind"] for row in told_by(synth, "decisions")["decisions"]}
    assert kinds == {"rename", "split", "move", "pin", "exclude", "parent", "apart"}


def test_a_split_without_a_part_lists_what_could_be_one(synth: Run) -> None:
    part = told_by(synth, "split", "T1")["suggestions"][0]
    assert part["key"] in synth("split", "T1")[1]
    assert told_by(synth, "split", "T1", "--suggestion", part["key"])["decision"]["excerpts"] == part["excerpts"]


def test_a_taxonomy_is_imported(synth: Run, tmp_path: Path) -> None:
    path = tmp_path / "themes.csv"
    path.write_text("name,examples\nCalendar doubles,calendar sync creates duplicate events\n", "utf-8")
    made = told_by(synth, "--import", str(path))
    assert made["decision"]["created"] == ["T4"]
    assert "Brought in T4" in synth("decisions")[1]


@pytest.mark.parametrize(
    "arguments", [("move", "x1"), ("move", "x1", "--to", "T1", "--off"), ("parent", "T1"), ("merge", "T1"), ("melt",)]
)
def test_wrong_use_is_exit_code_two(synth: Run, arguments: tuple[str, ...]) -> None:
    assert synth(*arguments)[0] == 2
