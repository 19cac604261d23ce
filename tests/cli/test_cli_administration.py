"""`synth users`, `synth tokens`, `synth sources`, `synth settings`, facets and reports of teams, on a home folder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.auditing import ACTIONS
from synth.cli.audited import CHANGES, READINGS
from synth.cli.client import Client
from synth.cli.commands import app
from synth.errors import BadInput, Conflict, NotFound, SynthError
from tests.factories import copy_home


@pytest.fixture(autouse=True)
def _home(told_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_home(told_home, tmp_path / "home")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")
    monkeypatch.setenv("SYNTH_PUBLIC_URL", "https://synth.example.org/")


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, SynthError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_user_comes_in_changes_role_and_goes() -> None:
    assert "https://synth.example.org/login?key=synth_" in run("users", "add", "Ana", "--role", "editor")
    assert "Ana: editor, not here yet" in run("users")
    assert run("users", "role", "Ana", "researcher") == "Ana is researcher now.\n"
    assert json.loads(run("users", "--json"))["users"][0]["role"] == "researcher"
    assert run("users", "sign-out", "Ana").startswith("Ana is signed out everywhere")
    run("users", "add", "Ana")
    run("users", "remove", "Ana")
    with pytest.raises(NotFound):
        run("users", "remove", "Ana")
    assert run("users", "add", "Bo", "--role", "owner", code=2) == ""


def test_a_token_is_printed_once_and_revoked() -> None:
    secret = run("tokens", "add", "Nightly import", "--role", "editor", "--days", "90").splitlines()[0]
    listed = run("tokens")
    assert secret.startswith("synth_")
    assert secret not in listed
    assert "Nightly import: editor, not used yet, expires" in listed
    assert "is revoked" in run("tokens", "revoke", listed.split()[0])
    assert "no token yet" in run("tokens")


def test_a_token_is_narrowed_to_a_scope() -> None:
    run("tokens", "add", "Contact form", "--role", "editor", "--scope", "ingest")
    assert "Contact form: editor (ingest only), not used yet" in run("tokens")
    run("tokens", "revoke", run("tokens").split()[0])


def test_a_source_is_set_to_be_looked_at() -> None:
    name = json.loads(run("sources", "--json"))["sources"][0]["source"]
    assert "waits until somebody has looked" in run("sources", "redact", name, "suggest")
    assert "redaction suggest" in run("sources")
    with pytest.raises(NotFound):
        run("sources", "redact", "no such source", "suggest")


def test_a_source_is_restricted_to_names_and_opened_again() -> None:
    name = json.loads(run("sources", "--json"))["sources"][0]["source"]
    run("tokens", "add", "CRM export", "--role", "viewer")
    assert "is read by CRM export, administrators" in run("sources", "readers", name, "CRM export")
    assert "read by CRM export, administrators" in run("sources")
    with pytest.raises(BadInput, match="Nobody is called Eve"):
        run("sources", "readers", name, "Eve")
    assert "is read by administrators" in run("sources", "readers", name)
    assert "is read by everybody" in run("sources", "readers", name, "--everybody")


def test_a_hook_may_be_for_a_source_that_only_some_read() -> None:
    run("tokens", "add", "CRM export", "--role", "viewer")
    with pytest.raises(BadInput, match="Nobody is called Eve"):
        run("hooks", "add", "Exits", "--reader", "Eve")
    assert "no hook yet" in run("hooks")
    made = run("hooks", "add", "Exits", "--reader", "CRM export")
    assert "Exits is read by CRM export, administrators." in made
    assert "Exits: 0 documents" in run("sources")
    assert "read by CRM export, administrators" in run("sources")
    there = json.loads(run("sources", "--json"))["sources"]
    with pytest.raises(Conflict, match="send this to a new source"):
        run("hooks", "add", next(each["source"] for each in there if not each["readers"]), "--reader", "CRM export")


def test_settings_tell_their_origin_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_LLM_KEY", "hunter2")
    shown = run("settings")
    assert "hunter2" not in shown
    assert "https://synth.example.org/  (environment)" in shown
    assert "No endpoint is set" in run("settings", "--test")


def test_a_search_counts_all_that_matches() -> None:
    told = run("search", "photo upload", "--facets", "--limit", "1")
    assert "say all of these words" in told
    assert "segment  " in told
    by_meaning = json.loads(run("search", "photo upload", "--facets", "--match", "meaning", "--json"))
    assert by_meaning["facets"]["way"] == "meaning"
    assert json.loads(run("search", "photo upload", "--json"))["facets"] is None
    assert run("search", "photo upload", "--match", "words", code=2) == ""


def test_a_report_and_a_subscription_are_narrowed_to_a_team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ", segment Enterprise\n" in run("report", "--where", "segment=Enterprise").split("\n\n")[0] + "\n"
    with pytest.raises(BadInput, match="needs what the team cares for"):
        run("report", "--form", "team")
    monkeypatch.setenv("SYNTH_REPORT_FOLDER", str(tmp_path))
    added = run("subscriptions", "add", "folder", "weekly", "--where", "segment=Enterprise")
    assert "(team, only segment=Enterprise)" in added


def test_commands_go_into_the_audit_log_as_well() -> None:
    run("users", "add", "Ana", "--role", "editor")
    run("export", "people")
    run("export", "themes")
    run("users")
    shown = run("audit").splitlines()
    assert [line.partition("  ")[2] for line in shown] == [
        "commands on this machine took a list along: list people",
        "commands on this machine made a login link for a user: credential Ana",
    ]
    assert len(run("export", "audit").splitlines()) == 2
    assert "Nothing in the log" in run("audit", "--action", "change_role")
    event = json.loads(run("audit", "--json", "--limit", "1"))["events"][0]
    assert (event["kind"], event["credential"], event["action"]) == ("local", None, "export")


def test_every_step_of_a_client_is_known_to_the_audit_log_or_changes_nothing() -> None:
    steps = {name for name in vars(Client) if not name.startswith("_")}
    reading = {
        *("address", "agreement", "ask", "ask_in_steps", "asks_a_model", "audit", "board", "codes", "decisions"),
        *(
            "deliveries",
            "emerging",
            "erasure",
            "erasures",
            "findings",
            "hooks",
            "insight",
            "insight_history",
            "insights",
        ),
        *("lineage", "machine_agreement", "preview_erasure", "releases", "report", "retention", "review", "run"),
        *("runs", "saved_question", "saved_questions", "saved_runs", "schedule", "search", "settings", "sources"),
        *("studies", "study", "study_report", "subscriptions", "suggestions", "themes", "tokens", "trend", "trust"),
        *("usage", "users"),
    }
    assert steps - reading == {*CHANGES, *READINGS} - {"renew"}
    assert {*CHANGES.values(), *READINGS.values()} <= ACTIONS.keys()
