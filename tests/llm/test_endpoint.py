"""An endpoint is bounded in time and size, tells its failures as values, and keeps its key to itself."""

import gzip
import json
import logging
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from eval.scripted import Said, Script, ScriptedServer, completion
from synth.llm.completion import Failure, Listing, Reply
from synth.llm.endpoint import Address, Endpoint
from synth.llm.probing import probe
from synth.settings import Settings, read_settings

KEY = "sk-very-secret-4711"
MESSAGES = [{"role": "user", "content": "hello"}]
SCHEMA = {"type": "object", "additionalProperties": False, "properties": {}}
TIMEOUT = 0.5
PATIENT = 10.0  # where waiting is not what is tested


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    Endpoint(Address("http://127.0.0.1:9/v1", "m", lambda: None), PATIENT).load()


def ask(url: str, *, timeout: float = PATIENT, endpoint: Endpoint | None = None) -> tuple[Reply | Failure, float]:
    asked = endpoint or Endpoint(Address(url, "m", lambda: KEY), timeout)
    begun = time.monotonic()
    return asked.complete(MESSAGES, SCHEMA, until=begun + 1.75 * timeout), time.monotonic() - begun


def refuse_schema(request: dict[str, Any]) -> Said:
    return Said(b'{"error": "no"}', 400) if "response_format" in request else completion("plain")


def test_a_reply_is_its_text_and_the_tokens_the_server_counted() -> None:
    with ScriptedServer(completion("hi", usage=7)) as server:
        outcome, _ = ask(server.url)
    assert outcome == Reply("hi", 7, 1)
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is True
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "tools" not in server.requests[0]


def test_a_server_that_refuses_the_schema_is_asked_in_words_and_remembered() -> None:
    with ScriptedServer(refuse_schema) as server:
        endpoint = Endpoint(Address(server.url, "m", lambda: None), PATIENT)
        assert ask(server.url, endpoint=endpoint)[0] == Reply("plain")
        assert ask(server.url, endpoint=endpoint)[0] == Reply("plain")
    assert ["response_format" in request for request in server.requests] == [True, False, False]


def test_a_server_that_refuses_everything_is_not_remembered_as_one_without_schemas() -> None:
    with ScriptedServer(Said(b"{}", 400)) as server:
        endpoint = Endpoint(Address(server.url, "m", lambda: None), PATIENT)
        assert isinstance(ask(server.url, endpoint=endpoint)[0], Failure)
    assert endpoint.takes_schema is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_once_more_when_it_is_soon_free(status: int) -> None:
    busy = Said(b"{}", status, {"Retry-After": "0.1"})
    with ScriptedServer(busy, completion("hi")) as server:
        assert ask(server.url)[0] == Reply("hi")
    with ScriptedServer(busy) as server:
        assert isinstance(ask(server.url)[0], Failure)
        assert len(server.requests) == 2


@pytest.mark.parametrize("wait", ["60", "nan", "Fri, 31 Dec 2027 23:59:59 GMT", "-1e999", "inf"])
def test_a_server_that_is_busy_for_long_is_not_waited_for(wait: str) -> None:
    with ScriptedServer(Said(b"{}", 429, {"Retry-After": wait})) as server:
        outcome, seconds = ask(server.url)
    assert isinstance(outcome, Failure)
    assert "busy" in outcome.reason
    assert seconds < PATIENT / 2


@pytest.mark.parametrize(
    "said",
    [
        Said(b"{}", wait=30),
        Said(drip_headers=0.02),
        Said(completion("hi").body, drip=0.05),
        Said(b"x" * 3000, 500, drip=0.05),
    ],
    ids=["hanging", "dripping headers", "dripping body", "dripping error"],
)
def test_a_slow_server_is_left_at_the_timeout_and_its_thread_ends(said: Said) -> None:
    with ScriptedServer(said) as server:
        outcome, seconds = ask(server.url, timeout=TIMEOUT)
        assert outcome == Failure("The language model did not answer within 0.5 seconds.")
        assert TIMEOUT <= seconds < 1.5 * TIMEOUT
        deadline = time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < deadline and _asking():
            time.sleep(0.02)
        assert not _asking()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(b"<html>Bad gateway</html>", 502, {"Content-Type": "text/html"}), "error (status 502)"),
        (Said(b"<html>Welcome</html>", 200, {"Content-Type": "text/html"}), "did not send a chat completion"),
        (Said(b"<html>Welcome</html>"), "did not send a chat completion"),
        (Said(b""), "did not send a chat completion"),
        (Said(b"\xff\xfe\x00"), "did not send a chat completion"),
        (Said(b"[" * 100_000), "did not send a chat completion"),
        (Said(b'{"choices": {}}'), "did not send a chat completion"),
        (Said(b'{"choices": [{"message": {"content": ["a"]}}]}'), "did not send a chat completion"),
        (Said(b'{"choices": []}'), "no choice"),
        (completion(""), "empty"),
        (completion(None), "empty"),
        (completion("x", finish="length"), "length limit"),
        (completion("x", finish="content_filter"), "content filter"),
        (completion(None, refusal="I cannot."), "refused to answer"),
        (completion(None, tool_calls=[{"id": "t", "type": "function"}]), "called a tool"),
        (completion("x" * 250_000), "more than 200 kB"),
        (Said(gzip.compress(b" " * 10_000_000), headers={"Content-Encoding": "gzip"}), "compressed"),
        (Said(completion("hi").body, cut=True), "could not be reached"),
        (Said(b"{}", 401), "SYNTH_LLM_KEY"),
        (Said(b"{}", 404), "SYNTH_LLM_MODEL"),
        (Said(b"", 302, {"Location": "http://127.0.0.1:9/elsewhere"}), "status 302"),
    ],
)
def test_what_a_server_does_wrong_is_told_in_a_sentence(said: Said, reason: str) -> None:
    with ScriptedServer(said) as server:
        outcome, seconds = ask(server.url)
    assert isinstance(outcome, Failure)
    assert reason in outcome.reason
    assert seconds < PATIENT / 2


