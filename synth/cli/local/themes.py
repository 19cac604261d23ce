"""The engine of this process asked about themes, their runs and decisions, and the insights drafted about them."""

from collections.abc import Mapping, Sequence

from synth.cli.client import ALL, Document, Progress
from synth.cli.local.here import ACTOR, PATIENCE, Here
from synth.cli.output import tell_outcome
from synth.errors import SynthError
from synth.jobs import due
from synth.store.reading import Page

MOST_DECISIONS = 200  # that are listed


class Themes(Here):
    """Themes, their runs and decisions, and the insights drafted about them."""

    def discover(self, progress: Progress, scope: str = "all") -> Document:
        job_id = self.engine.discover(self.workspace, scope=scope)
        self._work(lambda: progress({"stages": []}))
        job = self.engine.job(self.workspace, job_id)
        if job["state"] == "dead":
            raise SynthError(f"The themes could not be found: {job['error']}")
        tell_outcome(job["result"])
        return self.themes()

    def runs(self) -> Document:
        return {"runs": self.engine.runs(self.workspace).rows}

    def run(self, run: str) -> Document:
        return self.engine.run(self.workspace, run)

    def accept_run(self, run: str, changes: Sequence[str] = ()) -> Document:
        return self._then_work(self.engine.accept_run(self.workspace, run, ACTOR, list(changes) or None))

    def roll_back_run(self, run: str) -> Document:
        return self._then_work(self.engine.roll_back_run(self.workspace, run))

    def renew(self) -> None:
        """Embed again what an earlier embedder left, and do all that follows from it."""
        if any(kind == "renew" for _, kind in due(self.engine.parts)):
            self.engine.drain(patience=PATIENCE)

    def themes(self) -> Document:
        return self.engine.themes(self.workspace)

    def decide(self, wanted: Document, *, preview: bool) -> Document:
        if preview:
            return self.engine.preview(self.workspace, ACTOR, wanted)
        made = self.engine.decide(self.workspace, ACTOR, wanted)
        self.engine.drain(patience=PATIENCE)
        return made

    def undo(self, decision: str) -> Document:
        undone = self.engine.undo(self.workspace, ACTOR, decision)
        self.engine.drain(patience=PATIENCE)
        return undone

    def decisions(self) -> Document:
        return {"decisions": self.engine.decisions(self.workspace, Page(limit=MOST_DECISIONS)).rows}

    def lineage(self, theme: str) -> Document:
        return self.engine.lineage(self.workspace, theme)

    def emerging(self) -> Document:
        return self.engine.emerging(self.workspace)

    def trend(self, theme: str) -> Document:
        return self.engine.theme_trend(self.workspace, theme)

    def suggestions(self, theme: str) -> Document:
        return self.engine.suggestions(self.workspace, theme)

    def create_themes(self, seeds: Sequence[Document]) -> Document:
        made = self.engine.create_themes(self.workspace, ACTOR, seeds)
        self.engine.drain(patience=PATIENCE)
        return made

    def insights(self, wanted: Mapping[str, str] = ALL) -> Document:
        return self.engine.insights(self.workspace, **wanted)

    def insight(self, insight: str) -> Document:
        return self.engine.insight(self.workspace, insight)

    def insight_history(self, insight: str) -> Document:
        return self.engine.insight_history(self.workspace, insight)

    def make_insight(self, wanted: Document) -> Document:
        return self.engine.make_insight(self.workspace, ACTOR, wanted)

    def change_insight(self, insight: str, wanted: Document) -> Document:
        return self.engine.change_insight(self.workspace, ACTOR, insight, wanted)
