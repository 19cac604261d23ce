"""How the store stands over all workspaces, for whoever watches the service: a handful of sums, no text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from synth.store.tables import Answer, Document, Excerpt, IndexChange, Job, ModelCall


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at the store. What is counted by time is of the last 24 hours."""

    documents: int
    excerpts: int
    jobs: Mapping[tuple[str, str], int]  # by kind and state
    waits: Mapping[str, float]  # by kind: seconds the longest-waiting job that is due has waited
    index_changes: int
    calls: Mapping[str, int]  # by outcome
    tokens: int
    cost: float
    answers: int
    abstained: int
    rejected: int


def read_gauges(session: Session, now: datetime) -> Standing:
    """The figures at this time."""
    since = now - timedelta(days=1)
    counted = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    due = select(Job.kind, func.min(Job.run_after)).where(Job.state == "queued", Job.run_after <= now)
    called = select(
        ModelCall.outcome,
        func.count(),
        func.sum(ModelCall.prompt_tokens + ModelCall.completion_tokens),
        func.sum(ModelCall.cost),
    ).where(ModelCall.called_at >= since)
    calls = session.execute(called.group_by(ModelCall.outcome)).all()
    answers, abstained, rejected = session.execute(_answered(since)).one()
    return Standing(
        documents=session.scalar(select(func.count()).select_from(Document)) or 0,
        excerpts=session.scalar(select(func.count()).select_from(Excerpt)) or 0,
        jobs={(kind, state): int(count) for kind, state, count in session.execute(counted)},
        waits={kind: (now - first).total_seconds() for kind, first in session.execute(due.group_by(Job.kind))},
        index_changes=session.scalar(select(func.count()).select_from(IndexChange)) or 0,
        calls={outcome: int(count) for outcome, count, _, _ in calls},
        tokens=sum(int(tokens) for _, _, tokens, _ in calls),
        cost=sum(float(cost) for _, _, _, cost in calls),
        answers=int(answers),
        abstained=int(abstained or 0),
        rejected=int(rejected or 0),
    )


def _answered(since: datetime) -> Select[Any]:
    """How many questions were answered, how many of them with an abstention, what the gate dropped."""
    abstained = func.sum(case((Answer.status == "abstained", 1), else_=0))
    rejected = func.sum(Answer.answer["rejected"].as_integer())
    return select(func.count(), abstained, rejected).where(Answer.created_at >= since)
