"""Audit the dependencies: `python -m scripts.audit` (or `make audit`).

Ends with 1 where something is wrong or a finding has no answer, and with 2 where the vulnerabilities could not be
looked up; with --unmade-passes that is said in a line of its own, and is no error.
"""

import argparse
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from scripts.audit.installed import (
    check_bill,
    check_licences,
    check_needed,
    check_pins,
    read_installed,
    read_pins,
)
from scripts.audit.known import OSV, NotMadeError, look_up, unanswered
from scripts.audit.policy import Policy, check_answers, read_policy

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Make every check, say what was found, and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--osv", default=OSV, help=f"the address of the database ({OSV})")
    asked.add_argument("--unmade-passes", action="store_true", help="no error where the look-up cannot be made")
    asked.add_argument("--bill", type=Path, default=ROOT / "sbom.json", help="the bill of materials (sbom.json)")
    given = asked.parse_args()
    try:
        policy = read_policy(ROOT / "audit.toml")
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"WRONG  audit.toml cannot be read: {error}")
        return 1
    pins = read_pins(ROOT / "constraints.txt")
    wrong = _check_offline(policy, pins, given.bill)
    code = _look_up(policy, pins, given.osv)
    if wrong or code == 1:
        return 1
    return 0 if given.unmade_passes else code


def _check_offline(policy: Policy, pins: dict[str, str], bill: Path) -> bool:
    """Whether anything that can be seen without a network is wrong."""
    installed = read_installed()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    made = {
        f"{len(pins)} pins": check_pins(installed, pins, policy) + check_needed(installed, project, policy),
        f"licences of {len(installed)} packages": check_licences(installed, policy),
        "bill of materials": check_bill(installed, bill),
        f"{len(policy.answers)} answers": check_answers(policy.answers, pins.keys(), datetime.now(UTC).date()),
    }
    for name, wrong in made.items():
        print(f"{'WRONG' if wrong else 'ok   '}  {name}", *wrong, sep="\n         " if wrong else "")
    return any(made.values())


def _look_up(policy: Policy, pins: dict[str, str], address: str) -> int:
    try:
        found = look_up(pins, address=address)
    except NotMadeError as error:
        print(f"NOT MADE  the look-up of vulnerabilities: {error}. Nothing is known about them from this run.")
        return 2
    left = unanswered(found, policy.answers)
    print(
        f"{'WRONG' if left else 'ok   '}  {len(found)} known vulnerabilities, {len(found) - len(left)} of them answered"
    )
    for each in left:
        print(f"         {each.package} {each.version}: {', '.join(sorted(each.ids))} {each.summary}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
