"""Saved questions in a report: what each was answered with for its week, and what changed since the week before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.differing import Asked, compare, difference_document
from synth.reports.spans import Span
from synth.store import tables

QUOTES = 2  # of the answer, what moved it first


def tell_saved(session: Session, workspace: str, span: Span) -> list[dict[str, Any]]:
    """Each active question that was asked for this week, oldest first; none for a span that is no week."""
    run, saved = tables.SavedRun, tables.SavedQuestion
    query = (
        select(saved, run)
        .join(run, (run.workspace_id == saved.workspace_id) & (run.question_id == saved.id))
        .where(saved.workspace_id == workspace, saved.state == "active", run.week == span.id)
    )
    rows = sorted(session.execute(query).all(), key=lambda row: int(row[0].id[1:]))
    return [_tell(session, question, answered) for question, answered in rows]


def _tell(session: Session, saved: tables.SavedQuestion, run: tables.SavedRun) -> dict[str, Any]:
    before = _before(session, run)
    found = compare(before, Asked(run.week, run.answer, run.counted)) if before else None
    claims = run.answer["claims"]
    cited = [citation for claim in claims for citation in claim["citations"]]
    moved = [dict(quote) for quote in found.moved_by] if found else []
    quotes = {quote["excerpt_id"]: quote for quote in (*moved, *cited)}
    return {
        "id": saved.id,
        "title": saved.title or saved.question,
        "question": saved.question,
        "link": f"/questions/{saved.id}",
        "said": claims[0]["text"] if claims else run.answer["reason"] or "It was answered by counts alone.",
        "difference": difference_document(found) if found else None,
        "quotes": list(quotes.values())[:QUOTES],
    }


def _before(session: Session, run: tables.SavedRun) -> Asked | None:
    """The last run of the same question of an earlier week."""
    earlier = (
        select(tables.SavedRun)
        .where(
            tables.SavedRun.workspace_id == run.workspace_id,
            tables.SavedRun.question_id == run.question_id,
            tables.SavedRun.week < run.week,
        )
        .order_by(tables.SavedRun.week.desc())
        .limit(1)
    )
    found = session.scalars(earlier).first()
    return Asked(found.week, found.answer, found.counted) if found else None
