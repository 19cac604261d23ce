"""The time zones of workspaces: days and weeks begin by them."""

from sqlalchemy import select

from synth.store.database import Database
from synth.store.tables import Workspace
from synth.store.walls import within


class Zones:
    """Each workspace's zone, read once: it is said when a workspace is made. Safe to share between threads."""

    def __init__(self, database: Database, default: str) -> None:
        self._database = database
        self.default = default
        self._known: dict[str, str] = {}

    def of(self, workspace: str) -> str:
        """The zone of a workspace; the default for one that is not there."""
        if workspace not in self._known:
            with within(workspace), self._database.read() as session:
                zone = session.scalar(select(Workspace.timezone).where(Workspace.id == workspace))
            if zone is None:
                return self.default
            self._known[workspace] = zone
        return self._known[workspace]
