"""`synth workspaces`, and commands that are for another workspace than the first one, on a home folder."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from synth.access import COMMANDS
from synth.cli.commands import app
from synth.errors import BadInput, Conflict, NotFound, SynthError
from synth.settings import read_settings
from synth.store.database import Database
from synth.store.tables import AuditEvent, Credential
from synth.store.walls import within
from tests.factories import feedback_rows, write_csv
from tests.running import run_synth
from tests.test_home import serving


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")
    monkeypatch.setenv("SYNTH_PUBLIC_URL", "https://synth.example.org/")
    monkeypatch.setenv("SYNTH_WORKSPACE", "")  # so that what `--workspace` sets is taken back after the test


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, SynthError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def listed() -> dict[str, dict[str, object]]:
    return {each["id"]: each for each in json.loads(run("workspaces", "--json"))["workspaces"]}


def test_a_workspace_is_made_listed_and_renamed() -> None:
    assert list(listed()) == ["main"]
    said = run("workspaces", "add", "Support Team", "--timezone", "Asia/Tokyo")
    assert "The workspace support-team is there" in said
    assert "https://synth.example.org/login?key=synth_" in said
    assert run("workspaces", "rename", "support-team", "Help desk") == "support-team is called Help desk now.\n"
    found = listed()["support-team"]
    assert (found["name"], found["timezone"], found["documents"]) == ("Help desk", "Asia/Tokyo", 0)
    assert "support-team  Help desk: 0 documents, 0 users by name, 0 tokens, Asia/Tokyo" in run("workspaces")


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("Main",), Conflict, "There is a workspace main already"),
        (("X", "--id", "Not An Id"), BadInput, "small letters, digits and hyphens"),
        (("X", "--id", "*"), BadInput, "small letters, digits and hyphens"),
        (("データ",), BadInput, "give one with --id"),
        (("  ",), BadInput, "a name of 1 to 100 characters"),
        (("X", "--timezone", "Mars/Base"), BadInput, "names no time zone"),
    ],
)
def test_what_cannot_be_one_is_refused(arguments: tuple[str, ...], error: type[SynthError], said: str) -> None:
    with pytest.raises(error, match=said.replace("(", r"\(")):
        run("workspaces", "add", *arguments)
    assert list(listed()) == ["main"]


def test_an_unknown_workspace_is_told_with_those_there_are() -> None:
    run("workspaces", "add", "Other")
    for arguments in (("--workspace", "nowhere", "themes"), ("workspaces", "rename", "nowhere", "X")):
        with pytest.raises(NotFound, match="There is no workspace 'nowhere'; there is main, other"):
            run(*arguments)


def test_a_server_elsewhere_says_by_its_token_which_workspace_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_TOKEN", "synth_x")
    with pytest.raises(BadInput, match="leave --workspace out"):
        run("--workspace", "other", "themes", "--url", "http://127.0.0.1:9")


def test_commands_are_for_the_chosen_workspace(tmp_path: Path) -> None:
    run("workspaces", "add", "Other")
    file = write_csv(tmp_path / "feedback.csv", feedback_rows(1))
    run("--workspace", "other", "ingest", str(file))
    assert json.loads(run("--workspace", "other", "themes", "--json"))["excerpts"] == 18
    run("--workspace", "other", "users", "add", "Ana")
    assert run("--workspace", "other", "audit").count("made a login link for a user") == 1
    assert json.loads(run("--workspace", "main", "themes", "--json"))["excerpts"] == 0
    assert "took feedback in" not in run("--workspace", "main", "audit")
    assert [(each["documents"]) for each in listed().values()] == [0, 18]
    assert "18 vectors indexed" in run("--workspace", "main", "reindex")
    database = Database(read_settings().database())
    with within("other"), database.read() as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    database.close()
    assert {"make_workspace", "take_in", "invite_user"} <= actions


def test_beside_a_server_a_command_borrows_a_credential_and_gives_it_back(tmp_path: Path) -> None:
    home = tmp_path / "served"
    with serving(home):
        assert "The workspace other is there" in run_synth(home, "workspaces", "add", "Other").stdout
        file = write_csv(tmp_path / "feedback.csv", feedback_rows(1))
        taken = run_synth(home, "--workspace", "other", "ingest", file)
        assert taken.returncode == 0, taken.stderr
        asked = (json.loads(run_synth(home, "themes", "--json", workspace=name).stdout) for name in ("other", "main"))
        assert [each["excerpts"] for each in asked] == [18, 0]
        refused = run_synth(home, "--workspace", "nowhere", "themes")
        assert (refused.returncode, "there is main, other" in refused.stderr) == (1, True)
    database = Database(read_settings(home=home).database())
    with within("other"), database.read() as session:
        lent = session.scalars(select(Credential).where(Credential.workspace_id == "other")).all()
    database.close()
    local = [each for each in lent if each.name == COMMANDS]
    assert len(local) == 2
    assert all(each.revoked_at for each in local)
