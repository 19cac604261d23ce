"""The suite on the same themes next week, over small folders, with the embedder that needs no model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain import write_rows

from eval.__main__ import main
from eval.running import Task
from eval.suites import stability
from eval.suites.stability import Week, measure, split
from synth.errors import BadInput

MakeTask = Callable[..., Task]


@pytest.fixture
def weekly(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """The messages, where the first half is not yet about billing."""
    known = [row for row in rows if row["label"] != "billing"]
    fresh = [row for row in rows if row["label"] == "billing"]
    again = [{**row, "id": f"{row['id']} again", "text": f"{row['text']}, really"} for row in known[:32]]
    write_rows(folder / "items.jsonl", [*known, *fresh, *again])
    return folder


def test_batches_are_of_equal_size_by_date_where_every_row_has_one_else_in_the_order_of_the_file() -> None:
    dated = [{"id": n, "created_at": f"2026-11-{20 - n:02d}"} for n in range(10)]
    assert [[row["id"] for row in batch] for batch in split(dated, 4)] == [[9, 8], [7, 6, 5], [4, 3], [2, 1, 0]]
    undated = [{**dated[0], "created_at": None}, *dated[1:]]
    assert [[row["id"] for row in batch] for batch in split(undated, 2)] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    with pytest.raises(BadInput, match="2 rows cannot come in 4 batches"):
        split(dated[:2], 4)


def test_the_figures_of_a_case_worked_by_hand() -> None:
    labels = {"a": "card", "b": "card", "c": "fee", "d": "fee"}
    first = Week(1, labels, {"a": "T1", "b": "T1", "c": "T2", "d": ""}, {"a": "1", "b": "1", "c": "2", "d": ""}, 1.0)
    more = labels | {"e": "rate", "f": "rate", "g": "loan"}
    themes = {"a": "T1", "b": "T2", "c": "T2", "d": "T2", "e": "T3", "f": "T3", "g": ""}
    right = dict(more)
    figures = measure([first, Week(2, more, themes, right, 2.0)], seed=0)
    assert figures["kept_share"].value == figures["kept_share.2"].value == pytest.approx(2 / 3)
    assert figures["new_labels_found"].value == 0.5  # rate, not loan
    assert figures["new_labels_found"].scores == {"loan": 0.0, "rate": 1.0}
    assert figures["ami.single.2"].value == pytest.approx(1.0)
    assert figures["ami_behind"].value == pytest.approx(1.0 - (figures["ami.2"].value or 0.0))
    assert figures["unassigned_share"].value == pytest.approx(1 / 7)
    assert (figures["themes"].value, figures["labels"].value) == (3, 4)


def test_the_product_is_lived_with_batch_after_batch(weekly: Path, make_task: MakeTask) -> None:
    found = stability.run(make_task(weekly, batches=2))
    figures = found.figures
    assert found.rows == 128
    assert found.parameters["batches"] == 2
    assert (figures["ami.1"].value, figures["kept_share"].n) == (
        figures["ami.single.1"].value,
        figures["kept_share.2"].n,
    )
    assert 0.9 <= (figures["kept_share"].value or 0) <= 1
    assert figures["new_labels_found"].scores == {"billing": 1.0}
    assert all((figures[f"step_seconds.{number}"].value or 0) > 0 for number in (1, 2))


def test_two_runs_of_it_agree_to_the_digit(weekly: Path, make_task: MakeTask) -> None:
    first, second = (stability.run(make_task(weekly, batches=2)).figures for _ in range(2))
    same = [name for name, figure in first.items() if figure.nature != "timed"]
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


def test_batches_are_chosen_on_the_command_line(weekly: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    given = ["run", "stability", "--data", str(weekly), "--embedder", "hashing", "--batches", "3", "--json", str(out)]
    assert main(given) == 0
    (suite,) = json.loads(out.read_text())["suites"]
    assert {"kept_share.2", "kept_share.3"} <= set(suite["figures"])


def test_labels_are_needed(tmp_path: Path, make_task: MakeTask) -> None:
    write_rows(tmp_path / "items.jsonl", [{"id": "1", "text": "hello"}])
    with pytest.raises(BadInput, match="has a `label`"):
        stability.run(make_task(tmp_path))
