"""The engine's side of insights."""

from typing import Any

from synth.engine.core import Core


class InsightSteps(Core):
    """Insights: drafted, read."""

    def insights(self, workspace: str) -> dict[str, Any]:
        """All insights, newest first."""
        from synth.insights.listing import list_insights
        from synth.wire.themes import insight_document

        with self.parts.database.read() as session:
            return {"insights": [insight_document(each) for each in list_insights(session, workspace)]}

    def insight(self, workspace: str, insight_id: str) -> dict[str, Any]:
        """One insight; raises NotFound."""
        from synth.insights.listing import get_insight
        from synth.wire.themes import insight_document

        return insight_document(self._read(get_insight, workspace, insight_id))
