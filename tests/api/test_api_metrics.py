"""Metrics: what this process did by route, and how the store stands; no address with the words of a question."""

import re

from fastapi.testclient import TestClient

from synth.engine import WORKSPACE, Engine
from synth.intake.uploads import Submission
from tests.factories import feedback_rows, write_csv


def _figures(client: TestClient) -> dict[str, float]:
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = (re.fullmatch(r"(synth_\S+?(?:\{.*\})?) (\S+)", line) for line in reply.text.splitlines())
    return {each[1]: float(each[2]) for each in lines if each}


def test_figures_follow_what_is_done(client: TestClient, engine: Engine, tmp_path) -> None:
    before = _figures(client)
    with write_csv(tmp_path / "late.csv", feedback_rows(1)).open("rb") as content:
        engine.submit(WORKSPACE, "late.csv", content, Submission(source="late"))
    waiting = _figures(client)
    assert waiting['synth_jobs{kind="intake",state="queued"}'] == 1
    assert waiting['synth_job_oldest_wait_seconds{kind="intake"}'] >= 0
    engine.drain()
    client.get("/v1/search", params={"q": "photo"})
    client.get("/v1/none/such")
    client.get("/v1/themes/T9")
    after = _figures(client)
    assert after["synth_documents"] > before["synth_documents"]
    assert 'synth_job_oldest_wait_seconds{kind="intake"}' not in after
    done = 'synth_job_seconds_count{kind="intake",outcome="done"}'
    assert after[done] == before.get(done, 0) + 1
    assert after['synth_request_seconds_count{method="GET",route="/v1/search",status="200"}'] == 1
    assert after['synth_request_seconds_count{method="GET",route="none",status="404"}'] == 1
    assert after['synth_request_seconds_count{method="GET",route="/v1/themes/{id}",status="404"}'] == 1


def test_answers_and_what_the_gate_dropped_are_counted(client: TestClient, engine: Engine) -> None:
    before = _figures(client)
    engine.ask(WORKSPACE, "What do people say about pricing in Peru?")
    after = _figures(client)
    assert after["synth_answers_last_day"] == before["synth_answers_last_day"] + 1
    assert "synth_gate_rejected_last_day" in after
    assert not [name for name in after if "Peru" in name]
