"""Saved questions through the API and on their pages."""

import pytest
from fastapi.testclient import TestClient

from api import shapes
from synth.engine import WORKSPACE, Engine
from tests.api.test_curate_pages import sign_in

Signed = tuple[TestClient, str]
QUESTION = "What do people say about duplicate events?"


@pytest.fixture
def signed(told: Engine) -> Signed:
    return sign_in(told, "editor")


def send(signed: Signed, path: str, **fields: object) -> tuple[int, str]:
    browser, csrf = signed
    answer = browser.post(path, data={"csrf": csrf, **fields})
    return answer.status_code, answer.headers.get("location", "")


def test_a_question_is_saved_below_its_answer_followed_and_archived(signed: Signed) -> None:
    browser, _ = signed
    assert "Ask this every week" in browser.get("/ask", params={"q": QUESTION}).text
    assert send(signed, "/questions", q=QUESTION) == (303, "/questions/Q1")
    page = browser.get("/questions/Q1").text
    assert QUESTION in page
    assert "Follow no more" in page
    assert "2026-W" in page
    assert QUESTION in browser.get("/questions").text
    assert send(signed, "/questions/Q1", do="unfollow") == (303, "/questions/Q1")
    assert send(signed, "/questions/Q1/edit", do="run") == (303, "/questions/Q1")
    assert send(signed, "/questions/Q1/edit", do="title", title="Doubles") == (303, "/questions/Q1")
    assert "<h1>Doubles</h1>" in browser.get("/questions/Q1").text
    assert send(signed, "/questions/Q1/edit", do="archived") == (303, "/questions/Q1")
    assert "Take it up again" in browser.get("/questions/Q1").text
    assert "No question is saved yet" in browser.get("/questions").text
    send(signed, "/questions", q=QUESTION, where="person=Person A")
    for path in ("/questions", "/questions/Q2"):
        assert "Only person Person A" in browser.get(path).text
    assert send(signed, "/questions/Q1", do="dance")[0] == 400
    assert send(signed, "/questions/Q1/edit", do="dance")[0] == 400


def test_filters_beside_the_question_are_saved_with_it(signed: Signed, told: Engine) -> None:
    send(signed, "/questions", q=QUESTION, where=["person=Person A"], since="2026-11-01")
    saved = told.saved_question(WORKSPACE, "Q1", "Maren")
    assert saved["given"]["where"] == [{"key": "person", "operator": "=", "value": "Person A"}]
    assert saved["given"]["since"].startswith("2026-11-01")


def test_a_viewer_follows_and_does_not_save(told: Engine, signed: Signed) -> None:
    send(signed, "/questions", q=QUESTION)
    viewer = sign_in(told, "viewer")
    assert "Ask this every week" not in viewer[0].get("/ask", params={"q": QUESTION}).text
    assert send(viewer, "/questions", q=QUESTION)[0] == 403
    assert send(viewer, "/questions/Q1", do="follow")[0] == 303
    assert "Archive" not in viewer[0].get("/questions/Q1").text


def test_the_api_speaks_in_its_shapes(told: Engine, signed: Signed) -> None:
    browser, csrf = signed
    browser.headers.update({"accept": "application/json", "x-csrf-token": csrf})
    made = browser.post("/v1/saved-questions", json={"question": QUESTION, "title": "Doubles"})
    assert (made.status_code, made.headers["location"]) == (201, "/v1/saved-questions/Q1")
    assert shapes.SavedQuestion.model_validate(made.json()).title == "Doubles"
    listed = shapes.SavedQuestionList.model_validate(browser.get("/v1/saved-questions?followed=true").json())
    assert [each.id for each in listed.saved_questions] == ["Q1"]
    assert shapes.SavedRunList.model_validate(browser.get("/v1/saved-questions/Q1/runs").json()).runs
    assert browser.post("/v1/saved-questions/Q1/runs").json()["id"] == "Q1"
    assert browser.delete("/v1/saved-questions/Q1/follow").json()["followed"] is False
    assert browser.put("/v1/saved-questions/Q1/follow").json()["followed"] is True
    assert browser.post("/v1/saved-questions/Q1/seen").json()["unseen"] is False
    assert browser.patch("/v1/saved-questions/Q1", json={"state": "archived"}).json()["state"] == "archived"
    assert browser.get("/v1/saved-questions").json() == {"saved_questions": []}
    assert browser.post("/v1/saved-questions", json={}).status_code == 400
    assert browser.get("/v1/saved-questions/Q9").status_code == 404
