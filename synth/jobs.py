"""Performing jobs of the ledger: claim, keep the lease alive, do the work, finish or fail.

A handler takes (parts, claim), writes its effect and `ledger.finish` in one transaction, and may be called twice with
the same claim's payload without changing anything the second time.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module

from sqlalchemy.exc import SQLAlchemyError

from synth.errors import SynthError, Unavailable
from synth.parts import Parts
from synth.store import ledger
from synth.store.stamp import taking_in
from synth.store.walls import everywhere, within
from synth.telemetry import logs

Handler = Callable[[Parts, ledger.Claim], None]
HANDLERS = {
    "transcribe": "synth.intake.recordings:run_transcription",
    "intake": "synth.intake.importing:run_import",
    "embed": "synth.themes.arriving:embed_batch",
    "renew": "synth.themes.renewing:renew_vectors",
    "index": "synth.store.indexing:drain_outbox",
    "repair": "synth.store.indexing:repair_index",
    "themes": "synth.themes.updating:update_themes",
    "discover": "synth.themes.updating:discover_themes",
    "areas": "synth.themes.areas:draw_areas",
    "teach": "synth.themes.curating.lessons:teach",
    "insights": "synth.insights.drafting:draft_insights",
    "saved": "synth.saved.running:run_saved",
    "report": "synth.reports.weekly:write_report",
    "deliver": "synth.delivery.sending:deliver",
    "send": "synth.delivery.sending:send",
    "erase": "synth.erasure.erasing:erase",
}
TAKING_IN = frozenset({"intake", "embed", "renew", "index", "repair"})  # what they write, nobody decided
_BEAT = ledger.LEASE.total_seconds() / 3
_log = logging.getLogger(__name__)


def perform(parts: Parts, job_id: str | None = None, *, kinds: Collection[str] = HANDLERS) -> str | None:
    """Do the named job, or the next one of these kinds that is due; returns its id, or None when there was none."""
    with everywhere(), parts.database.write() as session:
        held = ledger.claim(session, now=parts.now(), job_id=job_id, kinds=HANDLERS.keys() & kinds)
    if held is None:
        return None
    start = time.monotonic()
    with (
        within(held.workspace),
        logs.bound(job=held.id, kind=held.kind),
        parts.tracing.span(f"job {held.kind}", parent=held.trace, kind="consumer", job=held.id) as told,
    ):
        outcome = told.attributes["outcome"] = _attempt(parts, held)
        seconds = time.monotonic() - start
        _log.debug("Attempt %d: %s after %.1f s", held.attempt, outcome, seconds)
    parts.metrics.observe_job(held.kind, outcome, seconds)
    return held.id


def drain(parts: Parts, *, patience: float = 0.0) -> None:
    """Do jobs until none is due; waits up to `patience` seconds for jobs that are to be tried again later."""
    deadline = time.monotonic() + patience
    while True:
        if perform(parts) is not None:
            continue
        if time.monotonic() < deadline and _any_queued(parts):
            time.sleep(0.2)
            continue
        return


def due(parts: Parts) -> list[tuple[str, str]]:
    """(id, kind) of the jobs that wait for a worker now."""
    with everywhere(), parts.database.read() as session:
        return ledger.due(session, now=parts.now())


def _attempt(parts: Parts, held: ledger.Claim) -> str:
    """How it ended: done, failed (the ledger knows whether it is tried again) or lost to another worker."""
    try:
        with _lease_kept(parts, held), taking_in() if held.kind in TAKING_IN else nullcontext():
            _handler(held.kind)(parts, held)
    except ledger.LeaseLost as lost:
        _log.warning("%s", lost)
        return "lost"
    except Exception as error:  # noqa: BLE001 - whatever it was, the ledger keeps it
        _log.exception("Job %s (%s) failed on attempt %d", held.id, held.kind, held.attempt)
        _give_up(parts, held, error)
        return "failed"
    return "done"


def _handler(kind: str) -> Handler:
    module, name = HANDLERS[kind].split(":")
    handler: Handler = getattr(import_module(module), name)
    return handler


def _give_up(parts: Parts, held: ledger.Claim, error: Exception) -> None:
    retryable = not isinstance(error, SynthError) or error.retryable
    message = str(error) if isinstance(error, SynthError) else f"{type(error).__name__}: {error}"
    with parts.database.write() as session:
        wait = error.wait if isinstance(error, Unavailable) else None
        ledger.fail(session, held, now=parts.now(), error=message, retryable=retryable, wait=wait)


def _any_queued(parts: Parts) -> bool:
    with everywhere(), parts.database.read() as session:
        return ledger.any_queued(session)


@contextmanager
def _lease_kept(parts: Parts, held: ledger.Claim) -> Iterator[None]:
    """Renew the lease in the background while a long step runs."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(parts, held, stop), daemon=True, name=f"lease-{held.id}")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(parts: Parts, held: ledger.Claim, stop: threading.Event) -> None:
    while not stop.wait(_BEAT):
        try:
            with within(held.workspace), parts.database.write() as session:
                ledger.renew(session, held, now=parts.now())
        except ledger.LeaseLost:
            return
        except (SQLAlchemyError, Unavailable):
            _log.warning("The lease of job %s could not be renewed; trying again", held.id, exc_info=True)
