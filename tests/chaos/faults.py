"""The faults: who is ended when, by one seed."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from tests.chaos.installation import APIS, POSTGRES, WORKERS, Installation, wait_for

WEIGHTS = {"api-1": 1, "api-2": 1, "worker-1": 3, "worker-2": 3, "redis": 3, "chroma": 3, "database": 6, POSTGRES: 3}
JUMP = timedelta(hours=1)
HANG = 8.0  # seconds a service takes connections and says nothing


class Faults:
    """Ends processes at random moments from a thread of its own, until so many kills were made."""

    def __init__(self, installation: Installation, *, kills: int, seconds: float, seed: int) -> None:
        self._installation = installation
        self._chance = random.Random(seed)
        self._kills, self._seconds = kills, seconds
        self.counted: Counter[str] = Counter()
        self.paused = threading.Event()
        self._thread = threading.Thread(target=self._work, name="faults")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait until all were made."""
        self._thread.join()

    @property
    def kills(self) -> int:
        """How many were made so far."""
        return sum(self.counted[name] for name in WEIGHTS)

    def _work(self) -> None:
        there = {"database", *self._installation.programs}
        names = [name for name in WEIGHTS if name in there]
        weights = [WEIGHTS[name] for name in names]
        began, between = time.monotonic(), self._seconds / max(1, self._kills)
        while self.kills < self._kills and time.monotonic() - began < 3 * self._seconds:
            time.sleep(self._chance.uniform(0, 2 * between))
            name = self._chance.choices(names, weights)[0]
            if not self.paused.is_set() and self.kill(name):
                self.counted[name] += 1

    def kill(self, name: str) -> bool:
        """End one now; False where it did not run, or is away on purpose."""
        if name == "database":
            return self._installation.end_backends(self._chance.randint(1, 4)) > 0
        program = self._installation.programs[name]
        return not program.held and program.kill()


def send_away(installation: Installation, name: str, seconds: float) -> None:
    """End a service and keep it away for so long."""
    program = installation.programs[name]
    program.held = True
    program.kill()
    time.sleep(seconds)
    program.held = False


def hang(installation: Installation, name: str, seconds: float = HANG) -> None:
    """Let a service hang: connections stay open, and nothing comes back."""
    program = installation.programs[name]
    program.send(signal.SIGSTOP)
    time.sleep(seconds)
    program.send(signal.SIGCONT)


def jump_clocks(installation: Installation, seconds: float, say: Callable[[str], None]) -> int:
    """Let the clock of a worker, then that of an API server, be an hour off for so long, either way; how often."""
    jumps = [(name, sign * JUMP) for name in (WORKERS[0], APIS[0]) for sign in (1, -1)]
    for name, off in jumps:
        say(f"The clock of {name} jumps by {off.total_seconds() / 3600:+.0f} h.")
        installation.set_clock(name, off)
        time.sleep(seconds)
        installation.set_clock(name, timedelta(0))
        time.sleep(seconds / 4)
    return 2 * len(jumps)


def restart_one_by_one(installation: Installation, say: Callable[[str], None]) -> list[str]:
    """A rolling restart in good order; returns the names of what had to be killed."""
    stuck = []
    for name in (*WORKERS, *APIS):
        program, began = installation.programs[name], time.monotonic()
        if not program.stop():
            stuck.append(name)
        say(f"{name} ended after {time.monotonic() - began:.1f} s.")
        if program.port:
            wait_for(program.listens, 180, f"{name} does not come back")
    return stuck


class Doubling:
    """Sends the message of every job of the ledger a second time, soon after the first."""

    def __init__(self, jobs: Callable[[], list[tuple[str, str]]], send: Callable[[str, str], None]) -> None:
        self._jobs, self._send = jobs, send
        self._seen: set[str] = set()
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._work, name="doubling", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> int:
        """End it; returns how many jobs were sent a second time."""
        self._halt.set()
        self._thread.join(60)
        return len(self._seen)

    def _work(self) -> None:
        while not self._halt.wait(0.5):
            try:
                waiting = [(job, kind) for job, kind in self._jobs() if job not in self._seen]
                for job, kind in waiting:
                    self._send(job, kind)
                    self._seen.add(job)
            except Exception:  # noqa: BLE001 - the broker or the database is away: the next look sends it
                continue
