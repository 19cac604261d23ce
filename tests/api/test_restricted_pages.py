"""Restricted sources on the pages: said, taken back, put right where it was typed, and known to who reads them."""

import re

import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from api.pages.settings import PATH
from synth.access import Role, create_token
from synth.engine import WORKSPACE, Engine
from tests.factories import exported, feedback_rows, take_rows

PAGES = {"Accept": "text/html"}
ROWS = [{"id": f"E{number}", "text": f"The exit talk {number}", "date": "2026-11-12"} for number in range(6)]
LEFT_OUT = "Sources that only some may read are left out here: administrators say who may."


@pytest.fixture
def home(engine: Engine) -> Engine:
    """What everybody reads, and a source for Ann."""
    take_rows(engine, feedback_rows(3), name="feedback.csv")
    take_rows(engine, ROWS, name="exits.csv")
    engine.discover(WORKSPACE)
    engine.drain()
    for name in ("Ann", "Ben"):
        create_token(engine.parts, WORKSPACE, name, "editor", expires=None)
    engine.set_readers(WORKSPACE, "exits", ["Ann"])
    return engine


def client_of(engine: Engine, name: str, role: Role = "editor") -> TestClient:
    secret = create_token(engine.parts, WORKSPACE, name, role, expires=None)
    headers = PAGES | {"Authorization": f"Bearer {secret}"}
    return TestClient(make_app(engine), headers=headers, follow_redirects=False)


def readers_of(engine: Engine, source: str) -> list[str] | None:
    found: list[str] | None = next(
        each["readers"] for each in engine.sources(WORKSPACE)["sources"] if each["source"] == source
    )
    return found


def section(page: str, name: str) -> str:
    """What stands on a page between this heading and the next."""
    return page.partition(f'<h2 id="{name}">')[2].partition("<h2")[0]


def test_a_source_is_opened_again_with_its_names_left_in_the_form(home: Engine) -> None:
    admin = client_of(home, "Boss", "admin")
    sent = {"source": "exits", "restricted": "no", "readers": "Ben"}
    other = admin.post(f"{PATH}/sources/readers", data=sent)
    assert (other.status_code, readers_of(home, "exits")) == (400, ["Ann"])
    opened = admin.post(f"{PATH}/sources/readers", data=sent | {"readers": "Ann"})
    assert (opened.status_code, opened.headers["Location"]) == (303, f"{PATH}#readers")
    assert readers_of(home, "exits") is None
    assert admin.post(f"{PATH}/sources/readers", data=sent | {"readers": "Ann"}).status_code == 400  # named anew


def test_a_wrong_name_is_told_where_it_was_typed_and_stays_there(home: Engine) -> None:
    admin = client_of(home, "Boss", "admin")
    sent = {"source": "feedback", "restricted": "yes", "readers": "Ben, Anne"}
    refused = admin.post(f"{PATH}/sources/readers", data=sent)
    told = section(refused.text, "readers")
    assert refused.status_code == 400
    assert refused.text.count('role="alert"') == told.count('role="alert"') == 1
    assert "Nobody is called Anne here: write the names of users and tokens as they are listed." in told
    assert re.search(r'<option value="yes" selected>[^§]+value="Ben, Anne"', told)
    assert told.count(">only these<") == told.count('name="source"') == 2
    assert 'action="/settings/sources/readers#readers"' in told
    assert readers_of(home, "feedback") is None


def test_a_hook_for_some_is_made_on_the_page(home: Engine) -> None:
    admin = client_of(home, "Boss", "admin")
    refused = admin.post(f"{PATH}/hooks", data={"source": "leavers", "readers": "Anne"})
    told = section(refused.text, "hooks")
    assert (refused.status_code, 'value="leavers"' in told, 'value="Anne"' in told) == (400, True, True)
    assert "whsec_" in admin.post(f"{PATH}/hooks", data={"source": "leavers", "readers": "Ann, Ben"}).text
    assert readers_of(home, "leavers") == ["Ann", "Ben"]
    there = admin.post(f"{PATH}/hooks", data={"source": "feedback", "readers": "Ann"})
    assert (there.status_code, "send this to a new source" in there.text) == (400, True)
    assert "whsec_" in admin.post(f"{PATH}/hooks", data={"source": "feedback", "readers": " "}).text


def test_who_reads_an_upload_is_put_right_beside_its_columns(home: Engine) -> None:
    ed = client_of(home, "Ed")
    sent = ed.post(
        "/upload",
        data={"source": "leavers", "readers": "Anne"},
        files={"file": ("leavers.csv", b"text\nWhy I left\n")},
    )
    draft = sent.headers["Location"]
    assert 'name="readers" value="Anne"' in ed.get(draft).text
    refused = ed.post(draft, data={"map.0.text": "text", "readers": "Anne"})
    assert (refused.status_code, "Nobody is called Anne" in refused.text) == (400, True)
    assert 'name="readers" value="Anne"' in refused.text
    assert ed.post(draft, data={"map.0.text": "text", "readers": "Ann"}).status_code == 303
    assert readers_of(home, "leavers") == ["Ann", "Ed"]
    home.drain()
    ben = client_of(home, "Ben", "researcher")
    asked = {"where": "source=leavers"}
    assert "Why I left" in ed.get("/documents", params=asked).text
    assert "There is no feedback within the filters" in ben.get("/documents", params=asked).text


def test_who_was_named_reads_it_where_the_columns_alone_are_sent(home: Engine) -> None:
    ed = client_of(home, "Ed")
    files = {"file": ("more.csv", b"text\nA word more\n")}
    for source, named, readers in (("leavers", "Ann", ["Ann", "Ed"]), ("letters", "", None)):
        draft = ed.post("/upload", data={"source": source, "readers": named}, files=files).headers["Location"]
        assert ('name="readers"' in ed.get(draft).text) is bool(named)
        assert ed.post(draft, data={"map.0.text": "text"}).status_code == 303
        home.drain()
        assert readers_of(home, source) == readers


def test_a_document_says_that_only_some_read_it(home: Engine) -> None:
    admin, said = client_of(home, "Boss", "admin"), "only some, and administrators: it is in no report"
    shown = {}
    for row in exported(home, "documents"):
        address = f"/documents/{row['document_id']}"
        restricted = admin.get(f"/v1{address}").json()["restricted"]
        assert (said in admin.get(address).text) is restricted
        shown[row["source"]] = restricted
    assert shown == {"exits": True, "feedback": False}


def test_a_report_says_what_it_leaves_out_of_what_one_reads_elsewhere(home: Engine) -> None:
    said = f"It is written for everybody. {LEFT_OUT}"
    week = next(iter(home.weeks(WORKSPACE))).id
    for name, role, more in (("Boss", "admin", True), ("Ann", "viewer", True), ("Ben", "viewer", False)):
        page = client_of(home, name, role).get(f"/reports/{week}").text  # type: ignore[arg-type]
        assert (said in page, page.count(LEFT_OUT)) == (more, 1), name
    home.set_readers(WORKSPACE, "exits", None)
    assert "written for everybody" not in client_of(home, "Boss", "admin").get(f"/reports/{week}").text


def test_what_is_not_there_yet_is_not_led_to(engine: Engine) -> None:
    admin = client_of(engine, "Boss", "admin")
    assert 'href="#readers"' not in admin.get(PATH).text
    take_rows(engine, ROWS, name="exits.csv")
    assert 'href="#readers"' in admin.get(PATH).text
