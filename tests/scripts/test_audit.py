"""`make audit`: what it finds, and that a look-up that could not be made is never one that found nothing."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scripts.audit.installed import (
    check_bill,
    check_licences,
    check_needed,
    check_pins,
    plain,
    read_installed,
    read_pins,
)
from scripts.audit.known import CANARY, NotMadeError, look_up, unanswered
from scripts.audit.policy import Answer, Policy, check_answers, read_policy

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 28)
PINS = {"one": "1.0", "two": "2.0"}
BARE = Policy(frozenset({"MIT", "BSD License"}), {}, {}, ())
REASON = "Only its server is concerned, and that is never started here."


class Package(Distribution):
    """A distribution that is nowhere on the disk."""

    def __init__(self, name: str, version: str, needs: tuple[str, ...] = (), **said: str) -> None:
        self._read = Message()
        for key, value in {"Name": name, "Version": version, **said}.items():
            self._read[key.replace("_", "-")] = value
        for need in needs:
            self._read["Requires-Dist"] = need

    def read_text(self, filename: str) -> str | None:
        return self._read.as_string() if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Path:  # type: ignore[override]
        return Path(path)


def installed(*packages: Package) -> Mapping[str, Distribution]:
    return {plain(each.metadata["Name"]): each for each in packages}


def osv(server: HTTPServer, known: Mapping[tuple[str, str], list[str]], aliases: Mapping[str, list[str]]) -> str:
    """A database that knows this, two findings a page."""

    def answer(request: Request) -> Response:
        results = []
        for query in json.loads(request.data)["queries"]:
            ids, begins = known.get((query["package"]["name"], query["version"]), []), int(query.get("page_token", 0))
            more = {"next_page_token": f"{begins + 2}"} if len(ids) > begins + 2 else {}
            results.append({"vulns": [{"id": id} for id in ids[begins : begins + 2]]} | more if ids else {})
        return Response(json.dumps({"results": results}), content_type="application/json")

    server.expect_request("/v1/querybatch", method="POST").respond_with_handler(answer)
    for id in {id for ids in known.values() for id in ids}:
        told = {"id": id, "aliases": aliases.get(id, []), "summary": "It lets anybody in."}
        server.expect_request(f"/v1/vulns/{id}").respond_with_json(told)
    return server.url_for("")


def test_what_is_known_about_a_pin_is_found_under_all_its_names_and_answered_by_any(httpserver: HTTPServer) -> None:
    ids = ["GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1", "PYSEC-2026-2"]
    known = {CANARY: ["PYSEC-2014-8"], ("two", "2.0"): ids}
    found = look_up(PINS, address=osv(httpserver, known, {ids[0]: ["CVE-2026-1234"]}))
    assert [(each.package, each.version, max(each.ids)) for each in found] == [("two", "2.0", id) for id in ids]
    answers = [Answer("CVE-2026-1234", "two", REASON, TODAY), Answer(ids[1], "one", REASON, TODAY)]
    assert [each.ids for each in unanswered(found, answers)] == [{ids[1]}, {ids[2]}]


def test_a_database_that_does_not_report_what_is_known_is_not_believed(httpserver: HTTPServer) -> None:
    with pytest.raises(NotMadeError, match=r"does not report jinja2 2\.4\.1"):
        look_up(PINS, address=osv(httpserver, {}, {}))


@pytest.mark.parametrize("answer", [Response("[]"), Response("{}"), Response("no JSON"), Response("", 503)])
def test_an_answer_that_cannot_be_read_is_none(httpserver: HTTPServer, answer: Response) -> None:
    httpserver.expect_request("/v1/querybatch").respond_with_response(answer)
    with pytest.raises(NotMadeError, match="no answer that can be read"):
        look_up(PINS, address=httpserver.url_for(""))


def test_a_database_that_is_away_says_so_in_one_line_and_in_the_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.audit", "--osv", "http://127.0.0.1:9", "--bill"]
    bill = tmp_path / "sbom.json"
    listed = [{"name": name, "version": each.version} for name, each in read_installed().items()]
    bill.write_text(json.dumps({"components": listed}), "utf-8")
    for more, code in (([str(bill)], 2), ([str(bill), "--unmade-passes"], 0), ([str(tmp_path), "--unmade-passes"], 1)):
        done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout
        assert done.stdout.count("NOT MADE") == 1
        assert "Nothing is known" in done.stdout


def test_this_environment_is_pinned_needed_and_allowed() -> None:
    policy, pins, here = read_policy(ROOT / "audit.toml"), read_pins(ROOT / "constraints.txt"), read_installed()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert check_pins(here, pins, policy) == []
    assert check_needed(here, project, policy) == []
    assert check_licences(here, policy) == []
    assert check_answers(policy.answers, pins.keys(), datetime.now(UTC).date()) == []


def test_what_is_not_pinned_or_pinned_for_nothing_is_told() -> None:
    here = installed(Package("One", "1.1"), Package("three", "3.0"), Package("pip", "23"))
    assert check_pins(here, PINS, BARE) == [
        "one is installed as 1.1 and pinned as 1.0",
        "three 3.0 is installed and not pinned",
        "two is pinned, and nothing needs it",
    ]
    kept = Policy(BARE.allowed, {}, {"two": "a peer", "four": "a peer"}, ())
    assert check_pins(installed(Package("one", "1.0")), PINS, kept) == [
        "the pin of four is to be kept, and there is none"
    ]


def test_what_nothing_needs_is_told_on_whichever_python_and_platform() -> None:
    here = installed(
        Package(
            "one", "1", ("two; extra == 'fast'", "three; python_version >= '3.13'", "four; sys_platform == 'win32'")
        ),
        *(Package(name, "1") for name in ("two", "three", "four", "five")),
    )
    project = {"dependencies": ["one>=1"], "optional-dependencies": {"test": []}}
    assert check_needed(here, project, BARE) == [
        f"{name} is installed, and nothing needs it" for name in ("five", "two")
    ]
    asked = {"dependencies": ["one[fast]>=1"], "optional-dependencies": {"test": ["five"]}}
    assert check_needed(here, asked, BARE) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"License_Expression": "MIT"}, None),
        ({"License_Expression": "MIT OR (MIT AND AGPL-3.0-only)"}, "the licence AGPL-3.0-only is not"),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, None),
        ({"Classifier": "License :: OSI Approved"}, "says no licence"),
        ({"License": "Proprietary"}, "the licence Proprietary is not"),
        ({}, "says no licence"),
    ],
)
def test_a_licence_that_was_not_allowed_is_told(said: dict[str, str], told: str | None) -> None:
    found = check_licences(installed(Package("one", "1", **said)), BARE)
    assert [told in each for each in found] == [True] if told else found == []


def test_a_bill_that_lacks_something_is_told(tmp_path: Path) -> None:
    here, bill = (
        installed(Package("One", "1.0"), Package("two", "2.0"), Package("synth", "0.1")),
        tmp_path / "sbom.json",
    )
    assert check_bill(here, bill) == ["there is no sbom.json; `make sbom` writes it"]
    bill.write_text(json.dumps({"components": [{"name": "one", "version": "1.0"}, {"name": "two", "version": "1.9"}]}))
    assert check_bill(here, bill) == ["two 2.0 is not in sbom.json"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, None),
        ({"finding": "a bug"}, "no id of a finding"),
        ({"package": "three"}, "not pinned any more"),
        ({"answer": "fine"}, "say in a sentence"),
        ({"until": TODAY - timedelta(days=1)}, "look at it again"),
        ({"until": TODAY + timedelta(days=400)}, "at most 185 days"),
        ({"until": "2027"}, "no day"),
    ],
)
def test_an_answer_says_why_and_does_not_hold_for_ever(changed: dict[str, Any], told: str | None) -> None:
    given = {"finding": "CVE-2026-45829", "package": "one", "answer": REASON, "until": TODAY} | changed
    found = check_answers([Answer(**given)], PINS, TODAY)
    assert [told in each for each in found] == [True] if told else found == []


@pytest.mark.parametrize(
    "written", ["[licences]", "allowed = [", "[licences]\nallowed = []\n[[answers]]\nfinding = ''"]
)
def test_a_file_of_answers_that_is_not_well_formed_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "audit.toml").write_text(written, "utf-8")
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_policy(tmp_path / "audit.toml")
