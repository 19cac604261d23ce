"""Reading insights from the store."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.errors import NotFound
from synth.store import tables


def list_insights(
    session: Session,
    workspace: str,
    *,
    theme_id: str | None = None,
    state: str | None = None,
    freshness: str | None = None,
) -> list[tables.Insight]:
    """The insights, newest first; those of one theme, in one state or of one freshness when it is named.

    What a person excluded is no theme of the workspace: its insights are listed only where it is named itself.
    """
    query = select(tables.Insight).where(tables.Insight.workspace_id == workspace)
    if theme_id is not None:
        query = query.where(tables.Insight.theme_id == theme_id)
    else:
        theme = tables.Theme
        excluded = select(theme.id).where(theme.workspace_id == workspace, theme.state == "excluded")
        query = query.where(func.coalesce(tables.Insight.theme_id, "").not_in(excluded))
    if state is not None:
        query = query.where(tables.Insight.state == state)
    if freshness is not None:
        query = query.where(tables.Insight.freshness == freshness)
    return sorted(session.scalars(query), key=lambda insight: -int(insight.id[1:]))


def get_insight(session: Session, workspace: str, id: str) -> tables.Insight:
    """One insight; raises NotFound."""
    insight = session.get(tables.Insight, (workspace, id))
    if insight is None:
        raise NotFound(f"There is no insight {id}.")
    return insight
