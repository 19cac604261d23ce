"""Prompts: versioned files in the package `prompts`, read strictly, rendered by replacing named variables only."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import Broken

Message = dict[str, str]  # {"role": …, "content": …} of Chat Completions


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt of one version; `hash` is the SHA-256 of its file, so that a text can be traced to its prompt."""

    name: str
    version: int
    hash: str
    variables: frozenset[str]
    system: str
    user: str
    repair: str | None
    schema: Mapping[str, Any]

    def render(self, values: Mapping[str, str]) -> list[Message]:
        """The opening messages; raises Broken that names a variable that is missing or not wanted."""
        _compare(self, values)
        return [_message("system", self.system), _message("user", Template(self.user).substitute(values))]

    def render_repair(self, reply: str, problem: str) -> list[Message]:
        """The messages that show a reply again and say what was wrong with it."""
        if self.repair is None:
            raise Broken(f"Prompt {self.name}.v{self.version} has no text for a repair.")
        return [_message("assistant", reply), _message("user", Template(self.repair).substitute(problem=problem))]


def load_prompt(name: str, version: int, folder: Traversable | None = None) -> Prompt:
    """The prompt of that name and version; raises Broken when its file is missing or says what it should not."""
    file = f"{name}.v{version}.toml"
    try:
        content = ((folder or files("prompts")) / file).read_bytes()
    except OSError:
        raise Broken(f"The prompt {file} is missing from the installation.") from None
    try:
        written = _File.model_validate(tomllib.loads(content.decode()), strict=True)
        schema = json.loads(written.json_schema)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Broken(f"The prompt {file} cannot be used: {place}: {first['msg']}.") from None
    except ValueError as error:
        raise Broken(f"The prompt {file} cannot be read: {error}.") from None
    _check(file, name, version, written)
    return Prompt(
        name=name,
        version=version,
        hash=sha256(content).hexdigest(),
        variables=frozenset(written.variables),
        system=written.system.strip(),
        user=written.user.strip(),
        repair=written.repair.strip() if written.repair else None,
        schema=schema,
    )


class _File(BaseModel):
    """What a prompt's file holds; any other key is refused."""

    model_config = ConfigDict(extra="forbid")

    name: str
    version: int = Field(ge=1)
    variables: list[str]
    system: str
    user: str
    repair: str | None = None
    json_schema: str = Field(alias="schema")


def _check(file: str, name: str, version: int, written: _File) -> None:
    """The file is the one its name says, and its texts use exactly the variables it declares."""
    if (written.name, written.version) != (name, version):
        raise Broken(f"The prompt {file} says it is {written.name}, version {written.version}.")
    for part, text, wanted in (
        ("user", written.user, set(written.variables)),
        ("repair", written.repair, {"problem"}),
    ):
        if text is None:
            continue
        if not Template(text).is_valid():
            raise Broken(f"The prompt {file} has a stray $ in `{part}`; write $$ for the sign itself.")
        odd = wanted.symmetric_difference(Template(text).get_identifiers())
        if odd:
            raise Broken(f"The prompt {file} does not agree about the variables of `{part}`: {', '.join(sorted(odd))}.")


def _compare(prompt: Prompt, values: Mapping[str, str]) -> None:
    title = f"Prompt {prompt.name}.v{prompt.version}"
    missing = sorted(prompt.variables - values.keys())
    if missing:
        raise Broken(f"{title} is missing a value for: {', '.join(missing)}.")
    unknown = sorted(values.keys() - prompt.variables)
    if unknown:
        raise Broken(f"{title} has no variable called: {', '.join(unknown)}.")


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
