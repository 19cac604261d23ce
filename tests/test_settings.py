"""Settings come from the environment once, and what cannot be used is named with its variable."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from synth.errors import BadInput
from synth.settings import Settings, read_settings

SET = {
    "SYNTH_HOME": ("/tmp/x", "home", Path("/tmp/x")),
    "SYNTH_TIMEZONE": ("Europe/Berlin", "timezone", "Europe/Berlin"),
    "SYNTH_LLM_TIMEOUT": ("2.5", "llm_timeout", 2.5),
    "SYNTH_PORT": ("0", "port", 0),
    "SYNTH_UPLOAD_LIMIT": ("10", "upload_limit", 10),
    "SYNTH_LOG_LEVEL": ("debug", "log_level", "debug"),
    "SYNTH_LLM_URL": ("", "llm_url", None),
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SYNTH_{name.upper()}", raising=False)


@pytest.mark.parametrize("variable", SET)
def test_a_variable_sets_its_setting(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    written, name, expected = SET[variable]
    monkeypatch.setenv(variable, written)
    assert getattr(read_settings(), name) == expected


@pytest.mark.parametrize("written", ["US,FR", "us fr", '["US", "FR"]', "US, fr,"])
def test_regions_are_written_in_any_usual_way(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("SYNTH_REDACT_REGIONS", written)
    assert read_settings().redact_regions == ("US", "FR")


@pytest.mark.parametrize(
    ("variable", "written"),
    [
        ("SYNTH_TIMEZONE", "Berlin"),
        ("SYNTH_TIMEZONE", "../etc/passwd"),
        ("SYNTH_TIMEZONE", "Europe"),
        ("SYNTH_PORT", "http"),
        ("SYNTH_PORT", "70000"),
        ("SYNTH_UPLOAD_LIMIT", "0"),
        ("SYNTH_LLM_TIMEOUT", "-1"),
        ("SYNTH_LOG_LEVEL", "loud"),
        ("SYNTH_REDACT_REGIONS", "Germany"),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, written: str) -> None:
    monkeypatch.setenv(variable, written)
    with pytest.raises(BadInput, match=variable):
        read_settings()


def test_settings_are_frozen_and_keep_the_key_to_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_LLM_KEY", "sk-secret")
    settings = read_settings()
    assert "sk-secret" not in repr(settings) + str(settings) + settings.model_dump_json()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.sqlite
def test_everything_is_in_one_process_unless_a_broker_or_a_chroma_server_is_named(tmp_path: Path) -> None:
    assert read_settings().embedded
    assert not read_settings(broker_url="redis://x").embedded
    assert not read_settings(chroma_url="http://x:1").embedded
    assert read_settings(home=tmp_path).database() == f"sqlite:///{tmp_path}/synth.db"
    assert read_settings(database_url="postgresql://x/y").database() == "postgresql://x/y"
