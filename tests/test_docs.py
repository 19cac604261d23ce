"""The README tells what there is: every setting and command is in it, and every command in it exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from synth.cli.commands import app
from synth.settings import Settings

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
NOT_SETTINGS = {"SYNTH_TOKEN"}  # read by the command line only, for a server that --url names
CODE = "\n".join([*re.findall(r"```sh\n(.*?)```", README, re.DOTALL), *re.findall(r"`([^`\n]+)`", README)])
WRITTEN = sorted({line.split("#")[0].strip() for line in CODE.splitlines() if line.strip().startswith("synth ")})


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`SYNTH_{name.upper()}`" in README


def test_every_variable_of_the_readme_is_a_setting() -> None:
    known = {f"SYNTH_{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    assert set(re.findall(r"SYNTH_[A-Z_]+[A-Z]", README)) <= known


@pytest.mark.parametrize(
    "name", ["HOME", "TIMEZONE", "EMBEDDER", "LLM_MODEL", "LLM_TIMEOUT", "UPLOAD_LIMIT", "HOST", "PORT", "LOG_LEVEL"]
)
def test_the_defaults_of_the_readme_are_the_ones_in_force(name: str) -> None:
    row = next(line for line in README.splitlines() if line.startswith("|") and f"`SYNTH_{name}`" in line)
    default = Settings.model_fields[name.lower()].default
    assert f"`{default:g}`" in row if isinstance(default, float) else f"`{default}`" in row


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert any(re.match(rf"synth {name}\b", line) for line in WRITTEN)


@pytest.mark.parametrize("line", WRITTEN)
def test_every_command_of_the_readme_exists_with_its_options(line: str) -> None:
    command = find_command(line.split())
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= known | {"--help"}


def test_options_named_beside_a_command_in_the_table_exist() -> None:
    for row in README.splitlines():
        named = re.findall(r"`(synth [^`]+)`", row) if row.startswith("| `synth ") else []
        options = set(re.findall(r"`(--[a-z]+)", row))
        for line in named:
            known = {option for parameter in find_command(line.split()).params for option in parameter.opts}
            assert options <= known, line


def test_every_setting_and_command_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    groups = [command for command in COMMANDS.values() if isinstance(command, typer.core.TyperGroup)]
    single = [*COMMANDS.values(), *(command for group in groups for command in group.commands.values())]
    kinds = (typer.core.TyperCommand, typer.core.TyperGroup)
    assert all(isinstance(command, kinds) and command.help for command in single)


def find_command(words: list[str]) -> Any:
    """The command of a line as it is typed, one under another command where there is one."""
    command = COMMANDS[words[1]]
    under = getattr(command, "commands", {})
    return under.get(words[2], command) if len(words) > 2 else command


def test_the_targets_the_readme_names_are_in_the_makefile() -> None:
    makefile = (Path(__file__).resolve().parents[1] / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)\b", CODE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
