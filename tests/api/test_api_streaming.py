"""An answer as it is made: the plan, the counts, claims that passed the gate, the end."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from synth.answers import asking
from synth.engine import WORKSPACE, Engine
from synth.errors import Unavailable
from tests.factories import feedback_rows, take_rows

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
