"""`synth serve` and `synth worker`: long-lived processes. In embedded mode the server owns the home folder alone."""

import os
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

from synth.errors import BadInput
from synth.memory import settle, share_heaps
from synth.settings import Settings, read_settings
from synth.store.lock import HomeLock

if TYPE_CHECKING:
    from synth.engine import Engine


def serve(host: str | None, port: int | None) -> None:
    """Serve the API and the pages until stopped; in embedded mode do the work behind them too.

    Only an embedded server owns the home folder: where database, broker and index are shared, several serve at once.
    """
    share_heaps()
    settings = _settings(host, port)
    if not settings.embedded:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is there: requests share the cores instead
    with HomeLock.acquire(settings.home, command="synth serve") if settings.embedded else nullcontext() as lock:
        from api.serving import serve as serve_api
        from synth.engine import open_engine
        from workers.app import make_app
        from workers.embedded import EmbeddedWorker

        engine = open_engine(settings)
        try:
            if settings.embedded:
                engine.take_over()
            else:
                engine.answer_beside_workers()
            engine.repair_indexes()
            threading.Thread(target=_warm, args=(engine,), daemon=True, name="warm").start()
            with nullcontext(make_app(settings, engine)) if settings.broker_url else EmbeddedWorker(engine):
                serve_api(settings, engine, lock)
        finally:
            engine.close()


def work(queues: str | None, concurrency: int, nice: int) -> None:
    """Do jobs from the broker until stopped."""
    share_heaps()
    settings = read_settings()
    if settings.broker_url is None:
        _refuse_second_owner(settings)
        message = "A worker of its own needs a broker: set SYNTH_BROKER_URL to redis://… or amqp://…."
        raise BadInput(f"{message} Without one, `synth serve` does the work.")
    from workers.standalone import run_worker

    run_worker(settings, queues=queues, concurrency=concurrency, nice=nice)


def _warm(engine: "Engine") -> None:
    engine.warm()
    settle()


def _settings(host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    return read_settings(**{name: value for name, value in given.items() if value is not None})


def _refuse_second_owner(settings: Settings) -> None:
    HomeLock.acquire(settings.home, command="synth worker").release()
