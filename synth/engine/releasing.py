"""The engine's side of releases: writing them down, and what was said after each."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from synth.engine.core import Core


class ReleaseSteps(Core):
    """Releases of the product."""

    def add_release(
        self, workspace: str, actor: str, name: str, day: str, themes: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Write a release down, with the themes it was to change; raises BadInput, NotFound, Conflict."""
        from synth.releases.recording import add_release

        return add_release(self.parts, workspace, name, day, themes, by=actor)

    def releases(self, workspace: str) -> dict[str, Any]:
        """The releases, newest first, each with what followed as far as the feedback reaches."""
        from synth.releases.impact import day_of, releases_of
        from synth.reports.reach import newest_document

        now, timezone = self.parts.now(), self.parts.zone(workspace)
        with self.parts.database.read() as session:
            newest = newest_document(session, workspace, now) or now
            until = min(day_of(now, timezone), day_of(newest, timezone) + timedelta(days=1))
            return {"releases": releases_of(session, workspace, timezone, until=until)}

    def remove_release(self, workspace: str, release_id: str) -> None:
        """Take one out; raises NotFound."""
        from synth.releases.recording import remove_release

        with self.parts.database.write() as session:
            remove_release(session, workspace, release_id)
