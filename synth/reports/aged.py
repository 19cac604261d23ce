"""Insights in a report: those that people reviewed or published and that no longer hold since this week."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.insights.freshness import without_quote
from synth.insights.listing import list_insights
from synth.reports.spans import Span
from synth.store import tables

_AGAINST = ("contradicted", "ageing")  # what speaks against it goes before what it no longer covers


def tell_aged(session: Session, workspace: str, span: Span) -> list[dict[str, Any]]:
    """Each reviewed or published insight that turned ageing or contradicted in the span and is so still."""
    turned = tables.InsightEvent
    when = (turned.at >= span.since, turned.at < span.until)
    query = select(turned.insight_id).where(turned.workspace_id == workspace, turned.action.in_(_AGAINST), *when)
    lately = set(session.scalars(query))
    told = [
        each
        for each in list_insights(session, workspace)
        if each.id in lately and each.state != "draft" and each.freshness in _AGAINST
    ]
    return [_tell(each) for each in sorted(told, key=lambda each: _AGAINST.index(each.freshness))]


def _tell(insight: tables.Insight) -> dict[str, Any]:
    return {
        "id": insight.id,
        "title": insight.title,
        "link": f"/insights/{insight.id}",
        "state": insight.state,
        "freshness": insight.freshness,
        "reason": without_quote(insight.freshness_reason or ""),
    }
