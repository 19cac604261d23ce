"""The judge: a grade stands where two opposite questions agree on it; anything else is not measured, never wrong."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from plain import write_rows

from eval.judging import Judge, open_judge
from eval.running import Task
from eval.scripted import Said, ScriptedServer, completion
from eval.suites import judge as suite
from synth.llm.templates import load_prompt
from synth.settings import Settings

MakeTask = Callable[..., Task]
SNAPSHOTS = Path(__file__).parents[1] / "llm" / "snapshots"
REVERSED = ("Does CLAIM say anything that SOURCE does not state", "Does ANSWER leave open")


def reply(word: str) -> Said:
    return completion(json.dumps({"answer": word}))


def asked(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def is_reversed(request: dict[str, Any]) -> bool:
    return any(words in asked(request) for words in REVERSED)


def honest(request: dict[str, Any]) -> Said:
    """Finds a claim supported when it holds the word 'true'; every answer helpful."""
    said = asked(request)
    good = "----- ASKED" in said or "true" in said.partition("----- CLAIM")[2].partition("-----")[0]
    return reply("yes" if good != is_reversed(request) else "no")


def judge_at(server: ScriptedServer, seed: int = 0) -> Judge:
    opened = open_judge(Settings(llm_url=server.url, llm_model="grader", llm_timeout=20), None, seed=seed)
    assert opened is not None
    return opened


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Six claims that people labelled: the honest judge agrees about two of three of each label."""
    made = tmp_path / "pairs"
    made.mkdir()
    claims = [("true a", 1), ("true b", 1), ("odd c", 1), ("odd d", 0), ("odd e", 0), ("true f", 0)]
    rows = [{"id": f"p{n}", "source": "s", "claim": claim, "label": label} for n, (claim, label) in enumerate(claims)]
    write_rows(made / "items.jsonl", rows)
    return made


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    with ScriptedServer(honest) as opened:
        monkeypatch.setenv("SYNTH_LLM_URL", opened.url)
        monkeypatch.setenv("SYNTH_LLM_MODEL", "grader")
        yield opened


@pytest.mark.parametrize(("claim", "grade"), [("true words", True), ("odd words", False)])
def test_a_grade_stands_when_the_question_and_its_opposite_agree(claim: str, grade: bool) -> None:
    with ScriptedServer(honest) as server:
        found = judge_at(server).grade("support", "k", {"source": "s", "claim": claim})
        assert (found.yes, found.why) == (grade, "")
        assert sorted(is_reversed(request) for request in server.requests) == [False, True]


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_model_that_always_says_the_same_has_said_nothing(word: str) -> None:
    with ScriptedServer(reply(word)) as server:
        found = judge_at(server).grade("support", "k", {"source": "s", "claim": "c"})
    assert found.yes is None
    assert "contradict" in found.why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (completion("I would say yes."), "could not be read"),
        (completion('{"answer": "maybe"}'), "could not be read"),
        (completion('{"answer": true}'), "could not be read"),
        (completion(""), "empty"),
        (Said(b"{}", status=500), "error"),
    ],
)
def test_a_reply_that_cannot_be_read_is_not_measured_and_never_wrong(said: Said, why: str) -> None:
    with ScriptedServer(said) as server:
        found = judge_at(server).grade("helpful", "k", {"question": "q", "answer": "a"})
    assert found.yes is None
    assert why in found.why


def test_the_orders_are_drawn_case_by_case_and_again_by_the_same_seed() -> None:
    def orders(seed: int) -> list[tuple[bool, bool]]:
        with ScriptedServer(honest) as server:
            judge = judge_at(server, seed)
            for number in range(12):
                judge.grade("support", f"k{number}", {"source": "s", "claim": "true"})
            return [(is_reversed(request), "no or yes" in asked(request)) for request in server.requests]

    first = orders(1)
    assert first == orders(1)
    assert first != orders(2)
    assert {pair[0] for pair in first[::2]} == {True, False}  # which sense comes first
    assert {pair[1] for pair in first} == {True, False}  # which option comes first


def test_the_agreement_with_people_is_worked_by_hand(pairs: Path, make_task: MakeTask, server: ScriptedServer) -> None:
    found = suite.run(make_task(pairs))
    agreement = found.figures["agreement"]
    assert (agreement.value, agreement.n) == (pytest.approx(2 / 3), 6)
    assert found.figures["not_measured"].value == 0.0
    assert len(server.requests) == 12
    assert all("label" not in asked(request) for request in server.requests)


def test_what_was_not_read_is_left_out_of_the_agreement(
    pairs: Path, make_task: MakeTask, server: ScriptedServer
) -> None:
    server.script = (lambda request: completion("hm") if "odd c" in asked(request) else honest(request),)
    found = suite.run(make_task(pairs)).figures
    assert (found["agreement"].value, found["agreement"].n) == (pytest.approx((1 + 2 / 3) / 2), 5)
    assert (found["not_measured"].value, found["not_measured"].n) == (pytest.approx(1 / 6), 6)


@pytest.fixture
def questions(folder: Path) -> Path:
    """Two questions over the folder of messages."""
    made = folder.parent / "asked"
    made.mkdir()
    (made / "set.json").write_text('{"items": "../messages/items.jsonl", "hidden": []}')
    count = {"kind": "count", "unit": "mentions", "any_of": [96]}
    rows = [("all", "How many messages are there?"), ("bill", "What do people say about the wrong invoice amount?")]
    write_rows(made / "questions.jsonl", [{"id": id, "question": words, "expect": count} for id, words in rows])
    return made


def test_without_an_endpoint_it_says_that_it_did_not_run(questions: Path, make_task: MakeTask) -> None:
    figures = suite.run(make_task(questions)).figures
    assert {figures[name].value for name in ("support", "helpful", "agreement")} == {None}
    assert all("SYNTH_LLM_URL" in figures[name].note for name in ("support", "helpful", "agreement"))


def test_a_model_does_not_grade_what_it_wrote(questions: Path, make_task: MakeTask, server: ScriptedServer) -> None:
    figures = suite.run(make_task(questions, limit=1)).figures
    assert figures["support"].value is None
    assert "--judge" in figures["support"].note
    assert not [request for request in server.requests if "----- ASKED" in asked(request)]


def test_another_model_grades_claims_and_answers(questions: Path, make_task: MakeTask, server: ScriptedServer) -> None:
    found = suite.run(make_task(questions, judge="other", limit=2))
    assert found.parameters["judge"] == "other"
    assert found.figures["helpful"].value == 1.0
    assert found.figures["support"].value == 0.0  # no claim holds the word the scripted judge looks for
    graded = [request for request in server.requests if request["model"] == "other"]
    assert any("counted: " in asked(request) for request in graded)


@pytest.mark.parametrize("name", ["judge_support", "judge_support_reversed", "judge_helpful", "judge_helpful_reversed"])
def test_the_rendered_prompt_is_what_its_snapshot_says(name: str) -> None:
    prompt = load_prompt(name, 1)
    values = {
        "source": '"It froze twice."',
        "claim": '"It froze."',
        "question": '"What froze?"',
        "answer": '"The app."',
    }
    wanted = {key: value for key, value in values.items() if key in prompt.variables} | {"options": "yes or no"}
    rendered = "\n\n".join(f"[{each['role']}]\n{each['content']}" for each in prompt.render(wanted))
    assert rendered + "\n" == (SNAPSHOTS / f"{name}.v1.txt").read_text(encoding="utf-8")
