"""What commands for the engine of this process stand on: the engine, its workspace, and work done at once."""

import threading
from collections.abc import Callable
from contextvars import copy_context

from synth.access import ADMINISTRATOR, COMMANDS
from synth.cli.client import Document
from synth.cli.options import GivenFilters
from synth.engine import Engine
from synth.model import Filters

GLANCE = 0.3  # seconds between two looks at the progress
ACTOR = COMMANDS  # who decides: the name its credential has where a server is asked
FOLLOWER = ADMINISTRATOR  # who follows questions: the same person as on the pages
PATIENCE = 30.0  # seconds a command waits for a job that is to be tried again


class Here:
    """The engine in this process: it does the jobs it queues before it returns."""

    def __init__(self, engine: Engine, workspace: str) -> None:
        self.engine = engine
        self.workspace = workspace

    def _then_work(self, changed: Document) -> Document:
        self.engine.drain(patience=PATIENCE)
        return changed

    def _work(self, show: Callable[[], None]) -> None:
        """Do what was queued, and show how far it is meanwhile. In production the workers help."""
        stop = threading.Event()
        watcher = threading.Thread(target=copy_context().run, args=(_watch, show, stop), daemon=True)
        watcher.start()
        try:
            self.engine.drain(patience=PATIENCE)
        finally:
            stop.set()
            watcher.join()
            show()

    def _filters(self, given: GivenFilters) -> Filters:
        return self.engine.filters(since=given.since, until=given.until, where=given.where, workspace=self.workspace)


def _watch(show: Callable[[], None], stop: threading.Event) -> None:
    while not stop.wait(GLANCE):
        show()
