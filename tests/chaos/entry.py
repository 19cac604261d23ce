"""`synth` with one more kind of job, which always ends its process: `python -m tests.chaos.entry`.

CHAOS_LEASE shortens the lease to so many seconds, so that a short run need not wait a minute for what a process held.
CHAOS_CLOCK names a file that says by how many seconds the clock of this process is off; without the file it is right.
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.parts import Parts
    from synth.store.ledger import Claim

CRASHING = "crash"


def crash(parts: "Parts", held: "Claim") -> None:
    """What a fault in a native library looks like from outside."""
    os.kill(os.getpid(), signal.SIGKILL)


def know_crashing() -> None:
    """Let this process know the kind of job."""
    from synth import jobs
    from workers.app import QUEUES

    jobs.HANDLERS[CRASHING] = "tests.chaos.entry:crash"
    QUEUES[CRASHING] = "deliver"


def shorten_lease(seconds: float) -> None:
    """Before the rooms that read the lease are imported."""
    from synth.store import ledger

    ledger.LEASE = timedelta(seconds=seconds)
    import workers.app
    from synth.engine import core

    core.TELL_AGAIN, workers.app.SWEEP_SECONDS = seconds, 1.0


def set_clock(path: Path) -> None:
    """The clock that an engine is opened with where nobody gives it another."""
    from synth.engine import open_engine

    def clock() -> datetime:
        try:
            off = float(path.read_text("utf-8"))
        except FileNotFoundError:
            off = 0.0
        return datetime.now(UTC) + timedelta(seconds=off)

    assert open_engine.__kwdefaults__ is not None
    open_engine.__kwdefaults__["clock"] = clock


if __name__ == "__main__":
    from synth.cli import main

    if "CHAOS_CLOCK" in os.environ:
        set_clock(Path(os.environ["CHAOS_CLOCK"]))
    if "CHAOS_LEASE" in os.environ:
        shorten_lease(float(os.environ["CHAOS_LEASE"]))
    know_crashing()
    sys.exit(main())
