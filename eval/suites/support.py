"""Claims with the text they are drawn from: does the product's own support check tell the true from the false."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from eval.folders import Row, draw, find, hash_files, read_rows
from eval.metrics import auroc, balanced_accuracy, bootstrap_pairs
from eval.results import Case, Figure, SuiteResult, latencies, share
from eval.running import Suite, Task, clock
from synth.errors import BadInput
from synth.model import Support
from synth.support import Judgement, judge

CLEAR = 0.99  # from this score on nothing speaks against a claim
WORST = 40
_SHOWN = 3000  # characters of a text
NO_EDIT = "none"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, whether it is true to its source, what was done to it, and what the check says."""

    id: str
    source: str
    claim: str
    is_true: bool
    edits: tuple[str, ...]
    judgement: Judgement


def run(task: Task) -> SuiteResult:
    """Check every claim against its source as the gate checks one against its quotes."""
    path = find(task.folder, "items.jsonl")
    rows = draw(read_rows(path, ("id", "source", "claim", "label")), task.limit, task.seed)
    judged, milliseconds = [], []
    for row in rows:
        found, spent = clock(lambda row=row: _judge(path.name, row))  # type: ignore[misc]
        judged.append(found)
        milliseconds.append(spent)
    return SuiteResult(
        suite="support",
        data=task.folder.name,
        sha256=hash_files([path]),
        rows=len(rows),
        figures=measure(judged, seed=task.seed) | latencies(milliseconds),
        parameters={"seed": task.seed, "limit": task.limit},
        cases=_cases(judged),
        notes=(
            "balanced_accuracy takes a claim for true when nothing speaks against it; auroc ranks by the score.",
            "true.LABEL is the share of true claims among those with that label: what the label is worth.",
            "found.EDIT is the share of the false claims of that kind against which something speaks.",
        ),
    )


def measure(judged: Sequence[Judged], *, seed: int = 0) -> dict[str, Figure]:
    """The check as a whole, what each label is worth, and which kinds of falsehood it finds."""
    truth = [each.is_true for each in judged]
    scores = [each.judgement.score for each in judged]
    said = [score >= CLEAR for score in scores]
    if len(set(truth)) < 2:
        raise BadInput("The claims are all true or all false: there is nothing to tell apart.")
    figures = {
        "balanced_accuracy": _sampled(
            balanced_accuracy(truth, said), bootstrap_pairs(balanced_accuracy, truth, said, seed=seed), truth
        ),
        "auroc": _sampled(auroc(truth, scores), bootstrap_pairs(auroc, truth, scores, seed=seed), truth),
        "true_share": _fact(sum(truth), len(truth)),
    }
    labels = Counter(each.judgement.label for each in judged)
    for label in get_args(Support):
        mine = {each.id: each.is_true for each in judged if each.judgement.label == label}
        name = label.replace(" ", "_")
        figures[f"share.{name}"] = _fact(labels[label], len(judged))
        figures[f"true.{name}"] = share(mine, nature="fact", note="" if mine else "no claim has this label")
    return figures | _by_edit(judged)


def _by_edit(judged: Sequence[Judged]) -> dict[str, Figure]:
    false = [each for each in judged if not each.is_true]
    kinds = sorted({edit for each in false for edit in each.edits} - {NO_EDIT})
    return {
        f"found.{kind}": share(
            {each.id: each.judgement.score < CLEAR for each in false if kind in each.edits}, nature="fact"
        )
        for kind in kinds
    }


def _judge(name: str, row: Row) -> Judged:
    if row["label"] not in (0, 1):
        raise BadInput(f"{name}: the label of {row['id']} is {row['label']}; it must be 1 (true to its source) or 0.")
    edits = tuple(row.get("edit_types") or (NO_EDIT,))
    found = judge(str(row["claim"]), [str(row["source"])])
    return Judged(str(row["id"]), str(row["source"]), str(row["claim"]), row["label"] == 1, edits, found)


def _sampled(value: float, interval: tuple[float, float], cases: Sequence[object]) -> Figure:
    return Figure(value, "sampled", "higher", *interval, len(cases))


def _fact(part: int, whole: int) -> Figure:
    return Figure(part / whole, "fact", n=whole)


def _cases(judged: Sequence[Judged]) -> list[Case]:
    """False claims that nothing spoke against, then true ones that most spoke against."""
    missed = [each for each in judged if not each.is_true and each.judgement.score >= CLEAR]
    wronged = sorted((each for each in judged if each.is_true), key=lambda each: (each.judgement.score, each.id))
    shown = [_case("false, and nothing speaks against it", each, 0.0) for each in missed[: WORST // 2]]
    return shown + [
        _case("true, and doubted", each, each.judgement.score)
        for each in wronged[: WORST // 2]
        if each.judgement.score < CLEAR
    ]


def _case(what: str, each: Judged, score: float) -> Case:
    doubts = ", ".join(f"{doubt.kind} “{doubt.word}”" for doubt in each.judgement.doubts)
    texts = [("claim", each.claim), ("edits", ", ".join(each.edits)), ("source", each.source[:_SHOWN])]
    return Case(each.id, score, f"{what} [{each.judgement.label}]", (("doubts", doubts or "none"), *texts))


SUITE = Suite(
    "support",
    "items.jsonl[.gz] with source, claim, label (1: true to its source, 0: not), and edit_types where known",
    "balanced_accuracy, auroc, share.LABEL, true.LABEL (what a label is worth), found.EDIT, p50_ms, p95_ms",
    run,
)
