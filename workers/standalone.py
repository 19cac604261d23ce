"""A worker of its own: Celery on threads in one process, for a broker that several workers and servers share.

Threads, not forked children: neither torch nor Chroma survives a fork. More workers are more processes.
"""

import os
from secrets import token_hex
from socket import gethostname

from synth.engine import open_engine
from synth.errors import BadInput
from synth.memory import settle
from synth.settings import Settings
from synth.telemetry.logs import set_up_logging
from workers.app import make_app, queue_names, start_schedule


def run_worker(settings: Settings, *, queues: str | None, concurrency: int, nice: int) -> None:
    """Do jobs from the broker until stopped; the schedule runs in it too, and any number of schedules does no harm.

    `nice` is what the system calls so: where a server shares the machine, somebody waits for it and nobody for this.
    """
    wanted = _chosen(queues)
    os.nice(nice)  # before any thread begins, which inherits it
    set_up_logging(settings.log_level, settings.log_format)
    engine = open_engine(settings)
    try:
        app = make_app(settings, engine)
        app.set_default()
        schedule = start_schedule(app)
        settle()
        app.Worker(
            hostname=f"synth-{token_hex(4)}@{gethostname()}",  # RabbitMQ ends the second worker of one name
            pool_cls="threads",
            concurrency=concurrency,
            queues=wanted,
            loglevel=settings.log_level.upper(),
            without_gossip=True,
            without_mingle=True,
        ).start()
        schedule.stop()
    finally:
        engine.close()


def _chosen(queues: str | None) -> list[str]:
    wanted = [name.strip() for name in queues.split(",")] if queues else queue_names()
    unknown = sorted(set(wanted) - set(queue_names()))
    if unknown:
        raise BadInput(f"There is no queue {', '.join(unknown)}; choose from {', '.join(queue_names())}.")
    return wanted
