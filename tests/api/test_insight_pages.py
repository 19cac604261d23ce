"""Insights through the API and on their pages: made, reviewed, rewritten, and refused with the reason."""

import pytest
from fastapi.testclient import TestClient

from api import shapes
from synth.engine import WORKSPACE, Engine
from tests.api.test_curate_pages import sign_in

Signed = tuple[TestClient, str]


@pytest.fixture
def signed(told: Engine) -> Signed:
    return sign_in(told, "editor")


def send(signed: Signed, path: str, **fields: object) -> tuple[int, str, str]:
    browser, csrf = signed
    answer = browser.post(path, data={"csrf": csrf, **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_an_insight_goes_its_way_by_the_buttons_of_its_page(signed: Signed, told: Engine) -> None:
    for state, button in (("reviewed", "Publish"), ("published", "Withdraw"), ("draft", "Review")):
        assert send(signed, "/insights/I1", do="state", state=state)[:2] == (303, "/insights/I1")
        assert f">{button}</button>" in signed[0].get("/insights/I1").text
    assert [event["action"] for event in told.insight_history(WORKSPACE, "I1")["history"]] == [
        "drafted", "reviewed", "published", "withdrawn"
    ]  # fmt: skip
    assert "withdrawn by Maren" in signed[0].get("/insights/I1").text


def test_a_claim_is_rewritten_put_first_left_out_and_added(signed: Signed, told: Engine) -> None:
    before = told.insight(WORKSPACE, "I1")
    citation = before["claims"][0]["citations"][0]
    was = before["claims"][0]["text"]
    assert send(signed, "/insights/I1", do="rewrite", claim="1", was=was, text="So they say.")[0] == 303
    assert "changed meanwhile" in send(signed, "/insights/I1", do="drop", claim="1", was=was)[2]
    added = {"text": "And so again.", "excerpt": citation["excerpt_id"], "quote": citation["quote"]}
    assert send(signed, "/insights/I1", do="add", **added)[0] == 303
    count = len(told.insight(WORKSPACE, "I1")["claims"])
    assert send(signed, "/insights/I1", do="first", claim=str(count), was="And so again.")[0] == 303
    assert [claim["text"] for claim in told.insight(WORKSPACE, "I1")["claims"]][:2] == ["And so again.", "So they say."]
    assert send(signed, "/insights/I1", do="drop", claim="1", was="And so again.")[0] == 303
    after = told.insight(WORKSPACE, "I1")["claims"]
    assert (after[0]["text"], after[0]["written_by"], len(after)) == ("So they say.", "Maren", count - 1)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"do": "rewrite", "claim": "1", "was": "", "text": "It touches 4,711 people."}, 400, "names a number"),
        ({"do": "add", "text": "So.", "excerpt": "x0", "quote": "hello there"}, 400, "There is no excerpt x0"),
        ({"do": "state", "state": "published"}, 409, "A draft is reviewed, then published"),
        ({"do": "drop", "claim": "77"}, 400, "out of date"),
        ({"do": "dance"}, 400, "out of date"),
    ],
)
def test_what_is_refused_is_said_beside_what_was_written(
    signed: Signed, told: Engine, fields: dict[str, object], status: int, said: str
) -> None:
    before = told.insight(WORKSPACE, "I1")
    if "was" in fields:
        fields = fields | {"was": before["claims"][0]["text"]}
    answered, _, page = send(signed, "/insights/I1", **fields)
    assert answered == status
    assert said in page
    assert str(fields.get("text", "")) in page
    assert told.insight(WORKSPACE, "I1") == before


def test_insights_are_made_from_an_answer_and_from_what_was_chosen(signed: Signed, told: Engine) -> None:
    browser, _ = signed
    asked = browser.get("/ask", params={"q": "What do people say about duplicate events?"}).text
    assert "Make an insight of this answer" in asked
    status, place, _ = send(signed, "/insights", answer="A1")
    assert status == 303
    assert "answer A1" in browser.get(place).text
    found = browser.get("/search", params={"q": "duplicate events"}).text
    assert 'name="excerpts"' in found
    ids = [row["excerpt_id"] for row in told.search(WORKSPACE, "duplicate events", limit=3)["results"]]
    status, place, _ = send(signed, "/insights", excerpts=ids, title="Doubles")
    assert status == 303
    assert "3 excerpts that were selected by hand" in browser.get(place).text


def test_the_list_is_narrowed_by_state_and_freshness(signed: Signed) -> None:
    browser, _ = signed
    send(signed, "/insights/I1", do="state", state="reviewed")
    reviewed = browser.get("/insights", params={"state": "reviewed"}).text
    assert 'href="/insights/I1"' in reviewed
    assert 'href="/insights/I2"' not in reviewed
    assert "No insight is of this kind" in browser.get("/insights", params={"freshness": "contradicted"}).text


def test_a_viewer_reads_and_cannot_change(told: Engine) -> None:
    viewer = sign_in(told, "viewer")
    page = viewer[0].get("/insights/I1").text
    assert "Review</button>" not in page
    assert "Change this claim" not in page
    assert send(viewer, "/insights/I1", do="state", state="reviewed")[0] == 403


def test_the_api_makes_changes_and_tells_the_history_in_their_shapes(told: Engine, signed: Signed) -> None:
    browser, csrf = signed
    api = {"headers": {"accept": "application/json", "x-csrf-token": csrf}}
    made = browser.post("/v1/insights", json={"theme_id": "T2", "title": "Mine"}, **api)  # type: ignore[arg-type]
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/insights/{made.json()['id']}"
    assert shapes.Insight.model_validate(made.json(), strict=False).title == "Mine"
    id = made.json()["id"]
    assert browser.patch(f"/v1/insights/{id}", json={"state": "reviewed"}, **api).json()["state"] == "reviewed"  # type: ignore[arg-type]
    history = browser.get(f"/v1/insights/{id}/history", **api).json()  # type: ignore[arg-type]
    assert [event.action for event in shapes.InsightHistory.model_validate(history).history][-1] == "reviewed"
    refused = browser.patch(f"/v1/insights/{id}", json={"state": "done"}, **api)  # type: ignore[arg-type]
    assert refused.status_code in (400, 422)
