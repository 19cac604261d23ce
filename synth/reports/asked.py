"""Saved questions in a report: what each was answered with for its week, and what changed since the week before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.differing import as_asked, difference_document, differences
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
    until_then = [as_asked(each) for each in _runs_until(session, run)]
    found = differences(until_then)[-1] if len(until_then) > 1 else None
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


def _runs_until(session: Session, run: tables.SavedRun) -> list[tables.SavedRun]:
    """The runs of the same question up to this one, the oldest week first."""
    mine = (tables.SavedRun.workspace_id == run.workspace_id) & (tables.SavedRun.question_id == run.question_id)
    query = select(tables.SavedRun).where(mine, tables.SavedRun.week <= run.week).order_by(tables.SavedRun.week)
    return list(session.scalars(query))
