"""The tasks: each is one call of the engine. Running one twice changes nothing; the ledger sees to that."""

from celery import Celery

from synth.engine import WORKSPACE, Engine


def register(app: Celery, engine: Engine) -> None:
    """Bind the tasks to an engine; not shared, as another application in this process has an engine of its own."""

    @app.task(name="synth.perform", shared=False)
    def perform(job_id: str) -> None:
        """Do one job of the ledger."""
        engine.perform(job_id)

    @app.task(name="synth.sweep", shared=False)
    def sweep() -> None:
        """Send again what was lost between the ledger and the workers."""
        engine.wake()

    @app.task(name="synth.tend", shared=False)
    def tend() -> None:
        """Queue what is due by the calendar: the weekly report, the comparison of index and database."""
        engine.tend(WORKSPACE)
