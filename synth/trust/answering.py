"""How far answers can be trusted: what is withheld, what the gate dropped, whether quotes stand, what backs claims."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.wording import say_number
from synth.model import Support
from synth.store import tables
from synth.store.rows import chunks
from synth.trust.figures import Figure, part, say_parts, say_rate
from synth.trust.intervals import wilson

WINDOW = timedelta(days=90)
MOST_ANSWERS = 2_000  # the newest that are looked at
MOST_REPORTS = 12
ASK = "Ask questions: on /ask, with `synth ask`, or over the API; every question counts."

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown lately: answers, and all that holds claims (answers, insights, reports), with what was dropped."""

    answered: int
    abstained: int
    last_question: datetime | None
    claims: tuple[Document, ...]
    rejected: int
    last: datetime | None

    @property
    def questions(self) -> int:
        """All that were asked."""
        return self.answered + self.abstained

    @property
    def quotes(self) -> list[Document]:
        """Every quote that backs a claim or speaks against it."""
        counters = [claim["counter"] for claim in self.claims if claim.get("counter")]
        return [citation for claim in self.claims for citation in claim["citations"]] + counters


def look_back(session: Session, workspace: str, now: datetime) -> Shown:
    """The questions of the last 90 days, the insights there are, and the latest reports."""
    answers = _answers(session, workspace, now)
    insights = list(session.scalars(select(tables.Insight).where(tables.Insight.workspace_id == workspace)))
    reports = _reports(session, workspace)
    told = [theme for report in reports for theme in _told(report.content)]
    claims = [claim for answer in answers for claim in answer.answer["claims"]]
    claims += [claim for insight in insights for claim in insight.claims]
    claims += [theme["claim"] for theme in told]
    rejected = sum(answer.answer["rejected"] for answer in answers)
    rejected += sum(insight.provenance.get("rejected", 0) for insight in insights)
    rejected += sum(theme["rejected"] for theme in told)
    times = [
        *(answer.created_at for answer in answers),
        *(insight.updated_at for insight in insights),
        *(report.created_at for report in reports),
    ]
    abstained = sum(answer.status == "abstained" for answer in answers)
    return Shown(
        answered=len(answers) - abstained,
        abstained=abstained,
        last_question=max((answer.created_at for answer in answers), default=None),
        claims=tuple(claims),
        rejected=rejected,
        last=max(times, default=None),
    )


def measure_abstentions(shown: Shown) -> Figure:
    """The share of questions that were not answered, because the store could not."""
    common: dict[str, Any] = {"name": "abstentions", "title": "Questions not answered", "group": "Answers"}
    if not shown.questions:
        return Figure(**common, meaning="Not measured: nobody has asked a question in the last 90 days.", how=ASK)
    low, high = wilson(shown.abstained, shown.questions)
    rate = shown.abstained / shown.questions
    return Figure(
        **common,
        meaning=(
            f"Of {say_number(shown.questions)} questions, {say_number(shown.abstained)} ({say_rate(rate)}) were not "
            "answered because the feedback does not hold the answer."
        ),
        note="Neither a high nor a low share is good by itself.",
        how="Every question of the last 90 days, through whichever door it came.",
        value=rate,
        low=low,
        high=high,
        n=shown.questions,
        unit="questions",
        measured_at=shown.last_question,
    )


def measure_rejections(shown: Shown) -> Figure:
    """The share of claims and quotes that the gate dropped before anything was shown."""
    common: dict[str, Any] = {"name": "rejections", "title": "Dropped by the verbatim gate", "group": "Answers"}
    kept = len(shown.claims) + len(shown.quotes)
    of = kept + shown.rejected
    if not of:
        return Figure(**common, meaning="Not measured: no claim has been drafted yet.", how=ASK)
    low, high = wilson(shown.rejected, of)
    return Figure(
        **common,
        meaning=(
            f"{say_rate(shown.rejected / of)} of the drafted claims and quotes were not word for word in the feedback "
            "or held a number that nobody computed."
        ),
        note="They were dropped before anybody saw them." if shown.rejected else "",
        how="Claims and quotes of the answers of 90 days, of all insights and of the latest reports.",
        value=shown.rejected / of,
        low=low,
        high=high,
        n=of,
        unit="claims and quotes",
        measured_at=shown.last,
    )


def measure_quotes(session: Session, workspace: str, shown: Shown, now: datetime) -> Figure:
    """The share of quotes shown that stand in their documents word for word, looked up again now."""
    common: dict[str, Any] = {"name": "verbatim", "title": "Quotes that stand word for word", "group": "Answers"}
    checked = list(_check(session, workspace, shown.quotes))
    if not checked:
        return Figure(**common, meaning="Not measured: nothing has been quoted yet.", how=ASK)
    right = sum(checked)
    low, high = wilson(right, len(checked))
    every = (
        f"All {say_number(right)}" if right == len(checked) else f"{say_number(right)} of {say_number(len(checked))}"
    )
    return Figure(
        **common,
        meaning=f"{every} quotes that were shown stand in what people wrote, character for character.",
        how="Every stored quote is compared anew with its place in its document; documents that were erased are out.",
        value=right / len(checked),
        low=low,
        high=high,
        n=len(checked),
        unit="quotes",
        measured_at=now,
    )


def measure_support(shown: Shown) -> Figure:
    """The share of claims shown that were checked and found to be backed by their quotes."""
    common: dict[str, Any] = {"name": "support", "title": "Claims labelled supported", "group": "Answers"}
    labels = Counter(claim["support"] for claim in shown.claims)
    of = len(shown.claims)
    if not of:
        return Figure(**common, meaning="Not measured: no claim has been shown yet.", how=ASK)
    supported = labels["supported"]
    low, high = wilson(supported, of)
    parts = tuple(part(label, labels[label], of) for label in get_args(Support) if labels[label])
    return Figure(
        **common,
        meaning=f"Of {say_number(of)} claims shown: {say_parts(parts)}.",
        note="A claim that was not checked says so beside it.",
        how="The label each claim carried when it was shown. Sentences computed from counts are supported by them.",
        value=supported / of,
        low=low,
        high=high,
        n=of,
        unit="claims",
        measured_at=shown.last,
        parts=parts,
    )


def _answers(session: Session, workspace: str, now: datetime) -> list[tables.Answer]:
    query = select(tables.Answer).where(
        tables.Answer.workspace_id == workspace, tables.Answer.created_at >= now - WINDOW
    )
    return list(session.scalars(query.order_by(tables.Answer.created_at.desc()).limit(MOST_ANSWERS)))


def _reports(session: Session, workspace: str) -> list[tables.Report]:
    query = select(tables.Report).where(tables.Report.workspace_id == workspace)
    return list(session.scalars(query.order_by(tables.Report.created_at.desc()).limit(MOST_REPORTS)))


def _told(content: Document) -> list[Document]:
    """The themes of a report that carry a claim."""
    return [theme for kind in ("new", "rising", "fading") for theme in content.get(kind, ())]


def _check(session: Session, workspace: str, quotes: Sequence[Document]) -> Iterator[bool]:
    """Whether each quote stands where it says; one whose document is gone is passed over."""
    by_document: dict[str, list[Document]] = {}
    for quote in quotes:
        by_document.setdefault(quote["document_id"], []).append(quote)
    columns = tables.Document.id, tables.Document.text
    for ids in chunks(sorted(by_document)):
        query = select(*columns).where(tables.Document.workspace_id == workspace, tables.Document.id.in_(ids))
        for row in session.execute(query):
            yield from (row.text[quote["start"] : quote["end"]] == quote["quote"] for quote in by_document[row.id])
