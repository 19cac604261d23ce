"""Whether memory, files and threads stay flat: `python -m tests.load.soak` (or `make soak`).

    SOAK_MINUTES  for how long (60)
    RATE          requests a second (2)
    EXCERPTS      that are in the store in the beginning (5000)

An installation of its own answers a modest load while a few rows come in every half minute. Each process is looked at
twice a minute. Before it each server is asked everything once that is asked about themes: what is kept of answers is
then all there. The first third of the time is warm-up, too; of the rest the slope of memory is told for each process:
the median of the slopes between any two looks (Theil, Sen), which a few high ones do not move. Of files and threads the
middle of each half is compared: when many requests wait there are more, which is no growth.
"""

import os
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from scipy.stats import theilslopes

from synth.access import create_token
from synth.engine import WORKSPACE
from tests.chaos.installation import Program
from tests.chaos.sending import make_requests
from tests.load.__main__ import Times, send_at_rate
from tests.load.filling import Filled, filled
from tests.load.memory import memory
from tests.load.requests import KINDS, make_request, one_of_each

WARMING = 6.0  # requests a second, before the time begins
LOOK = 30.0  # seconds between two looks, and between two requests that bring rows
ROWS = 10  # that come in each time
SHORTEST = 4.0  # minutes
ALLOWED = 1.0  # per cent of memory an hour


@dataclass(frozen=True, slots=True)
class Look:
    """One process at one moment."""

    hours: float
    memory: float  # MB that it has (VmRSS)
    files: int
    threads: int


def main() -> int:
    """Let it run, print a table; 1 where memory grows, or files or threads do, or a request failed."""
    minutes, rate = float(os.environ.get("SOAK_MINUTES", "60")), float(os.environ.get("RATE", "2"))
    excerpts = int(os.environ.get("EXCERPTS", "5000"))
    if minutes < SHORTEST:
        raise SystemExit(f"SOAK_MINUTES={minutes:g} shows nothing; give it at least {SHORTEST:g}.")
    with filled(excerpts, data=None, keep=None) as store:
        token = create_token(store.engine.parts, WORKSPACE, "soak", "admin", expires=None)
        store.installation.start()
        times, looks = _run(store, token, seconds=60 * minutes, rate=rate)
    answered, failed = sum(map(len, times.answered.values())), sum(times.failed.values())
    print(f"{minutes:g} minutes at {rate:g} requests a second: {answered:,} answers, {failed} errors")
    for reason in sorted(times.reasons)[:10]:
        print(f"  {reason}")
    return int(not _show(looks) or bool(failed))


def _run(store: Filled, token: str, *, seconds: float, rate: float) -> tuple[Times, dict[str, list[Look]]]:
    looks: dict[str, list[Look]] = defaultdict(list)
    times, chance, over = Times(), random.Random(1), threading.Event()
    addresses = store.installation.addresses
    orders = [make_request(store, chance.choice(KINDS), chance) for _ in range(int(rate * seconds))]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        asked = [each for each in one_of_each(store) for _ in addresses]  # the servers take turns
        send_at_rate(client, addresses, asked, rate=WARMING, times=Times())
        beside = threading.Thread(target=lambda: _look_on(store, client, times, looks, over), name="looking on")
        beside.start()
        send_at_rate(client, addresses, orders, rate=rate, times=times)
        over.set()
        beside.join()
    return times, looks


def _look_on(
    store: Filled, client: httpx.Client, times: Times, looks: dict[str, list[Look]], over: threading.Event
) -> None:
    began = time.monotonic()
    fresh = iter(make_requests(100_000, seed=2))
    while not over.wait(LOOK):
        hours = (time.monotonic() - began) / 3600
        for name, program in store.installation.programs.items():
            looks[name].append(_look(program, hours))
        _send_rows(store, client, times, next(fresh).documents[:ROWS])


def _send_rows(store: Filled, client: httpx.Client, times: Times, made: Sequence[Mapping[str, Any]]) -> None:
    rows = [{**row, "external_id": f"soak-{row['external_id']}"} for row in made]
    began, refusal = time.monotonic(), None
    try:
        client.post(f"{store.installation.addresses[0]}/v1/documents", json={"documents": rows}).raise_for_status()
    except httpx.HTTPError as error:
        refusal = f"rows: {type(error).__name__}"
    times.note("rows", time.monotonic() - began, refusal)


def _look(program: Program, hours: float) -> Look:
    assert program.process is not None
    there = Path(f"/proc/{program.process.pid}")
    files, threads = (len(list((there / each).iterdir())) for each in ("fd", "task"))
    return Look(hours, memory(program, "VmRSS"), files, threads)


def slope(looks: Sequence[Look]) -> float:
    """Per cent of the memory of one process an hour."""
    hours, held = [look.hours for look in looks], [look.memory for look in looks]
    return float(theilslopes(held, hours).slope) / median(held) * 100


def _show(looks: dict[str, list[Look]]) -> bool:
    """Print what became of each process after the warm-up; True where all stayed flat."""
    flat = True
    print(f"  {'process':<10} {'MB':>14} {'% an hour':>10} {'files':>12} {'threads':>12}")
    for name, seen in looks.items():
        after = seen[len(seen) // 3 :]
        held, grown = [look.memory for look in after], slope(after)
        files, threads = [look.files for look in after], [look.threads for look in after]
        half = len(after) // 2
        grew = any(median(each[half:]) > median(each[:half]) + 1 for each in (files, threads))
        flat = flat and grown <= ALLOWED and not grew
        span = f"{min(held):.0f} to {max(held):.0f}"
        print(
            f"  {name:<10} {span:>14} {grown:>10.2f} {f'{min(files)} to {max(files)}':>12} "
            f"{f'{min(threads)} to {max(threads)}':>12}"
        )
    return flat


if __name__ == "__main__":
    sys.exit(main())
