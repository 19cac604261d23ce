"""The engine's side of releases: writing them down, and what was said after each."""

from collections.abc import Sequence
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
        """The releases, newest first, each with what followed so far."""
        from synth.releases.impact import releases_of, today

        until = today(self.parts.now(), self.parts.timezone)
        with self.parts.database.read() as session:
            found = releases_of(session, workspace, self.parts.timezone, until=until)
        return {"releases": found}

    def remove_release(self, workspace: str, release_id: str) -> None:
        """Take one out; raises NotFound."""
        from synth.releases.recording import remove_release

        with self.parts.database.write() as session:
            remove_release(session, workspace, release_id)
