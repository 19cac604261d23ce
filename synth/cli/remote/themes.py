"""A server asked about themes, their runs and decisions, and the insights drafted about them."""

import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from synth.cli.client import ALL, Document, Progress
from synth.cli.output import tell_outcome
from synth.cli.remote.server import GLANCE, Server
from synth.errors import SynthError

MOST_DECISIONS = 200  # that are listed


class Themes(Server):
    """Themes, their runs and decisions, and the insights drafted about them."""

    def discover(self, progress: Progress, scope: str = "all") -> Document:
        job = self._json("POST", "/runs", json={"scope": scope})
        while job["state"] not in ("done", "dead"):
            progress({"stages": [_stage(job)]})
            time.sleep(GLANCE)
            job = self._json("GET", f"/jobs/{job['id']}")
        if job["state"] == "dead":
            raise SynthError(f"The themes could not be found: {job['error']}")
        tell_outcome(job["result"])
        return self.themes()

    def runs(self) -> Document:
        return self._json("GET", "/runs")

    def run(self, run: str) -> Document:
        return self._json("GET", f"/runs/{quote(run, safe='')}")

    def accept_run(self, run: str, changes: Sequence[str] = ()) -> Document:
        chosen = {"changes": list(changes) or None}
        return self._json("POST", f"/runs/{quote(run, safe='')}/accept", json=chosen)

    def roll_back_run(self, run: str) -> Document:
        return self._json("POST", f"/runs/{quote(run, safe='')}/rollback")

    def themes(self) -> Document:
        return self._json("GET", "/themes")

    def decide(self, wanted: Document, *, preview: bool) -> Document:
        return self._json("POST", "/decisions", params={"preview": preview}, json=wanted)

    def undo(self, decision: str) -> Document:
        return self._json("POST", f"/decisions/{quote(decision, safe='')}/undo")

    def decisions(self) -> Document:
        return {"decisions": self._json("GET", "/decisions", params={"limit": MOST_DECISIONS})["decisions"]}

    def lineage(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/lineage")

    def emerging(self) -> Document:
        return self._json("GET", "/themes/emerging")

    def trend(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/trend")

    def suggestions(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/suggestions")

    def create_themes(self, seeds: Sequence[Document]) -> Document:
        return self._json("POST", "/themes", json={"themes": list(seeds)})

    def insights(self, wanted: Mapping[str, str] = ALL) -> Document:
        return self._json("GET", "/insights", params=dict(wanted))

    def insight(self, insight: str) -> Document:
        return self._json("GET", f"/insights/{quote(insight, safe='')}")

    def insight_history(self, insight: str) -> Document:
        return self._json("GET", f"/insights/{quote(insight, safe='')}/history")

    def make_insight(self, wanted: Document) -> Document:
        return self._json("POST", "/insights", json=wanted)

    def change_insight(self, insight: str, wanted: Document) -> Document:
        return self._json("PATCH", f"/insights/{quote(insight, safe='')}", json=wanted)


def _stage(job: Document) -> Document:
    """A job on its own as the stage of an import, which is what progress is shown of."""
    counted = {"jobs": 1, "finished": int(job["state"] == "done"), "dead": int(job["state"] == "dead")}
    return {**counted, "kind": job["kind"], "done": job["done"], "total": job["total"], "step": job["stage"]}