def test_a_server_that_is_not_there_is_told() -> None:
    outcome, _ = ask("http://127.0.0.1:9/v1")
    assert isinstance(outcome, Failure)
    assert "could not be reached" in outcome.reason


@pytest.mark.parametrize("url", ["not a url", "http://", "ftp://127.0.0.1/", "http://127.0.0.1:99999/v1", ""])
def test_a_base_url_that_is_none_is_told_and_not_raised(url: str) -> None:
    assert isinstance(ask(url)[0], Failure)


def test_the_environment_of_another_account_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "foreign")
    with ScriptedServer(completion("hi")) as server:
        ask(server.url)
    assert "foreign" not in json.dumps(dict(server.headers[0]))


@pytest.mark.parametrize("status", [200, 401, 500])
def test_the_key_is_in_no_log_no_reason_and_no_repr(status: int, caplog: pytest.LogCaptureFixture) -> None:
    echo = Said(json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode(), status)
    with caplog.at_level(logging.DEBUG), ScriptedServer(echo) as server:
        endpoint = Endpoint(Address(server.url, "m", lambda: KEY), PATIENT)
        outcome, _ = ask(server.url, endpoint=endpoint)
    assert KEY not in caplog.text
    assert KEY not in repr(outcome) + repr(endpoint) + repr(vars(endpoint))


def settings(url: str | None) -> Settings:
    return read_settings(llm_url=url, llm_model="m", llm_timeout=PATIENT)


ENFORCED = completion('{"sentence": "Plants grow.", "mood": "kept"}')


@pytest.mark.parametrize(
    ("script", "accepts", "honours"),
    [(ENFORCED, True, True), (completion("Plants grow."), True, False), (refuse_schema, False, None)],
)
def test_a_probe_tells_whether_a_schema_is_taken_and_kept(
    script: Said | Script, accepts: bool, honours: bool | None
) -> None:
    with ScriptedServer(script) as server:
        found = probe(settings(server.url))
    assert (found.reachable, found.model_listed) == (True, True)
    assert (found.accepts_schema, found.honours_schema) == (accepts, honours)


def test_a_probe_tells_a_model_that_is_not_offered() -> None:
    with ScriptedServer(Said(b"{}", 404), models=("other",)) as server:
        found = probe(settings(server.url))
    assert found.reachable
    assert found.model_listed is False
    assert "SYNTH_LLM_MODEL" in found.note


def test_a_probe_of_nothing_says_so() -> None:
    assert "SYNTH_LLM_URL" in probe(settings(None)).note
    assert not probe(settings("http://127.0.0.1:9/v1")).reachable


def test_models_are_listed() -> None:
    with ScriptedServer(ENFORCED, models=("a", "b")) as server:
        endpoint = Endpoint(Address(server.url, "m", lambda: None), PATIENT)
        assert endpoint.models(until=time.monotonic() + 5) == Listing(("a", "b"))


def test_without_an_endpoint_the_client_library_is_not_imported() -> None:
    code = (
        "import sys; from synth.llm.opening import open_drafter; from synth.settings import Settings; "
        "assert open_drafter(Settings(llm_url=None)).name == 'extractive'; "
        "assert not {'openai', 'httpx2', 'synth.llm.endpoint'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def _asking() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "language-model"]


@pytest.mark.parametrize(
    ("script", "models", "said"),
    [
        (ENFORCED, (), "It does not list"),
        (completion("Plants grow."), None, "takes a schema and ignores it"),
        (refuse_schema, None, "takes no schema"),
        (Said(b"{}", 500), None, "It is there, but no reply came."),
    ],
)
def test_what_came_back_is_said_in_sentences(script: Said | Script, models: tuple[str, ...] | None, said: str) -> None:
    given = {} if models is None else {"models": models}
    with ScriptedServer(script, **given) as server:
        assert said in probe(settings(server.url)).say()
    assert probe(settings("http://127.0.0.1:9/v1")).say().startswith("Nothing came back. ")
