"""The suite of an endpoint that lies and breaks: it makes the lies it says it makes, and finds those that are shown."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from plain import write_rows

from eval.lying import Shown, contradiction, number_lies, quote_lies
from eval.running import Task
from eval.suites import lying
from synth.errors import BadInput
from synth.gate import Draft, gate

MakeTask = Callable[..., Task]
SAID = (
    "The photo upload of our crew hangs at 99 percent every single morning.",
    "Invoices that we send on Fridays show the wrong tax line to our customers.",
    "The calendar is slow when the whole office opens it after lunch.",
    "My crew cannot find the button that closes a job on the phone.",
)
SHOWN = Shown(SAID[0], SAID[1], SAID[2], {"E1": SAID[0], "E2": SAID[1]}, "x-3")


def test_every_lie_about_a_quote_is_one() -> None:
    lies = list(quote_lies(SHOWN, Random(1)))
    assert len({lie.kind for lie in lies}) >= 18
    assert all(SHOWN.is_false(quote) for lie in lies for quote in lie.quotes)


def test_every_lie_about_a_number_rests_on_a_true_quote() -> None:
    lies = list(number_lies(SHOWN, (41,), Random(1)))
    assert not any(SHOWN.is_false(quote) for lie in lies for quote in lie.quotes)
    assert all(lie.text.endswith(SAID[0]) and "41" not in lie.text for lie in lies)


def test_a_contradiction_negates() -> None:
    turned = contradiction(Shown(SAID[2], SAID[1], SAID[0], {}, "x-3"))
    assert turned is not None
    assert "is not slow" in turned.text


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    write_rows(tmp_path / "items.jsonl", [{"id": f"{number}", "text": text} for number, text in enumerate(SAID)])
    return tmp_path


def test_no_lie_is_shown_and_nobody_waits(texts: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lying, "LEAST", 60)
    found = lying.run(make_task(texts))
    figures = {name: figure.value for name, figure in found.figures.items()}
    assert figures["claims"] >= 60  # type: ignore[operator]
    assert (figures["shown_lies"], figures["shown_by_gate_alone"], figures["crashes"]) == (0, 0, 0)
    assert figures["honest_shown"] == 1.0
    assert figures["longest_wait"] < 1.5  # type: ignore[operator]
    assert found.parameters["faults"] >= 30


def test_a_lie_that_is_shown_is_counted(texts: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch) -> None:
    def credulous(drafts, evidence, **more):  # type: ignore[no-untyped-def]
        true = next(iter(evidence.items()))
        return gate([Draft(each.text, ((true[0], true[1].text),)) for each in drafts], evidence, **more)

    monkeypatch.setattr(lying, "LEAST", 20)
    monkeypatch.setattr(lying, "gate", credulous)
    found = lying.run(make_task(texts))
    assert found.figures["shown_by_gate_alone"].value > 0  # type: ignore[operator]
    assert any(case.title.startswith("passes the gate alone") for case in found.cases)


def test_too_few_texts_are_refused(tmp_path: Path, make_task: MakeTask) -> None:
    write_rows(tmp_path / "items.jsonl", [{"id": "1", "text": "short"}])
    with pytest.raises(BadInput, match="at least 3 texts"):
        lying.run(make_task(tmp_path))
