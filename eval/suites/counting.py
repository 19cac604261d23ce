"""Counting by meaning: the words of every label counted as a question would, against the rows that carry the label."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.folders import Row, collect_rows, draw, find, read_rows
from eval.results import Case, Figure, SuiteResult, sampled
from eval.running import House, Suite, Task, open_house
from synth.answers.calibration import middle
from synth.answers.scope import find_scope
from synth.answers.tally import tally
from synth.engine import WORKSPACE
from synth.model import Plan

FEWEST = 8  # rows of a label that is counted
LEAST_KEPT = 0.05  # of a label's rows, where labels are made uneven
WORST = 40
METHODS = ("theme", "cut")


@dataclass(frozen=True, slots=True)
class Counted:
    """A label by its words: how many rows have it, how many were counted in which way, and how many are both."""

    words: str
    method: str
    true: int
    counted: int
    both: int
    middle: float  # of both ways of counting
    low: float
    high: float

    @property
    def precision(self) -> float:
        return self.both / self.counted if self.counted else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.true

    @property
    def covered(self) -> float:
        """Whether the true number lies in the interval that is shown."""
        return float(self.low <= self.true <= self.high)


def run(task: Task) -> SuiteResult:
    """Count every label of the rows by its words; `--limit` draws rows, `--uneven` thins the labels out first."""
    path = find(task.folder, "items.jsonl")
    labelled = [row for row in read_rows(path) if row.get("label")]
    rows = draw(thin_out(labelled, task.seed) if task.uneven else labelled, task.limit, task.seed)
    collection = collect_rows(path, rows)
    with open_house(task, collection, keep=True) as house:
        counted = list(_count(house, {row["id"]: str(row["label"]) for row in rows}))
    return SuiteResult(
        suite="counting",
        data=task.folder.name,
        sha256=collection.sha256,
        rows=len(rows),
        figures=_figures(counted, task.seed),
        parameters=task.parameters() | {"uneven": task.uneven},
        cases=[_case(each) for each in sorted(counted, key=lambda each: each.precision)[:WORST]],
    )


def thin_out(rows: Sequence[Row], seed: int) -> list[Row]:
    """The rows with labels of very different sizes: of each a share between a twentieth and all, drawn by logarithm.

    Sets made to train classifiers have as many rows of every label; feedback has not.
    """
    lot = random.Random(seed)  # noqa: S311 - a sample, not a secret
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[str(row["label"])].append(place)
    kept: list[int] = []
    for _, mine in sorted(places.items()):
        share = LEAST_KEPT ** lot.random()
        kept += lot.sample(mine, max(1, round(share * len(mine))))
    return [rows[place] for place in sorted(kept)]


def _count(house: House, labels: Mapping[str, str]) -> Iterator[Counted]:
    parts = house.engine.parts
    label_of = {row["document_id"]: labels.get(row["external_id"]) for row in house.rows("documents")}
    for label, number in sorted(Counter(each for each in label_of.values() if each).items()):
        if number < FEWEST:
            continue
        words = re.sub(r"[_\W]+", " ", label).strip().lower()
        plan = Plan(words, "count", about=words)
        scope = find_scope(parts, WORKSPACE, plan)
        main = tally(parts, WORKSPACE, plan, scope).main
        documents = scope.documents or ()
        yield Counted(
            words,
            "theme" if scope.theme else "cut",
            number,
            len(documents),
            sum(label_of.get(document) == label for document in documents),
            middle(len(documents), None if scope.other is None else len(scope.other)),
            main.low or 0.0,
            main.high or 0.0,
        )


def _figures(counted: Sequence[Counted], seed: int) -> dict[str, Figure]:
    figures = _of("", counted, seed)
    for method in METHODS:
        figures |= _of(f".{method}", [each for each in counted if each.method == method], seed)
    return figures


def _of(name: str, counted: Sequence[Counted], seed: int) -> dict[str, Figure]:
    """The figures of what was counted in one way, or in any."""
    if not counted:
        return {}
    around = np.quantile([each.true / max(each.middle, 0.5) for each in counted], (0.1, 0.5, 0.9)).tolist()
    width = float(np.median([each.high / each.low for each in counted if each.low] or [0.0]))
    whole = {"width": width, **dict(zip(("around_p10", "around_p50", "around_p90"), around, strict=True))}
    return {
        f"precision{name}": sampled({each.words: each.precision for each in counted}, seed=seed),
        f"recall{name}": sampled({each.words: each.recall for each in counted}, seed=seed),
        f"covered{name}": sampled({each.words: each.covered for each in counted}, seed=seed),
        **{f"{figure}{name}": sampled({"all": value}, seed=seed) for figure, value in whole.items()},
    }


def _case(counted: Counted) -> Case:
    said = f"{counted.counted} ({counted.low:g} to {counted.high:g}) by {counted.method}, true {counted.true}"
    return Case(counted.words, counted.precision, counted.words, (("counted", said),))


SUITE = Suite(
    "counting",
    "items.jsonl with `label`",
    "by theme and by the cut: precision, recall, covered (true number within the interval shown), width (high by low), "
    "around_p10/50/90 (true number by the mean of both ways)",
    run,
)
