"""`synth ask` on a terminal: step by step where a language model makes it slow, whole where none does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.scripted import ScriptedServer, completion
from synth.cli.remote.answers import _read_events
from synth.errors import SynthError, Unavailable
from tests.factories import copy_home
from tests.running import run_on_terminal, run_synth
from tests.test_home import serving

QUESTION = "What do people say about photo upload?"


@pytest.fixture
def home(told_home: Path, tmp_path: Path) -> Path:
    return copy_home(told_home, tmp_path / "home")


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    """A language model whose replies cannot be used."""
    with ScriptedServer(completion("no JSON")) as server:
        yield server


def test_with_a_model_the_plan_and_the_numbers_come_before_the_claims(home: Path, model: ScriptedServer) -> None:
    shown = run_on_terminal(home, "ask", QUESTION, llm_url=model.url)
    plan, number, method, quote = (
        shown.index(words)
        for words in ("Understood as: what", "photo upload: 24 mentions", "Counted is what is on the theme “", "    “")
    )
    assert (
        plan
        < number
        < method
        < quote
        < shown.index("No language model wrote this")
        < shown.index("Ask on with --follow A")
    )
    assert len(model.requests) == 4  # the plan, the reply, and a repair of each: nothing is asked for twice


def test_through_a_server_the_same_is_shown(home: Path, model: ScriptedServer) -> None:
    local = run_on_terminal(home, "ask", QUESTION, llm_url=model.url)
    with serving(home, llm_url=model.url):
        remote = run_on_terminal(home, "ask", QUESTION)
    assert _without_id(remote) == _without_id(local)


def test_no_step_is_told_without_a_model_in_a_pipe_or_as_json(home: Path, model: ScriptedServer) -> None:
    alone = run_on_terminal(home, "ask", QUESTION)
    piped = run_synth(home, "ask", QUESTION, llm_url=model.url).stdout
    for shown in (alone, piped):
        assert shown.index("    “") < shown.index("Understood as: what")
    written = run_on_terminal(home, "ask", QUESTION, "--json", llm_url=model.url)
    assert json.loads(written)["status"] == "answered"


def test_why_there_is_no_answer_is_told_after_the_plan(home: Path, model: ScriptedServer) -> None:
    shown = run_on_terminal(home, "ask", "What do people say about zeppelins?", llm_url=model.url)
    assert shown.index("Understood as") < shown.index("Not in the data")
    assert len(model.requests) == 2  # the plan and its repair; nothing is drafted


def test_an_answer_that_goes_wrong_on_the_way_is_an_error() -> None:
    told = ["event: plan", 'data: {"asked": "what"}', ""]
    steps = _read_events([*told, "event: error", 'data: {"detail": "The database does not answer."}', ""])
    assert next(steps) == ("plan", {"asked": "what"})
    with pytest.raises(SynthError, match="The database does not answer"):
        next(steps)
    with pytest.raises(Unavailable, match="broke off"):
        list(_read_events(told))


def _without_id(shown: str) -> str:
    return shown.rsplit("Ask on with", 1)[0]
