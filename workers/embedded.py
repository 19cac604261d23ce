"""The worker inside the serving process: Celery's own worker and schedule on threads, over an in-memory broker.

The broker may forget everything when the process dies; the ledger does not, and the sweeper sends its jobs again.
"""

import threading
from types import TracebackType
from typing import Any, Self

from celery.worker import WorkController

from synth.engine import Engine
from workers.app import make_app, queue_names, start_schedule

THREADS = 2
PATIENCE = 30.0  # seconds to wait for the jobs in hand when stopping


class EmbeddedWorker:
    """Runs from `with` to its end; stopping waits for the jobs in hand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._app = make_app(engine.settings, engine)
        self._worker: WorkController | None = None
        self._thread: threading.Thread | None = None
        self._schedule: Any = None

    def __enter__(self) -> Self:
        self._app.set_default()  # the pool's threads have no current app
        self._worker = WorkController(
            app=self._app,
            pool_cls="threads",
            concurrency=THREADS,
            queues=queue_names(),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._thread = threading.Thread(target=self._worker.start, name="worker", daemon=True)
        self._thread.start()
        self._schedule = start_schedule(self._app)
        self._engine.wake()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispatch = None
        if self._schedule is not None:
            self._schedule.stop()
        if self._worker is not None:
            self._worker.stop()
        if self._thread is not None:
            self._thread.join(PATIENCE)
