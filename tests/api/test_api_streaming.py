"""An answer as it is made: the plan, the counts, claims that passed the gate, the end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from synth.answers import asking
from synth.engine import WORKSPACE, Engine
from synth.errors import Unavailable
from tests.api.test_curate_pages import sign_in
from tests.factories import feedback_rows, open_home, take_rows, value_of

HTML = {"Accept": "text/html"}
QUESTION = {"question": "What do people say about photo upload?"}


def events(client: TestClient) -> list[tuple[str, Any]]:
    response = client.post("/v1/questions/stream", json=QUESTION)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.strip().split("\n\n"):
        name, carried = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(carried.removeprefix("data: "))))
    return found


def test_plan_counts_claims_and_end_come_in_this_order_and_say_what_the_answer_says(
    client: TestClient, engine: Engine
) -> None:
    take_rows(engine, feedback_rows())
    told = events(client)
    names = [name for name, _ in told]
    claims = [carried for name, carried in told if name == "claim"]
    assert names == ["plan", "counts", *["claim"] * len(claims), "end"]
    assert claims
    whole = client.post("/v1/questions", json=QUESTION).json()
    assert told[-1][1] | {"id": whole["id"]} == whole  # each is kept under an id of its own
    assert (told[0][1], told[1][1]["counts"], claims) == (whole["plan"], whole["counts"], whole["claims"])


def test_what_cannot_be_asked_is_refused_before_anything_is_sent(client: TestClient) -> None:
    assert client.post("/v1/questions/stream", json=QUESTION | {"since": "soon"}).status_code == 400


def test_what_goes_wrong_later_is_the_last_event(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_rows(engine, feedback_rows())

    def fail(*_: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(asking, "_answer", fail)
    assert events(client)[-1] == ("error", {"detail": "The database does not answer."})


def test_a_reader_who_goes_after_the_plan_stops_the_work(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    take_rows(engine, feedback_rows())
    done: list[str] = []
    monkeypatch.setattr(asking, "tally", lambda *_, **__: done.append("counted"))
    steps = engine.ask_in_steps(WORKSPACE, QUESTION["question"])
    assert next(iter(steps)) is not None
    steps.close()  # type: ignore[attr-defined]
    assert done == []


def test_an_answer_that_was_just_told_is_shown_and_not_asked_for_again(client: TestClient, engine: Engine) -> None:
    take_rows(engine, feedback_rows())
    id = events(client)[-1][1]["id"]
    address = {"q": QUESTION["question"], "answer": id}
    assert f'name="follows" value="{id}"' in client.get("/ask", params=address, headers=HTML).text
    assert value_of(engine, "SELECT count(*) FROM answers") == 1


def test_the_page_of_an_answer_says_the_question_that_was_answered(client: TestClient, engine: Engine) -> None:
    take_rows(engine, feedback_rows())
    address = {"q": "Is everybody leaving?", "answer": events(client)[-1][1]["id"]}
    page = client.get("/ask", params=address, headers=HTML).text
    assert "Is everybody leaving?" not in page
    assert QUESTION["question"] in page


def test_an_answer_that_is_not_kept_or_of_another_workspace_is_asked_for(
    client: TestClient, client_for: Callable[..., TestClient], engine: Engine
) -> None:
    take_rows(engine, feedback_rows())
    id = events(client)[-1][1]["id"]
    gone = client.get("/ask", params={"q": QUESTION["question"], "answer": "A999"}, headers=HTML).text
    assert 'name="follows" value="A2"' in gone
    other = client_for("viewer", "other").get("/ask", params={"q": "How many?", "answer": id}, headers=HTML).text
    assert QUESTION["question"] not in other


def test_a_page_tells_answers_only_where_a_model_makes_them_slow(client: TestClient, tmp_path: Path) -> None:
    assert "data-streams" not in client.get("/ask", headers=HTML).text
    slow = open_home(tmp_path / "slow", llm_url="http://127.0.0.1:9/v1")
    browser, csrf = sign_in(slow, "viewer")
    page = browser.get("/ask").text
    assert "data-streams" in page
    assert f'data-csrf="{csrf}"' in page
    slow.close()


def test_a_session_asks_for_a_stream_with_the_token_of_its_pages(engine: Engine) -> None:
    take_rows(engine, feedback_rows())
    browser, csrf = sign_in(engine, "viewer")
    assert browser.post("/v1/questions/stream", json=QUESTION).status_code == 403
    assert browser.post("/v1/questions/stream", json=QUESTION, headers={"X-CSRF-Token": csrf}).status_code == 200
