"""The engine's side of insights."""

from collections.abc import Mapping
from typing import Any

from synth.engine.core import Core


class InsightSteps(Core):
    """Insights: read, made, reviewed, rewritten."""

    def insights(
        self, workspace: str, *, theme: str | None = None, state: str | None = None, freshness: str | None = None
    ) -> dict[str, Any]:
        """The insights, newest first; those of one theme, in one state or of one freshness when it is named."""
        from synth.insights.listing import list_insights
        from synth.wire.themes import insight_document

        with self.parts.database.read() as session:
            found = list_insights(session, workspace, theme_id=theme, state=state, freshness=freshness)
            return {"insights": [insight_document(each) for each in found]}

    def insight(self, workspace: str, insight_id: str) -> dict[str, Any]:
        """One insight; raises NotFound."""
        from synth.insights.listing import get_insight
        from synth.wire.themes import insight_document

        return insight_document(self._read(get_insight, workspace, insight_id))

    def make_insight(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """A draft from a theme, an answer or excerpts; raises BadInput, NotFound, or Conflict with what to do."""
        from synth.insights.making import make_insight, read_wanted

        return self.insight(workspace, make_insight(self.parts, workspace, actor, read_wanted(wanted)))

    def change_insight(self, workspace: str, actor: str, insight_id: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Give an insight a title, claims or a state; raises NotFound, BadInput for what the gate refuses, Conflict."""
        from synth.insights.editing import change_insight, read_change

        self.insight(workspace, insight_id)
        change_insight(self.parts, workspace, actor, insight_id, read_change(wanted))
        return self.insight(workspace, insight_id)

    def insight_history(self, workspace: str, insight_id: str) -> dict[str, Any]:
        """What happened to an insight, oldest first; raises NotFound."""
        from synth.insights.history import list_events

        self.insight(workspace, insight_id)
        return {"history": self._read(list_events, workspace, insight_id)}
