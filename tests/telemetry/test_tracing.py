"""Traces: one request through the API, the ledger, its jobs and the model, without a word that anybody said."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpserver import HTTPServer

from api.app import make_app
from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput
from synth.llm.endpoint import Address, Endpoint
from synth.settings import Settings
from synth.tracing import Tracing, child, current, open_tracing
from tests.factories import new_home

SAID = "The unmistakable photo upload hangs on every roof"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Kept(InMemorySpanExporter):
    """Keeps what was handed over also after the end."""

    def shutdown(self) -> None:
        pass


@pytest.fixture
def spans() -> Kept:
    return Kept()


@pytest.fixture
def traced(tmp_path: Path, spans: Kept) -> Iterator[Engine]:
    """An engine that hands its spans over when it is closed."""
    home = new_home(tmp_path / "home")
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder(), tracing=Tracing(spans))
    yield engine
    engine.close()


def read_spans(engine: Engine, spans: Kept) -> list[ReadableSpan]:
    engine.parts.tracing.close()
    return list(spans.get_finished_spans())


def test_a_request_goes_on_in_the_jobs_it_caused(traced: Engine, spans: Kept) -> None:
    token = create_token(traced.parts, WORKSPACE, "test", "editor", expires=None)
    client = TestClient(make_app(traced), headers={"Authorization": f"Bearer {token}"})
    parent = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    client.post("/v1/documents", json={"documents": [{"text": SAID, "person": "Ana Ruiz"}]}, headers=parent)
    client.get("/v1/search", params={"q": SAID})
    traced.drain()
    found = read_spans(traced, spans)
    mine = {span.name: span for span in found if f"{span.context.trace_id:032x}" == TRACE}
    assert {"POST /v1/documents", "enqueue intake", "job intake", "job embed", "job index"} <= set(mine)
    by_id = {span.context.span_id: span.name for span in found}
    parents = {name: by_id.get(span.parent.span_id) for name, span in mine.items() if span.parent}
    assert parents["enqueue intake"] == "POST /v1/documents"
    assert (parents["job intake"], parents["enqueue embed"]) == ("enqueue intake", "job intake")
    assert mine["job embed"].attributes["synth.outcome"] == "done"
    assert {span.name for span in found if f"{span.context.trace_id:032x}" != TRACE} >= {"GET /v1/search"}
    told = "".join(span.to_json() for span in found)
    assert [word for word in ("unmistakable", "photo", "Ana", "Ruiz") if word in told] == []


def test_a_job_that_fails_tells_the_class_of_its_error_and_no_sentence(spans: Kept) -> None:
    tracing = Tracing(spans)
    with pytest.raises(BadInput), tracing.span("job embed", kind="consumer"):
        raise BadInput("The photo upload hangs")
    tracing.close()
    (span,) = spans.get_finished_spans()
    assert (span.status.description, span.events) == ("BadInput", ())


@pytest.mark.parametrize("parent", [None, "", "00-0-0-01", f"00-{'0' * 32}-00f067aa0ba902b7-01", "\xe9" * 55])
def test_what_is_no_parent_begins_a_trace(spans: Kept, parent: str | None) -> None:
    tracing = Tracing(spans)
    with tracing.span("GET", parent=parent, kind="server"):
        pass
    tracing.close()
    assert spans.get_finished_spans()[0].parent is None


def test_the_model_is_asked_within_what_asks_for_it(spans: Kept, httpserver: HTTPServer) -> None:
    reply = {"choices": [{"message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}]}
    httpserver.expect_request("/v1/chat/completions").respond_with_json(reply)
    endpoint, tracing = Endpoint(Address(httpserver.url_for("/v1"), "m", lambda: None), 10.0), Tracing(spans)
    with tracing.span("POST /v1/questions", kind="server"):
        endpoint.complete([{"role": "user", "content": SAID}], {}, until=1e12)
    tracing.close()
    asked, request = spans.get_finished_spans()
    assert (asked.name, asked.parent.span_id) == ("model", request.context.span_id)
    assert dict(asked.attributes) == {"synth.model": "m", "synth.outcome": "answered"}


def test_nothing_is_traced_unless_it_is_set(engine: Engine) -> None:
    with engine.parts.tracing.span("GET", kind="server"), child("model"):
        assert current() is None


def test_spans_go_to_the_collector_that_is_set(httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/v1/traces", method="POST").respond_with_data(b"")
    tracing = open_tracing(httpserver.url_for("/"))
    with tracing.span("GET /v1/search", kind="server"):
        pass
    tracing.close()
    (request, _) = httpserver.log[0]
    assert b"GET /v1/search" in request.get_data() or request.headers["Content-Encoding"] == "gzip"


def test_a_collector_that_is_away_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "opentelemetry")
    tracing = open_tracing("http://127.0.0.1:1")
    with tracing.span("GET", kind="server"):
        assert json.dumps(current())
    tracing.close()
