"""The lying model tells lies, and the suite would see one that is shown."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from plain import write_rows

from eval import lying as server
from eval.running import Task
from eval.suites import lying as suite
from synth.gate import Gated, find_verbatim
from synth.llm import model_drafter
from synth.llm.claims import Checked
from synth.llm.prompting import Material
from synth.llm.reply import WrittenReply

ONE = {"id": "E1", "text": "The parcel, they said, came two days late. Nobody could open the tracking page at all."}
OTHER = {"id": "E2", "text": "The courier threw our delivery over the garden fence. We had to glue the lamp inside it."}


@pytest.mark.parametrize("kind", server.LIE_KINDS)
def test_each_kind_of_lie_is_one(kind: str) -> None:
    made = [lie for seed in range(20) if (lie := server._LIES[kind](Random(seed), ONE, OTHER))]
    assert made
    for sentence, cited, quote in made:
        text = {"E1": ONE["text"], "E2": OTHER["text"]}.get(cited, "")
        stands = find_verbatim(text, quote) is not None
        assert not stands if kind != "counted" else stands and sentence not in text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]]) -> Path:
    """A folder of sixty texts, and a suite that is content with fewer claims."""
    monkeypatch.setattr(suite, "CLAIMS", 60)
    monkeypatch.setattr(suite, "TIMEOUT", 0.5)
    monkeypatch.setattr(suite, "HANG", 1.5)
    write_rows(tmp_path / "items.jsonl", [{**row, "id": f"r{n}"} for n, row in enumerate(rows[:60])])
    return tmp_path


def test_no_lie_is_shown_and_no_question_fails(folder: Path, make_task: Callable[..., Task]) -> None:
    figures = suite.run(make_task(folder)).figures
    assert figures["lies_shown"].value == 0
    assert figures["crashes"].value == 0
    assert figures["verbatim_share"].value == 1
    assert figures["fault_kinds"].value == len(server.FAULT_KINDS)
    assert (figures["truths_shown"].value or 0) > 0


def test_a_service_that_checks_nothing_is_found_out(
    folder: Path, make_task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    from synth.answers import asking
    from synth.gate import Draft
    from synth.model import Claim

    def trusting(reply: WrittenReply, material: Material, _: str) -> Checked:
        quoted = [
            tuple((material.excerpts.get(q.excerpt_id, None), q.quote) for q in each.quotes) for each in reply.claims
        ]
        drafts = [
            Draft(claim.text, tuple((excerpt.id, quote) for excerpt, quote in quotes if excerpt))
            for claim, quotes in zip(reply.claims, quoted, strict=True)
        ]
        return Checked(tuple(drafts), 0, ())

    def waved_through(drafts: Any, *_: Any, **__: Any) -> Gated:
        return Gated(tuple(Claim(draft.text, "supported", ()) for draft in drafts), 0)

    monkeypatch.setattr(model_drafter, "check_claims", trusting)
    monkeypatch.setattr(asking, "gate", waved_through)
    figures = suite.run(make_task(folder)).figures
    assert (figures["lies_shown"].value or 0) > 0.5
