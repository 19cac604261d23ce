"""How fast it answers under load: `python -m tests.load` (or `make load`).

    LOAD_MINUTES  for how long (2)
    RATE          requests a second (20)
    EXCERPTS      that are in the store (10000)

An open loop: requests begin when it is their time, whether or not the ones before have been answered, and the time of
each counts from the moment it should have begun. Everything stands on this machine: see `tests.chaos.installation`.
"""

import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from tests.chaos.installation import Installation, installed, wait_for
from tests.chaos.oracle import open_jobs
from tests.chaos.sending import SUBJECTS, TIMES, VERBS, make_requests

THREADS = 128  # requests that may be under way at once
PATIENCE = 1800.0  # seconds to fill the store
MIX = ("search",) * 8 + ("ask",) * 4 + ("themes",) * 4 + ("page",) * 4
PAGES = ("/", "/trust", "/insights", "/documents", "/search?q=invoice")


@dataclass
class Times:
    """Seconds of the answers by kind, and what was no answer."""

    answered: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, *, is_answer: bool) -> None:
        """One request that ended."""
        with self.lock:
            if is_answer:
                self.answered[kind].append(seconds)
            else:
                self.failed[kind] += 1


def main() -> int:
    """Fill a store, let the requests come, print a table; 1 where a request failed."""
    minutes, rate = float(os.environ.get("LOAD_MINUTES", "2")), float(os.environ.get("RATE", "20"))
    excerpts = int(os.environ.get("EXCERPTS", "10000"))
    workers = {"worker": ("--concurrency", "2")}
    with (
        tempfile.TemporaryDirectory(prefix="load-") as folder,
        installed(Path(folder), workers=workers, embedder="minilm") as installation,
    ):
        installation.start()
        engine = open_engine(installation.settings, embedder=HashingEmbedder())
        token = create_token(engine.parts, WORKSPACE, "load", "admin", expires=None)
        _fill(installation, engine, token, excerpts)
        times = _run(installation.addresses, token, rate=rate, seconds=60 * minutes)
        engine.close()
    _show(times, rate, minutes)
    return 1 if times.failed else 0


def _fill(installation: Installation, engine: Engine, token: str, excerpts: int) -> None:
    began = time.monotonic()
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
        for request in make_requests(excerpts, 1):
            answer = client.post(f"{installation.addresses[0]}/v1/documents", json={"documents": request.documents})
            answer.raise_for_status()
    wait_for(lambda: not open_jobs(engine), PATIENCE, "the store is not filled")
    print(f"{engine.status(WORKSPACE)['excerpts']:,} excerpts after {time.monotonic() - began:.0f} s", flush=True)


def _run(addresses: Sequence[str], token: str, *, rate: float, seconds: float) -> Times:
    times, chance = Times(), random.Random(1)
    limits = httpx.Limits(max_connections=THREADS, max_keepalive_connections=THREADS)
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(headers=headers, timeout=30, limits=limits) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            kind = chance.choice(MIX)
            pool.submit(_ask, client, times, kind, _request(kind, addresses[number % len(addresses)], chance), due)
    return times


def _ask(client: httpx.Client, times: Times, kind: str, request: httpx.Request, due: float) -> None:
    request.headers.update(client.headers)
    try:
        status = client.send(request).status_code
    except httpx.HTTPError:
        status = 599
    times.note(kind, time.monotonic() - due, is_answer=status == 200)


def _request(kind: str, address: str, chance: random.Random) -> httpx.Request:
    subject, verb, when = chance.choice(SUBJECTS), chance.choice(VERBS), chance.choice(TIMES)
    if kind == "search":
        return httpx.Request("GET", f"{address}/v1/search", params={"q": f"{subject} {verb} {when}"})
    if kind == "ask":
        question = {"question": f"How many people say that the {subject} {verb}?"}
        return httpx.Request("POST", f"{address}/v1/questions", json=question)
    if kind == "themes":
        return httpx.Request("GET", f"{address}/v1/themes")
    return httpx.Request("GET", f"{address}{chance.choice(PAGES)}", headers={"Accept": "text/html"})


def _show(times: Times, rate: float, minutes: float) -> None:
    print(f"{rate:g} requests a second for {minutes:g} minutes, milliseconds from when each was due")
    print(f"  {'kind':<8} {'answers':>8} {'errors':>7} {'median':>8} {'p95':>8} {'p99':>8}")
    for kind in sorted({*times.answered, *times.failed}):
        taken = sorted(times.answered[kind]) or [0.0]
        at = [1000 * taken[min(len(taken) - 1, int(share * len(taken)))] for share in (0.5, 0.95, 0.99)]
        figures = " ".join(f"{each:8.0f}" for each in at)
        print(f"  {kind:<8} {len(times.answered[kind]):8,} {times.failed[kind]:7,} {figures}")


if __name__ == "__main__":
    sys.exit(main())
