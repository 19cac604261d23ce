"""What the language model was asked: calls by day, and replies kept for equal requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm import Session

from synth.store.rows import insert_new
from synth.store.tables import Excerpt, ModelCall, ModelReply, ReplyEvidence


@dataclass(frozen=True, slots=True)
class Spent:
    """What one workspace spent on one day; `kept` counts requests answered from kept replies, which cost nothing."""

    day: str
    calls: int = 0
    failed: int = 0
    kept: int = 0
    refused: int = 0
    tokens: int = 0
    cost: float = 0.0


def day_of(now: datetime, timezone: str) -> str:
    """The day whose budget is spent at that time."""
    return now.astimezone(ZoneInfo(timezone)).date().isoformat()


def add_call(session: Session, row: dict[str, Any]) -> None:
    """Write down one call; the row names every column but `seq`."""
    session.execute(insert(ModelCall), [row])


def spent_on(session: Session, workspace: str, day: str) -> Spent:
    """The sums of one day."""
    return next(iter(spent_since(session, workspace, day, until=day)), Spent(day))


def spent_since(session: Session, workspace: str, day: str, *, until: str | None = None) -> list[Spent]:
    """The sums of each day from this one on on which anything was asked, the newest first."""
    mine = (ModelCall.workspace_id == workspace) & (ModelCall.day >= day)
    query = select(ModelCall.day, *_sums()).where(mine).group_by(ModelCall.day).order_by(ModelCall.day.desc())
    rows = session.execute(query if until is None else query.where(ModelCall.day <= until))
    return [_spent(*row) for row in rows]


def spent_by_prompt(session: Session, workspace: str, day: str) -> list[tuple[str, Spent]]:
    """The same sums from a day on, by what was asked for; the dearest first."""
    mine = (ModelCall.workspace_id == workspace) & (ModelCall.day >= day)
    rows = session.execute(select(ModelCall.prompt, *_sums()).where(mine).group_by(ModelCall.prompt))
    found = [(row[0], _spent(day, *row[1:])) for row in rows]
    return sorted(found, key=lambda each: (-each[1].cost, -each[1].tokens, each[0]))


def _sums() -> tuple[Any, ...]:
    def times(*outcomes: str) -> Any:
        return func.sum(case((ModelCall.outcome.in_(outcomes), 1), else_=0))

    tokens = func.sum(ModelCall.prompt_tokens + ModelCall.completion_tokens)
    asked = times("answered", "failed"), times("failed"), times("kept"), times("refused")
    return *asked, tokens, func.sum(ModelCall.cost)


def _spent(day: str, calls: Any, failed: Any, kept: Any, refused: Any, tokens: Any, cost: Any) -> Spent:
    return Spent(day, int(calls), int(failed), int(kept), int(refused), int(tokens), float(cost))


def find_reply(session: Session, workspace: str, key: str) -> str | None:
    """The reply kept for a request, when all of its evidence is still there."""
    there = (
        select(func.count())
        .select_from(ReplyEvidence)
        .where(ReplyEvidence.workspace_id == workspace, ReplyEvidence.key == key)
        .scalar_subquery()
    )
    mine = (ModelReply.workspace_id == workspace) & (ModelReply.key == key)
    return session.scalar(select(ModelReply.reply).where(mine, ModelReply.evidence == there))


def keep_reply(
    session: Session, workspace: str, key: str, reply: str, excerpts: Sequence[str], *, now: datetime, most: int
) -> None:
    """Keep a reply with the excerpts it was made from, and of all replies of the workspace the newest `most`.

    Nothing is kept of evidence that is not in the store (any more).
    """
    mine = (ModelReply.workspace_id == workspace) & (ModelReply.key == key)
    session.execute(delete(ModelReply).where(mine))
    there = select(func.count(Excerpt.id)).where(Excerpt.workspace_id == workspace, Excerpt.id.in_(excerpts))
    if session.scalar(there) != len(excerpts):
        return
    row = {"workspace_id": workspace, "key": key, "reply": reply, "evidence": len(excerpts), "created_at": now}
    insert_new(session, ModelReply, [row])
    insert_new(session, ReplyEvidence, [{"workspace_id": workspace, "key": key, "excerpt_id": id} for id in excerpts])
    newest = select(ModelReply.key).where(ModelReply.workspace_id == workspace)
    newest = newest.order_by(ModelReply.created_at.desc(), ModelReply.key).limit(most)
    session.execute(delete(ModelReply).where(ModelReply.workspace_id == workspace, ModelReply.key.not_in(newest)))
    forget_erased(session, workspace)


def forget_erased(session: Session, workspace: str) -> None:
    """Delete the replies of which an excerpt is gone: to be called by whatever erases documents, and when tending."""
    there = (
        select(func.count())
        .select_from(ReplyEvidence)
        .where(ReplyEvidence.workspace_id == ModelReply.workspace_id, ReplyEvidence.key == ModelReply.key)
        .scalar_subquery()
    )
    session.execute(delete(ModelReply).where(ModelReply.workspace_id == workspace, ModelReply.evidence != there))


def forget_calls(session: Session, workspace: str, before: datetime) -> None:
    """Delete the calls made before that time."""
    session.execute(delete(ModelCall).where(ModelCall.workspace_id == workspace, ModelCall.called_at < before))
