"""The tasks: each is one call of the engine. Running one twice changes nothing; the ledger sees to that."""

from celery import Celery

from synth.engine import WORKSPACE, Engine


def register(app: Celery, engine: Engine) -> None:
    """Bind the tasks to an engine."""

    @app.task(name="synth.perform")
    def perform(job_id: str) -> None:
        """Do one job of the ledger."""
        engine.perform(job_id)

    @app.task(name="synth.sweep")
    def sweep() -> None:
        """Send again what was lost between the ledger and the workers."""
        engine.wake()

    @app.task(name="synth.tend")
    def tend() -> None:
        """Queue what is due by the calendar: the weekly report, the comparison of index and database."""
        engine.tend(WORKSPACE)
