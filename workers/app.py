"""The Celery application. Messages carry a job's id and nothing else; the ledger holds the truth.

A message says that there is work in a queue: its worker does the job whose turn it is, which may be another one.
"""

import logging
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from kombu.entity import Queue
from kombu.exceptions import OperationalError

from synth.engine import Engine
from synth.settings import Settings
from workers.tasks import register

GLANCE = 0.1  # seconds between two looks of the in-process worker at its queues
SWEEP_SECONDS = 5.0
TEND_SECONDS = 300.0
QUEUES = {
    "transcribe": "model",
    "intake": "intake",
    "embed": "embed",
    "renew": "embed",
    "index": "embed",
    "repair": "embed",
    "themes": "cluster",
    "discover": "cluster",
    "areas": "cluster",
    "teach": "cluster",
    "insights": "model",
    "saved": "model",
    "report": "model",
    "deliver": "deliver",
    "send": "deliver",
    "erase": "cluster",
}
SWEEP_QUEUE = "sweep"
TASK_LIMIT = 3600  # seconds after which a task is given up by Celery
_log = logging.getLogger(__name__)
_VISIBILITY = 2 * TASK_LIMIT + 60  # Redis hands a message out again after this; must exceed twice the limit


def make_app(settings: Settings, engine: Engine) -> Celery:
    """An application whose tasks call this engine; on `memory://` when no broker is set."""
    app = Celery("synth", broker=settings.broker_url or "memory://", set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[_queue(name, settings) for name in queue_names()],
        task_default_queue=QUEUES["intake"],
        task_create_missing_queues=False,
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=20.0,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(settings),
        beat_schedule={
            "sweep": {"task": "synth.sweep", "schedule": SWEEP_SECONDS, "options": {"queue": SWEEP_QUEUE}},
            "tend": {"task": "synth.tend", "schedule": TEND_SECONDS, "options": {"queue": SWEEP_QUEUE}},
        },
    )
    register(app, engine, kinds_of)
    engine.dispatch = lambda job_id, kind: _send(app, job_id, kind)
    return app


def start_schedule(app: Celery) -> Any:
    """Celery's schedule on a thread of this process; `stop()` ends it.

    It is kept in memory: what recurs does so soon after a start anyway, and a file could not be shared by processes.
    """
    schedule = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    schedule.start()
    return schedule


def queue_names() -> list[str]:
    """The queues, one per kind of work."""
    return sorted({*QUEUES.values(), SWEEP_QUEUE})


def kinds_of(queue: str) -> list[str]:
    """The kinds of jobs that go through a queue."""
    return [kind for kind, through in QUEUES.items() if through == queue]


def _send(app: Celery, job_id: str, kind: str) -> None:
    """Tell the broker of a job; one that is silent loses nothing: the ledger has the job, a later sweep sends it.

    A kind this process does not know was written by a newer one, which sends it itself.
    """
    if kind not in QUEUES:
        return
    try:
        app.send_task("synth.perform", args=[job_id], queue=QUEUES[kind], retry=False)
    except OperationalError as error:
        _log.warning("The broker does not answer (%s); job %s waits", error, job_id)


def _queue(name: str, settings: Settings) -> Queue:
    """Quorum queues on RabbitMQ: a message survives the loss of a node."""
    quorum = (settings.broker_url or "").startswith("amqp")
    return Queue(name, routing_key=name, queue_arguments={"x-queue-type": "quorum"} if quorum else None)


def _transport_options(settings: Settings) -> dict[str, Any]:
    if settings.broker_url is None:
        return {"polling_interval": GLANCE}
    if settings.broker_url.startswith("redis"):
        return {"visibility_timeout": _VISIBILITY, "global_keyprefix": "synth:"}
    return {}
