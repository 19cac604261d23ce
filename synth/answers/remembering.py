"""Keeping what was answered: for the abstention rate, for saved questions, and so that erasure can follow a quote.

Answers are not kept for ever.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from synth.model import Answer
from synth.parts import Parts
from synth.store import tables
from synth.store.citing import replace_citations
from synth.store.rows import take_number
from synth.wire.answers import answer_document


def remember(parts: Parts, workspace: str, answer: Answer, left_out: str) -> Answer:
    """Store an answer with its citations, and which sources were left out of it; returns it with its id."""
    cited = {citation.excerpt_id for claim in answer.claims for citation in claim.citations}
    id = f"A{take_number(parts.database, workspace, 'answer')}"
    with parts.database.write() as session:
        kept = replace(answer, id=id)
        row = {
            "workspace_id": workspace,
            "id": id,
            "question": answer.plan.question,
            "answer": answer_document(kept),
            "status": answer.status,
            "left_out": left_out,
            "created_at": parts.now(),
        }
        session.execute(insert(tables.Answer), [row])
        replace_citations(session, workspace, id, cited)
    return kept


def recall(session: Session, workspace: str, id: str) -> dict[str, Any] | None:
    """An answer as it was given; None where there is none of that id, or it is no longer kept."""
    kept = session.get(tables.Answer, (workspace, id))
    return kept.answer if kept and not kept.answer.get("withheld") else None


def forget_old(parts: Parts, workspace: str, *, days: int) -> int:
    """Delete the answers that are older than that, and where they quoted; returns how many there were."""
    old = (tables.Answer.workspace_id == workspace) & (tables.Answer.created_at < parts.now() - timedelta(days=days))
    with parts.database.write() as session:
        owners = select(tables.Answer.id).where(old)
        session.execute(
            delete(tables.Citation).where(tables.Citation.workspace_id == workspace, tables.Citation.owner.in_(owners))
        )
        forgotten = session.execute(delete(tables.Answer).where(old).returning(tables.Answer.id)).all()
    return len(forgotten)
