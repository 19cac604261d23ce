"""The Celery application. Messages carry a job's id and nothing else; the ledger holds the truth."""

from celery import Celery
from kombu import Queue

from synth.engine import Engine
from synth.settings import Settings

SWEEP_SECONDS = 15.0
QUEUES = {"intake": "intake", "embed": "embed", "index": "embed", "repair": "embed", "themes": "cluster",
          "discover": "cluster", "insights": "model", "report": "model"}  # fmt: skip
_VISIBILITY = 2 * 3600 + 60  # Redis gives a message out again after this; above twice the hard limit of a task


def make_app(settings: Settings, engine: Engine) -> Celery:
    """An application with the tasks bound to this engine; on `memory://` when no broker is set."""
    from workers.tasks import register

    app = Celery("synth", broker=settings.broker_url or "memory://", set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_queue="intake",
        task_default_queue_type="quorum" if (settings.broker_url or "").startswith("amqp") else "classic",
        task_queues=[_queue(name, settings) for name in sorted(set(QUEUES.values()) | {"sweep"})],
        worker_prefetch_multiplier=1,
        worker_detect_quorum_queues=True,
        worker_soft_shutdown_timeout=20.0,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(settings),
        task_time_limit=3600,
        beat_schedule_filename=str(settings.home / "beat"),
        beat_schedule={
            "sweep": {"task": "synth.sweep", "schedule": SWEEP_SECONDS, "options": {"queue": "sweep"}},
            "tend": {"task": "synth.tend", "schedule": 300.0, "options": {"queue": "sweep"}},
        },
    )
    register(app, engine)
    return app


def connect(app: Celery, engine: Engine) -> None:
    """Let the engine tell the workers of new jobs, each to the queue of its kind."""

    def dispatch(job_id: str, kind: str) -> None:
        app.send_task("synth.perform", args=[job_id], queue=QUEUES.get(kind, "intake"))

    engine.dispatch = dispatch


def _queue(name: str, settings: Settings) -> Queue:
    quorum = (settings.broker_url or "").startswith("amqp")
    return Queue(f"synth.{name}" if settings.broker_url else name, queue_arguments={"x-queue-type": "quorum"} if quorum else {})


def _transport_options(settings: Settings) -> dict[str, object]:
    if (settings.broker_url or "").startswith("redis"):
        return {"visibility_timeout": _VISIBILITY, "socket_timeout": 10, "socket_connect_timeout": 5}
    return {}
