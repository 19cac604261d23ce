"""Counting by meaning: the words of every label counted as a question would, against the rows that carry the label."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.folders import draw, find, hash_files, read_rows
from eval.results import Case, Figure, SuiteResult, sampled
from eval.running import Suite, Task
from synth.answers.calibration import counting_cut, interval
from synth.embedding import embedded_words

FEWEST = 8  # rows of a label that is counted
WORST = 40


@dataclass(frozen=True, slots=True)
class Counted:
    """A label by its words: how many rows have it, how many were counted, and how many are both."""

    words: str
    true: int
    counted: int
    both: int

    @property
    def precision(self) -> float:
        return self.both / self.counted if self.counted else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.true

    @property
    def covered(self) -> bool:
        """Whether the true number lies in the interval that is shown."""
        shown = interval(self.counted, "mentions", None)
        return shown is not None and shown[0] <= self.true <= shown[1]


def run(task: Task) -> SuiteResult:
    """Count every label of the rows by its words; `--limit` draws rows."""
    path = find(task.folder, "items.jsonl")
    rows = draw([row for row in read_rows(path) if row.get("label")], task.limit, task.seed)
    vectors = task.embedder.embed([embedded_words(str(row["text"])) for row in rows])
    counted = list(_count(task, [str(row["label"]) for row in rows], vectors))
    return SuiteResult(
        suite="counting",
        data=task.folder.name,
        sha256=hash_files([path]),
        rows=len(rows),
        figures=_figures(counted, task.seed),
        parameters=task.parameters(),
        cases=[
            Case(each.words, each.precision, each.words, (("counted", f"{each.counted}, true {each.true}"),))
            for each in sorted(counted, key=lambda each: each.precision)[:WORST]
        ],
    )


def _count(task: Task, labels: Sequence[str], vectors: NDArray[np.float32]) -> Iterator[Counted]:
    held = np.array(labels)
    for label, number in sorted(Counter(labels).items()):
        if number < FEWEST:
            continue
        words = re.sub(r"[_\W]+", " ", label).strip().lower()
        near = vectors @ task.embedder.embed([embedded_words(words)])[0]
        counted, true = near >= counting_cut(near), held == label
        yield Counted(words, number, int(counted.sum()), int((counted & true).sum()))


def _figures(counted: Sequence[Counted], seed: int) -> dict[str, Figure]:
    ratios = [each.true / each.counted for each in counted if each.counted]
    low, middle, high = np.quantile(ratios, (0.1, 0.5, 0.9)).tolist() if ratios else (0.0, 0.0, 0.0)
    return {
        "precision": sampled({each.words: each.precision for each in counted}, seed=seed),
        "recall": sampled({each.words: each.recall for each in counted}, seed=seed),
        "covered": sampled({each.words: float(each.covered) for each in counted}, seed=seed),
        **{
            name: sampled({"all": value}, seed=seed)
            for name, value in (("ratio_p10", low), ("ratio_p50", middle), ("ratio_p90", high))
        },
    }


SUITE = Suite(
    "counting",
    "items.jsonl with `label`",
    "precision, recall, covered (true number within the interval shown), ratio_p10/50/90 (true by counted)",
    run,
)
