"""What is installed, held against what is pinned, what is needed, which licences are allowed, and the bill."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from itertools import product
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement

from scripts.audit.policy import Policy

OURSELVES: Final = "synth"
TOOLS: Final = frozenset({"pip", "setuptools", "wheel"})  # come with Python
_PYTHONS = ("3.11", "3.12", "3.13")
_PLATFORMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
_BETWEEN = re.compile(r"\s+(?:AND|OR|WITH)\s+|\s*/\s*")

Installed = Mapping[str, Distribution]


def plain(name: str) -> str:
    """The name of a package as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_installed() -> Installed:
    """Every distribution of this environment, by name."""
    return {plain(each.metadata["Name"]): each for each in distributions()}


def read_pins(path: Path) -> dict[str, str]:
    """The version of each pinned package."""
    pairs = (line.strip().split("==") for line in path.read_text("utf-8").splitlines() if "==" in line)
    return {plain(name): version for name, version in pairs}


def check_pins(installed: Installed, pins: Mapping[str, str], policy: Policy) -> list[str]:
    """Installed and not pinned, or in another version; pinned, and neither installed nor kept for a reason."""
    wrong = []
    for name in sorted(installed.keys() - TOOLS - {OURSELVES}):
        version = installed[name].version.split("+")[0]
        if name not in pins:
            wrong.append(f"{name} {version} is installed and not pinned")
        elif version != pins[name]:
            wrong.append(f"{name} is installed as {version} and pinned as {pins[name]}")
    wrong += [
        f"{name} is pinned, and nothing needs it"
        for name in sorted(pins.keys() - installed.keys() - policy.kept_pins.keys())
    ]
    wrong += [
        f"the pin of {name} is to be kept, and there is none" for name in sorted(policy.kept_pins.keys() - pins.keys())
    ]
    return wrong


def check_needed(installed: Installed, project: Mapping[str, Any], policy: Policy) -> list[str]:
    """Installed and needed by nothing: of what the project asks for, on any Python and platform it runs on."""
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    needed = {OURSELVES, *TOOLS, *policy.kept_pins, *_closure(installed, map(Requirement, wanted))}
    return [f"{name} is installed, and nothing needs it" for name in sorted(installed.keys() - needed)]


def check_licences(installed: Installed, policy: Policy) -> list[str]:
    """Packages under a licence that was not allowed, or that say none."""
    wrong = []
    for name in sorted(installed.keys() - TOOLS):
        licence = policy.licence_of.get(name) or _licence(installed[name])
        if apart := sorted(set(_names(licence)) - policy.allowed):
            wrong.append(f"{name}: the licence {', '.join(apart)} is not among the allowed ones")
        elif not licence:
            wrong.append(f"{name} says no licence; read it, and write it down under [licences.of]")
    return wrong


def check_bill(installed: Installed, path: Path) -> list[str]:
    """Installed and not in the bill of materials, or in it with another version."""
    if not path.is_file():
        return [f"there is no {path.name}; `make sbom` writes it"]
    listed = {plain(each["name"]): each.get("version") for each in json.loads(path.read_text("utf-8"))["components"]}
    return [
        f"{name} {installed[name].version} is not in {path.name}"
        for name in sorted(installed.keys() - {OURSELVES})
        if listed.get(name) != installed[name].version
    ]


def _closure(installed: Installed, wanted: Iterable[Requirement]) -> set[str]:
    waiting, seen = list(wanted), set[tuple[str, frozenset[str]]]()
    while waiting:
        each = waiting.pop()
        key = plain(each.name), frozenset(each.extras)
        if key in seen:
            continue
        seen.add(key)
        if key[0] in installed:
            further = (Requirement(written) for written in installed[key[0]].requires or [])
            waiting += [need for need in further if _applies(need, each.extras)]
    return {name for name, _ in seen}


def _applies(need: Requirement, extras: Iterable[str]) -> bool:
    """Whether it is needed with one of these extras, on any Python and platform."""
    if need.marker is None:
        return True
    places = product(_PYTHONS, _PLATFORMS, ("", *extras))
    return any(
        need.marker.evaluate(
            {
                "python_version": python,
                "python_full_version": f"{python}.1",
                "sys_platform": platform,
                "platform_system": system,
                "os_name": kind,
                "extra": extra,
            }
        )
        for python, (platform, system, kind), extra in places
    )


def _licence(found: Distribution) -> str:
    """What the metadata says: its expression, else its classifiers, else its free text where that is one line."""
    told, free = (next(iter(found.metadata.get_all(name, [])), "") for name in ("License-Expression", "License"))
    classified = [each for each in found.metadata.get_all("Classifier", []) if each.startswith("License ::")]
    named = " / ".join(each.split(" :: ")[-1] for each in classified if each.count("::") > 1)
    return told or named or ("" if "\n" in free else free.strip())


def _names(licence: str) -> Iterator[str]:
    """The licences that an expression joins; brackets that only group are left out."""
    for part in _BETWEEN.split(licence):
        is_grouped = part.startswith("(") or part.count(")") > part.count("(")
        if name := part.strip("() ") if is_grouped else part:
            yield name
