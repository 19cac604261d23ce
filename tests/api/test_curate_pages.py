"""The pages on which themes are curated: a form, a preview in numbers, a decision, an undo; all without JavaScript."""

import hashlib
import hmac
import html
import re

import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from api.auth import COOKIE
from synth.access import Role, create_login
from synth.engine import WORKSPACE, Engine

FORM = {"accept": "text/html"}


def sign_in(engine: Engine, role: Role) -> tuple[TestClient, str]:
    browser = TestClient(make_app(engine), base_url="http://testserver", follow_redirects=False, headers=FORM)
    browser.get("/login", params={"key": create_login(engine.parts, WORKSPACE, "Maren", role)})
    return browser, hmac.new(browser.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()


@pytest.fixture
def signed(told: Engine) -> tuple[TestClient, str]:
    return sign_in(told, "editor")


def preview(signed: tuple[TestClient, str], **fields: object) -> str:
    browser, csrf = signed
    answer = browser.post("/themes/T1/curate", data={"csrf": csrf, **fields})
    assert answer.status_code == 200, answer.text
    return answer.text


def confirm(signed: tuple[TestClient, str], shown: str) -> str:
    browser, csrf = signed
    wanted = re.search(r'name="wanted" value="([^"]*)"', shown)
    assert wanted
    answer = browser.post("/decisions", data={"csrf": csrf, "wanted": html.unescape(wanted[1])})
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "rename", "name": "Doubled visits"}, "Named T1 “Doubled visits”"),
        ({"do": "merge", "themes": ["T2", "T3"]}, "Merged T2 "),
        ({"do": "words", "words": "round 2, round 3", "name": ""}, "by “round 2” or “round 3”"),
        ({"do": "pin", "on": "yes"}, "Pinned T1"),
        ({"do": "exclude", "on": "yes"}, "Excluded T1"),
        ({"do": "parent", "other": "T2"}, "a part of T2"),
        ({"do": "apart", "other": "T2"}, "are not the same"),
    ],
)
def test_a_form_is_previewed_confirmed_and_undone(
    signed: tuple[TestClient, str], told: Engine, fields: dict[str, object], said: str
) -> None:
    before = told.themes(WORKSPACE)
    shown = preview(signed, **fields)
    assert said in html.unescape(shown)
    assert told.themes(WORKSPACE) == before
    assert confirm(signed, shown) == "/decisions#D1"
    browser, csrf = signed
    assert said in html.unescape(browser.get("/decisions").text)
    assert browser.post("/decisions/D1/undo", data={"csrf": csrf}).headers["location"] == "/decisions#D1"
    assert told.themes(WORKSPACE)["themes"] == before["themes"]
    assert "undone by Maren" in browser.get("/decisions").text


@pytest.mark.parametrize(("do", "kind"), [("move", "move"), ("off", "move"), ("excerpts", "split")])
def test_selected_excerpts_are_moved_taken_off_or_made_a_theme(
    signed: tuple[TestClient, str], told: Engine, do: str, kind: str
) -> None:
    browser, _ = signed
    listed = re.findall(r'name="excerpts" value="(x\w+)"', browser.get("/themes/T1/curate").text)
    assert set(listed) == {row["excerpt_id"] for row in told.theme_excerpts(WORKSPACE, "T1").rows}
    confirm(signed, preview(signed, do=do, excerpts=listed[:3], to="T2"))
    assert [(row["kind"], row["excerpts"]) for row in told.decisions(WORKSPACE).rows] == [(kind, 3)]


def test_a_preview_shows_both_numbers_of_each_theme(signed: tuple[TestClient, str], told: Engine) -> None:
    numbers = {theme["id"]: theme["mentions"] for theme in told.themes(WORKSPACE)["themes"]}
    shown = preview(signed, do="merge", themes=["T2"])
    cell = re.search(r'data-label="Mentions">(\d+) .*?<strong>(\d+)</strong>', shown)
    assert cell
    assert [int(cell[1]), int(cell[2])] == [numbers["T1"], numbers["T1"] + numbers["T2"]]


def test_what_cannot_be_decided_is_said_on_the_page(signed: tuple[TestClient, str]) -> None:
    browser, csrf = signed
    for fields, status, said in (
        ({"do": "words", "words": "hedgehog"}, 400, "No excerpt of T1"),
        ({"do": "merge"}, 400, "has to name"),
        ({"do": "pin", "on": "no"}, 409, "is not pinned"),
    ):
        answer = browser.post("/themes/T1/curate", data={"csrf": csrf, **fields})
        assert (answer.status_code, said in answer.text) == (status, True)
    assert browser.post("/decisions", data={"csrf": csrf, "wanted": "["}).status_code == 400


def test_a_theme_that_went_has_nothing_to_curate(signed: tuple[TestClient, str], told: Engine) -> None:
    told.decide(WORKSPACE, "Maren", {"kind": "merge", "themes": ["T2"], "into": "T1"})
    assert signed[0].get("/themes/T2/curate").status_code == 404


def test_a_form_without_the_token_of_the_page_changes_nothing(signed: tuple[TestClient, str], told: Engine) -> None:
    wanted = '{"kind": "pin", "theme": "T1"}'
    assert signed[0].post("/decisions", data={"wanted": wanted}).status_code == 403
    assert told.decisions(WORKSPACE).rows == []


def test_a_viewer_sees_decisions_and_no_way_to_make_or_undo_them(told: Engine) -> None:
    told.decide(WORKSPACE, "Maren", {"kind": "pin", "theme": "T1"})
    browser, _ = sign_in(told, "viewer")
    assert "Pinned T1" in browser.get("/decisions").text
    assert "/undo" not in browser.get("/decisions").text
    assert "/curate" not in browser.get("/themes/T1").text
    assert browser.get("/themes/T1/curate").status_code == 403


def test_suggested_parts_can_be_split_off(signed: tuple[TestClient, str], told: Engine) -> None:
    browser, _ = signed
    shown = browser.get("/themes/T1/curate", params={"parts": "true"}).text
    keys = re.findall(r'name="suggestion" value="(\w+)"', shown)
    assert keys == [part["key"] for part in told.suggestions(WORKSPACE, "T1")["suggestions"]]
    confirm(signed, preview(signed, do="suggestion", suggestion=keys[0]))
    assert told.decisions(WORKSPACE).rows[0]["kind"] == "split"


def test_the_words_of_the_page_find_excerpts_of_the_theme_alone(signed: tuple[TestClient, str], told: Engine) -> None:
    shown = signed[0].get("/themes/T1/curate", params={"q": "round 2"}).text
    found = re.findall(r'name="excerpts" value="(x\w+)"', shown)
    assert found
    assert set(found) <= {row["excerpt_id"] for row in told.theme_excerpts(WORKSPACE, "T1").rows}
