"""A model's view of the answers, kept apart from what is measured; beside it, how far that model agrees with people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.folders import Question, draw, find, hash_files, holds, open_questions, open_set, read_jsonl
from eval.judging import Grade, Judge, Kind, open_judge, quoted
from eval.metrics import bootstrap_rows
from eval.results import Case, Figure, SuiteResult, share
from eval.running import House, Suite, Task, open_house
from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.model import Answer
from synth.settings import read_settings

QUESTIONS, PAIRS = 40, 60  # graded where no --limit is given
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "summedits_calls"
WORST = 20
_NOT_RUN = "not run: no endpoint is set (SYNTH_LLM_URL)"
_OWN = "not run: a model does not grade what it wrote; name another one with --judge"


@dataclass(frozen=True, slots=True)
class Graded:
    """One case and what the judge said of it."""

    key: str
    title: str
    grade: Grade


def run(task: Task) -> SuiteResult:
    """Grade claims and answers where the folder holds questions; else only hold the judge against people's labels."""
    judge = open_judge(read_settings(), task.judge, seed=task.seed)
    questions = holds(task.folder, "questions.jsonl")
    labelled = task.folder if not questions else BESIDE if holds(BESIDE, "items.jsonl") else None
    claims, answers, written_by = _grade_answers(task, judge) if questions else ([], [], None)
    pairs = _grade_pairs(labelled, judge, task) if labelled and judge else []
    own = judge is not None and written_by == judge.model
    graded = (
        {"support": _share(claims, judge, own=own), "helpful": _share(answers, judge, own=own)} if questions else {}
    )
    files = [find(task.folder, "questions.jsonl" if questions else "items.jsonl")]
    return SuiteResult(
        suite="judge",
        data=task.folder.name,
        sha256=hash_files(files),
        rows=len(claims) + len(answers) + len(pairs),
        figures={
            **graded,
            "agreement": _agreement(pairs, judge, task.seed),
            "not_measured": _unread([*claims, *answers, *(pair for pair, _ in pairs)]),
        },
        parameters={**task.parameters(), "judge": judge.model if judge else None, "drafter": written_by},
        cases=_cases([*claims, *answers]),
        notes=(
            "A model's view of answers, not a measurement of them.",
            f"Its agreement with people was measured on {labelled.name}."
            if labelled
            else "No labelled pairs were found.",
        ),
    )


def _grade_answers(task: Task, judge: Judge | None) -> tuple[list[Graded], list[Graded], str | None]:
    """Each claim and each answer graded, and the model that wrote them; nothing without a judge of another model."""
    settings = read_settings()
    writer = settings.llm_model if settings.llm_url else None
    if judge is None or judge.model == writer:
        return [], [], writer
    asked = open_questions(task.folder, limit=task.limit or QUESTIONS, seed=task.seed)
    with open_house(task, open_set(task.folder), keep=True) as house:
        answered = list(_answered(house, asked))
    claims = [each for question, answer in answered for each in _grade_claims(judge, question, answer)]
    return claims, [_grade_answer(judge, question, answer) for question, answer in answered], writer


def _answered(house: House, questions: Sequence[Question]) -> Iterator[tuple[Question, Answer]]:
    for question in questions:
        answer = house.engine.ask(WORKSPACE, question.text)
        if answer.status == "answered":
            yield question, answer


def _grade_claims(judge: Judge, question: Question, answer: Answer) -> Iterator[Graded]:
    for place, claim in enumerate(answer.claims):
        key = f"{question.id}.{place}"
        evidence = [quoted(citation.quote) for citation in claim.citations] + _counted(answer)
        judge.chance("support", f"{key} evidence").shuffle(evidence)
        values = {"source": "\n".join(evidence), "claim": quoted(claim.text)}
        yield Graded(key, claim.text, judge.grade("support", key, values))


def _grade_answer(judge: Judge, question: Question, answer: Answer) -> Graded:
    said = [quoted(claim.text) for claim in answer.claims] + _counted(answer)
    values = {"question": quoted(question.text), "answer": "\n".join(said)}
    return Graded(question.id, question.text, judge.grade("helpful", question.id, values))


def _counted(answer: Answer) -> list[str]:
    return [
        quoted(f"counted: {count.label}: {count.value:g} {count.unit}" + (f" of {count.of:g}" if count.of else ""))
        for count in answer.counts
    ]


def _grade_pairs(folder: Path, judge: Judge, task: Task) -> list[tuple[Graded, bool]]:
    """Claims with a label that people gave, graded without it."""
    rows = read_jsonl(find(folder, "items.jsonl"))
    if not all({"source", "claim", "label"} <= row.keys() for row in rows):
        raise BadInput(f"{folder.name}/items.jsonl needs source, claim and label in every row for the suite `judge`.")
    kind: Kind = "support"
    return [
        (
            Graded(
                str(row["id"]),
                str(row["claim"]),
                judge.grade(kind, str(row["id"]), {"source": quoted(row["source"]), "claim": quoted(row["claim"])}),
            ),
            bool(row["label"]),
        )
        for row in draw(rows, task.limit or PAIRS, task.seed)
    ]


def _share(graded: Sequence[Graded], judge: Judge | None, *, own: bool) -> Figure:
    if judge is None or own:
        return Figure(None, "sampled", "higher", n=0, note=_OWN if own else _NOT_RUN)
    return share({each.key: each.grade.yes for each in graded if each.grade.yes is not None}, note="no grade was read")


def _agreement(pairs: Sequence[tuple[Graded, bool]], judge: Judge | None, seed: int) -> Figure:
    """Balanced accuracy against people over what was graded, with its bootstrap interval."""
    if judge is None:
        return Figure(None, "sampled", "higher", n=0, note=_NOT_RUN)
    read = [(each.grade.yes, label) for each, label in pairs if each.grade.yes is not None]
    if len({label for _, label in read}) < 2:
        return Figure(None, "sampled", "higher", n=len(read), note="too few grades were read of one of the labels")
    rows = np.asarray([(yes and label, label, not yes and not label, not label) for yes, label in read], dtype=float)
    low, high = bootstrap_rows(_balanced, rows, seed=seed)
    return Figure(_balanced(rows.sum(axis=0)), "sampled", "higher", low, high, len(read))


def _balanced(sums: "np.typing.NDArray[np.float64]") -> float:
    """From hits, positives, rejections and negatives; a resample may lack one of the labels."""
    hits, positives, rejections, negatives = (float(value) for value in sums)
    return (hits / max(1.0, positives) + rejections / max(1.0, negatives)) / 2


def _unread(graded: Sequence[Graded]) -> Figure:
    """The share of cases without a grade, and the reasons there were."""
    if not graded:
        return Figure(None, "fact", n=0, note="nothing was graded")
    reasons: Mapping[str, int] = _reasons(graded)
    note = "; ".join(f"{count} × {why}" for why, count in sorted(reasons.items()))
    return Figure(sum(reasons.values()) / len(graded), "fact", n=len(graded), note=note)


def _reasons(graded: Sequence[Graded]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in graded:
        if each.grade.yes is None:
            found[each.grade.why] = found.get(each.grade.why, 0) + 1
    return found


def _cases(graded: Sequence[Graded]) -> list[Case]:
    refused = [each for each in graded if each.grade.yes is False]
    return [Case(each.key, 0.0, each.title) for each in refused[:WORST]]


SUITE = Suite(
    "judge",
    "set.json, questions.jsonl (to grade answers), or items.jsonl[.gz] with source, claim, label; needs SYNTH_LLM_URL",
    "support, helpful (a model's view), agreement (of that model with people), not_measured",
    run,
)
