"""`synth` with one more kind of job, which always ends its process: `python -m tests.chaos.entry`.

CHAOS_LEASE shortens the lease to so many seconds, so that a short run need not wait a minute for what a process held.
"""

import os
import signal
import sys
from datetime import timedelta
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


if __name__ == "__main__":
    from synth.cli import main

    if "CHAOS_LEASE" in os.environ:
        shorten_lease(float(os.environ["CHAOS_LEASE"]))
    know_crashing()
    sys.exit(main())
