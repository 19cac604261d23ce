"""What was decided about dependencies, as `audit.toml` says: licences, pins, and answers to what was found."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

LONGEST: Final = timedelta(days=185)  # that an answer holds before somebody looks again
SHORTEST_ANSWER: Final = 40  # characters
_FINDING = re.compile(r"(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a finding does not concern this service, or what is done about it, and until when that holds."""

    finding: str
    package: str
    answer: str
    until: date


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it; `licence_of` is what somebody read where the metadata of a package is not clear."""

    allowed: frozenset[str]
    licence_of: Mapping[str, str]
    kept_pins: Mapping[str, str]  # of what is not installed, and why they stay
    answers: Sequence[Answer]


def read_policy(path: Path) -> Policy:
    """The policy of a file; raises ValueError, KeyError or TypeError where it is not well-formed."""
    written = tomllib.loads(path.read_text("utf-8"))
    licences: Mapping[str, Any] = written["licences"]
    answers = [Answer(**each) for each in written.get("answers", [])]
    return Policy(frozenset(licences["allowed"]), licences.get("of", {}), written.get("kept_pins", {}), answers)


def check_answers(answers: Sequence[Answer], pinned: Collection[str], today: date) -> list[str]:
    """What is wrong with the answers: their form, a package that is gone, a day that is over or too far."""
    wrong = []
    for each in answers:
        said = f"the answer to {each.finding}"
        if not _FINDING.fullmatch(each.finding):
            wrong.append(f"{said}: that is no id of a finding (CVE-…, GHSA-…, PYSEC-…)")
        if each.package not in pinned:
            wrong.append(f"{said}: {each.package} is not pinned any more, so take the answer out")
        if len(each.answer) < SHORTEST_ANSWER:
            wrong.append(f"{said}: say in a sentence why it does not concern this service, or what is done")
        if type(each.until) is not date:
            wrong.append(f"{said}: `until` is no day")
        elif each.until < today:
            wrong.append(f"{said} held until {each.until}; look at it again")
        elif each.until > today + LONGEST:
            wrong.append(f"{said} would hold until {each.until}; at most {LONGEST.days} days from now")
    return wrong
