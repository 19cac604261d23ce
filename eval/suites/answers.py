"""Questions a PM asks: are the answers right, quoted word for word, and withheld where the data has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.expectations import Knowledge, Verdict, citations, is_verbatim, judge
from eval.folders import Question, open_questions, open_set
from eval.results import Case, Figure, SuiteResult, latencies, share, timed
from eval.running import House, Suite, Task, clock, open_house, theme_documents
from synth.engine import WORKSPACE, Engine
from synth.model import Answer, Citation, Filters
from synth.wire.answers import plan_document

WORST = 40  # wrong answers shown
_SHOWN = 400  # characters of a text


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was answered, how long it took, and the verdict."""

    question: Question
    answer: Answer
    milliseconds: float
    verdict: Verdict

    @property
    def kind(self) -> str:
        return str(self.question.expect["kind"])


def run(task: Task) -> SuiteResult:
    """Ask every question of the set; `--limit` draws questions, never documents: the counts are over all of them."""
    collection = open_set(task.folder)
    questions = open_questions(task.folder, limit=task.limit, seed=task.seed)
    with open_house(task, collection, keep=True) as house:
        known = _know(house, collection.truth)
        _, first = clock(lambda: house.engine.ask(WORKSPACE, "What do people say?"))
        asked = [_ask(house.engine, question, known) for question in questions]
        figures = _figures(asked, known) | latencies([each.milliseconds for each in asked])
        drafter = house.engine.parts.drafter.name
        reused = house.reused
    return SuiteResult(
        suite="answers",
        data=task.folder.name,
        sha256=collection.sha256,
        rows=len(collection.truth),
        figures={**figures, "first_ms": timed(first, note="the first question after the start")},
        parameters={**task.parameters(), "questions": len(questions), "drafter": drafter, "home_reused": reused},
        cases=[_case(each, known) for each in asked if not each.verdict.right][:WORST],
    )


def _know(house: House, truth: Mapping[str, Mapping[str, object]]) -> Knowledge:
    texts = {row["document_id"]: row["text"] for row in house.rows("documents")}

    def documents(theme: str, filters: Filters) -> list[str]:
        return theme_documents(house.engine, theme, filters)

    return Knowledge(texts, truth, documents)


def _ask(engine: Engine, question: Question, known: Knowledge) -> Asked:
    answer, milliseconds = clock(lambda: engine.ask(WORKSPACE, question.text))
    return Asked(question, answer, milliseconds, judge(answer, question, known))


def _figures(asked: Sequence[Asked], known: Knowledge) -> dict[str, Figure]:
    right = {each.question.id: each.verdict.right for each in asked}
    kinds = sorted({each.kind for each in asked})
    by_kind = {
        f"accuracy.{kind}": share({each.question.id: each.verdict.right for each in asked if each.kind == kind})
        for kind in kinds
    }
    return {"accuracy": share(right), **by_kind, "verbatim_share": _verbatim(asked, known), **_abstentions(asked)}


def _verbatim(asked: Sequence[Asked], known: Knowledge) -> Figure:
    quotes = {
        f"{each.question.id}.{place}": is_verbatim(citation, known.texts)
        for each in asked
        for place, citation in enumerate(citations(each.answer))
    }
    return share(quotes, nature="exact", note="no answer quoted anything" if not quotes else "")


def _abstentions(asked: Sequence[Asked]) -> dict[str, Figure]:
    """Of the answers withheld, how many had to be; of those that had to be, how many were."""
    withheld = [each for each in asked if each.answer.status == "abstained"]
    unanswerable = [each for each in asked if each.kind == "abstain"]
    return {
        "abstain_precision": share({each.question.id: each.kind == "abstain" for each in withheld}),
        "abstain_recall": share({each.question.id: each.verdict.right for each in unanswerable}),
    }


def _case(asked: Asked, known: Knowledge) -> Case:
    answer = asked.answer
    plan = plan_document(answer.plan)
    shown = [("why it is wrong", asked.verdict.why), ("read as", _read_as(plan))]
    if answer.reason:
        shown.append(("abstained", answer.reason))
    shown += [("claim", claim.text) for claim in answer.claims[:4]]
    shown += [("counted", f"{count.label}: {count.value:g} {count.unit}") for count in answer.counts[:4]]
    shown += [("quoted", _quoted(citation, known)) for citation in citations(answer)[:12]]
    return Case(asked.question.id, 0.0, f"[{asked.kind}] {asked.question.text}", tuple(shown))


def _read_as(plan: Mapping[str, object]) -> str:
    parts = [f"{key}={plan[key]}" for key in ("asked", "unit", "about", "filters", "options", "periods", "unknown")]
    return ", ".join(part for part in parts if not part.endswith(("=", "=[]")))


def _quoted(citation: Citation, known: Knowledge) -> str:
    labels = known.truth.get(citation.external_id or "", {})
    label = labels.get("label")
    return f"{citation.external_id}{f' [{label}]' if label else ''}: {citation.quote[:_SHOWN]}"


SUITE = Suite(
    "answers",
    "set.json (items, hidden), questions.jsonl",
    "accuracy (by kind), verbatim_share, abstain_precision, abstain_recall, p50_ms, p95_ms",
    run,
)
