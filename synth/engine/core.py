"""What every part of the engine stands on: its parts, and how work is queued and told of."""

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import Any, Self, TypeVar

from synth import jobs
from synth.errors import Unavailable
from synth.oidc.provider import open_provider
from synth.parts import Parts
from synth.settings import FIRST_WORKSPACE, Settings
from synth.store import ledger
from synth.store.leases import FarLeases
from synth.store.restricting import EVERYBODY, Reader
from synth.store.walls import everywhere, within
from synth.workspaces import ensure_first, list_ids

WORKSPACE = FIRST_WORKSPACE
TELL_AGAIN = 60.0  # seconds after which a worker is told again of a job that still waits
Found = TypeVar("Found")


class Core:
    """The parts, the settings, and the ledger of jobs. Safe to share between threads."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self.settings = settings
        self.organisation = open_provider(settings, parts.now)  # that users sign in through
        self.dispatch: Callable[[str, str], None] | None = None  # tells a worker of a job: (id, kind)
        self._told: dict[str, float] = {}
        self._far_leases = FarLeases()
        self._telling = threading.Lock()

    def for_everybody(self) -> Self:
        """The same engine for those without the research role: what is withheld from them is nowhere in it."""
        return self.for_reader(EVERYBODY)

    def for_reader(self, reader: Reader) -> Self:
        """The same engine for somebody: what they may not read is nowhere in it. Administrators read all there is."""
        other = copy(self)
        other.parts = self.parts.for_reader(reader)
        return other

    def withheld(self) -> str | None:
        """The sentence for what those who ask do not see; None where they see everything."""
        return self.parts.database.say_left_out()

    def answer_beside_workers(self) -> None:
        """Answer from counts that may be seconds old while workers elsewhere take feedback in."""
        self.parts.kept.late = self.parts.vectors.late = True
        self.parts.everybody.answer_late()

    def prepare(self) -> None:
        """Make the first workspace where it is missing."""
        ensure_first(self.parts.database, self.settings.timezone, self.parts.now())
        self.parts.zone(WORKSPACE)  # known from here on

    def workspaces(self) -> list[str]:
        """The ids of all workspaces, the first one first."""
        return list_ids(self.parts.database)

    def warm(self) -> None:
        """Load what the first question would wait for: the model, the vectors and their index, of each workspace."""
        self.parts.embedder.embed(["warm"])
        for workspace in self.workspaces():
            with within(workspace):
                self.parts.vectors.matrix(workspace)
                try:
                    self.parts.index.count(workspace)
                except Unavailable:
                    self.repair_index(workspace)

    def repair_indexes(self) -> None:
        """Queue a repair of the vector index from SQL for every workspace."""
        for workspace in self.workspaces():
            with within(workspace):
                self.repair_index(workspace)

    def close(self) -> None:
        """Give everything back."""
        self.parts.tracing.close()
        self.parts.index.close()
        self.parts.database.close()

    def wake(self) -> None:
        """Tell the workers of jobs they have not been told of lately; without workers, do nothing."""
        dispatch = self.dispatch
        if dispatch is None:
            return
        waiting, now = jobs.due(self.parts), time.monotonic()
        with self._telling:
            for job in [job for job, told in self._told.items() if now - told >= TELL_AGAIN]:
                del self._told[job]
            untold = [(job_id, kind) for job_id, kind in waiting if job_id not in self._told]
            self._told.update({job_id: now for job_id, _ in untold})
        for job_id, kind in untold:
            dispatch(job_id, kind)

    def sweep(self) -> None:
        """Let go on what a worker held whose clock was ahead when it ended, and tell the workers of what is due."""
        with everywhere(), self.parts.database.write() as session:
            self._far_leases.end(session, now=self.parts.now(), seconds=time.monotonic())
        self.wake()

    def renew_vectors(self, workspace: str) -> None:
        """Queue the embedding anew of what an earlier embedder made vectors of, if there is any."""
        from synth.themes.renewing import request_renewal

        request_renewal(self.parts, workspace)
        self.wake()

    def discover(self, workspace: str, *, scope: str = "all") -> str:
        """Queue a run over everything, over the unassigned, or over everything anew; returns the id of its job.

        A run over everything keeps what is settled; one that looks anew waits for a person to accept it.
        """
        return self._enqueue(workspace, "discover", {"scope": scope})

    def draft_insights(self, workspace: str) -> str:
        """Queue the drafting of what insights are missing; returns the id of the job."""
        return self._enqueue(workspace, "insights", {})

    def repair_index(self, workspace: str) -> str:
        """Queue a repair of the vector index from SQL; returns the id of the job."""
        return self._enqueue(workspace, "repair", {})

    def _read(self, reader: Callable[..., Found], workspace: str, *what: Any) -> Found:
        with self.parts.database.read() as session:
            return reader(session, workspace, *what)

    def _enqueue(self, workspace: str, kind: str, payload: dict[str, Any]) -> str:
        with self.parts.database.write() as session:
            now = self.parts.now()
            job_id = ledger.enqueue(session, workspace, kind, payload, key=kind, now=now, again=True)
        self.wake()
        return job_id
