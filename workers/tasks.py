"""The tasks: each is one call of the engine. Running one twice changes nothing; the ledger sees to that."""

from collections.abc import Callable, Collection
from typing import Any

from celery import Celery

from synth.engine import Engine


def register(app: Celery, engine: Engine, kinds_of: Callable[[str], Collection[str]]) -> None:
    """Bind the tasks to an engine; not shared, as another application in this process has an engine of its own.

    `kinds_of` gives the kinds of jobs that go through a queue.
    """

    @app.task(name="synth.perform", shared=False, bind=True)
    def perform(task: Any, job_id: str) -> None:  # noqa: ARG001 - the message says that there is work; the ledger, which
        """Do one job of the queue the message came through: that of the workspace whose turn it is."""
        engine.perform(kinds=kinds_of(task.request.delivery_info["routing_key"]))

    @app.task(name="synth.sweep", shared=False)
    def sweep() -> None:
        """Send again what was lost between the ledger and the workers."""
        engine.sweep()

    @app.task(name="synth.tend", shared=False)
    def tend() -> None:
        """Queue what is due by the calendar, in every workspace: weekly reports, comparing index and database."""
        engine.tend_all()
