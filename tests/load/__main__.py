"""How fast it answers under load: `python -m tests.load` (or `make load`).

    LOAD_MINUTES  for how long (2)
    RATE          requests a second (20)
    EXCERPTS      that are in the store (10000)
    DATA          a folder in the plain format, whose rows are enlarged to as many (sentences made of few words)
    IMPORT        rows that are sent and taken in meanwhile (0)
    IMPORT_AFTER  seconds after which they are sent (0): servers that have just started count everything first
    KEEP          a folder where the filled store stays for the next run (everything goes again)

An open loop: requests begin when it is their time, whether or not the ones before have been answered, and the time of
each counts from the moment it should have begun. Everything stands on this machine: see `tests.chaos.installation`.
"""

import os
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from synth.access import create_token
from synth.engine import WORKSPACE
from tests.chaos.installation import wait_for
from tests.chaos.oracle import open_jobs
from tests.load.filling import Filled, filled
from tests.load.requests import KINDS, Asked, make_request

THREADS = 128  # requests that may be under way at once
PATIENCE = 1800.0  # seconds that the import, or what a server does when it starts, may take
WARMING = 60  # requests before any is timed


@dataclass
class Times:
    """Seconds of the answers by kind, and what was no answer."""

    answered: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reasons: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, refusal: str | None) -> None:
        """One request that ended."""
        with self.lock:
            if refusal is None:
                self.answered[kind].append(seconds)
            else:
                self.failed[kind] += 1
                self.reasons.add(refusal)


def main() -> int:
    """Fill a store, let the requests come, print a table; 1 where a request failed or the import did."""
    minutes, rate = float(os.environ.get("LOAD_MINUTES", "2")), float(os.environ.get("RATE", "20"))
    excerpts, sent = int(os.environ.get("EXCERPTS", "10000")), int(os.environ.get("IMPORT", "0"))
    after = float(os.environ.get("IMPORT_AFTER", "0"))
    data, keep = os.environ.get("DATA"), os.environ.get("KEEP")
    with filled(excerpts, data=Path(data) if data else None, keep=Path(keep) if keep else None) as store:
        token = create_token(store.engine.parts, WORKSPACE, "load", "admin", expires=None)
        store.installation.start()
        times, took = _run(store, token, rate=rate, seconds=60 * minutes, sent=sent, after=after)
    _show(times, rate, minutes)
    if sent:
        print(f"  {sent:,} rows meanwhile: taken in after {took:.0f} s")
    return 1 if times.failed else 0


def _run(store: Filled, token: str, *, rate: float, seconds: float, sent: int, after: float) -> tuple[Times, float]:
    """The times, and the seconds after which what was sent meanwhile is taken in."""
    addresses = store.installation.addresses
    limits = httpx.Limits(max_connections=THREADS, max_keepalive_connections=THREADS)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=30, limits=limits) as client:
        send_at_rate(client, addresses, _orders(store, WARMING, seed=0), rate=rate / 2, times=Times())
        wait_for(lambda: not open_jobs(store.engine), PATIENCE, "what the start asked for is not done")
        times = Times()
        orders = _orders(store, int(rate * seconds), seed=1)
        fresh = store.fresh(sent) if sent else None
        with ThreadPoolExecutor(1) as beside:
            took = beside.submit(_take_in, store, client, fresh, after) if fresh else None
            send_at_rate(client, addresses, orders, rate=rate, times=times)
            return times, took.result() if took else 0.0


def _orders(store: Filled, count: int, *, seed: int) -> list[Asked]:
    chance = random.Random(seed)
    return [make_request(store, chance.choice(KINDS), chance) for _ in range(count)]


def send_at_rate(
    client: httpx.Client, addresses: Sequence[str], orders: Sequence[Asked], *, rate: float, times: Times
) -> None:
    """Each at its time, the servers in turn; returns when all are answered."""
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.monotonic()
        for number, order in enumerate(orders):
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            pool.submit(_ask, client, times, addresses[number % len(addresses)], order, due)


def _ask(client: httpx.Client, times: Times, address: str, order: Asked, due: float) -> None:
    try:
        answer = client.request(
            order.method, address + order.path, params=order.query, json=order.body, headers=order.headers
        )
        refusal = None if answer.status_code == 200 else f"{order.kind}: {answer.status_code} {answer.text[:200]}"
    except httpx.HTTPError as error:
        refusal = f"{order.kind}: {type(error).__name__}"
    times.note(order.kind, time.monotonic() - due, refusal)


def _take_in(store: Filled, client: httpx.Client, fresh: tuple[str, bytes], after: float) -> float:
    """Send a file after so many seconds; how many it takes from then on until all of it is done."""
    time.sleep(after)
    began = time.monotonic()
    client.post(f"{store.installation.addresses[0]}/v1/documents", files={"file": fresh}).raise_for_status()
    wait_for(lambda: not open_jobs(store.engine), PATIENCE, "what was sent is not taken in")
    return time.monotonic() - began


def _show(times: Times, rate: float, minutes: float) -> None:
    print(f"{rate:g} requests a second for {minutes:g} minutes, milliseconds from when each was due")
    print(f"  {'kind':<8} {'answers':>8} {'errors':>7} {'median':>8} {'p95':>8} {'p99':>8} {'most':>8}")
    for kind in sorted({*times.answered, *times.failed}):
        taken = sorted(times.answered[kind]) or [0.0]
        at = [1000 * taken[min(len(taken) - 1, int(share * len(taken)))] for share in (0.5, 0.95, 0.99, 1.0)]
        figures = " ".join(f"{each:8.0f}" for each in at)
        print(f"  {kind:<8} {len(times.answered[kind]):8,} {times.failed[kind]:7,} {figures}")
    for reason in sorted(times.reasons)[:10]:
        print(f"  {reason}")


if __name__ == "__main__":
    sys.exit(main())
