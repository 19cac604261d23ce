"""One run: an installation under load and faults, then rest, then the oracle."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select

from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.store import ledger, tables
from synth.store.walls import everywhere
from tests.chaos.entry import CRASHING, know_crashing
from tests.chaos.faults import Doubling, Faults, hang, jump_clocks, restart_one_by_one, send_away
from tests.chaos.installation import APIS, WORKERS, Installation, installed, wait_for
from tests.chaos.oracle import Check, await_rest, check_all
from tests.chaos.sending import Client, make_requests
from workers.app import make_app

RESUME = ledger.LEASE.total_seconds() + 5  # seconds within which what a dead worker held is done by another
CRASHES = 3  # attempts of the job that ends its process
SHORT: Mapping[str, Any] = {"lease": 3.0, "apis": APIS[:1]}
JUMPED = 10.0  # seconds that each jump of a clock lasts
REST = 600.0  # seconds to come to rest


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how many kills, how many rows; only a `whole` run has long faults, two servers and the real lease.

    With `own_server` the PostgreSQL server is one of the installation's own, and is killed as the others are.
    """

    seconds: float
    kills: int
    rows: int
    seed: int
    whole: bool = True
    own_server: bool = False


@dataclass
class Outcome:
    """What was done and what was found."""

    done: list[tuple[str, str]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    kills: int = 0
    starts: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """True when every check holds."""
        return all(check.holds for check in self.checks)

    def show(self) -> None:
        """Print both as tables."""
        for name, told in self.done:
            print(f"  {name:<52} {told}")
        print()
        for check in self.checks:
            print(f"  {'ok      ' if check.holds else 'VIOLATED'} {check.name:<50} {check.found}")


def run(plan: Plan, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Install, send, break, come to rest, look."""
    options = {} if plan.whole else SHORT
    with everywhere(), installed(folder, own_server=plan.own_server, **options) as installation:
        installation.start_database()
        logging.getLogger("synth.workers").setLevel(logging.ERROR)
        named = make_url(str(installation.settings.database_url)).update_query_dict({"application_name": "chaos"})
        url = named.render_as_string(hide_password=False)
        engine = open_engine(installation.settings.model_copy(update={"database_url": url}), embedder=HashingEmbedder())
        try:
            return _run(plan, installation, engine, say)
        finally:
            engine.close()


def _run(plan: Plan, installation: Installation, engine: Engine, say: Callable[[str], None]) -> Outcome:
    know_crashing()
    app = make_app(installation.settings, engine)
    send, engine.dispatch = engine.dispatch, None
    assert send is not None
    installation.start()
    say("The installation is up.")
    token = create_token(engine.parts, WORKSPACE, "chaos", "editor", expires=None)
    requests = make_requests(plan.rows, plan.seed)
    pause = 0.8 * plan.seconds * 2 / len(requests)
    kept = max(8, len(requests) // 20) if plan.whole else 0  # for the last kill of both workers
    client = Client(installation.addresses, token, requests[kept:], threads=2, pause=pause)
    doubling = Doubling(lambda: _all_jobs(engine), send)
    faults = Faults(installation, kills=plan.kills, seconds=plan.seconds, seed=plan.seed)
    outcome, began, resumed = Outcome(), time.monotonic(), 0.0
    dead = _enqueue_failing(engine, whole=plan.whole)
    doubling.start()
    wait_for(lambda: bool(client.acknowledged), 120, "nothing is acknowledged")
    faults.start()
    try:
        jumps = jump_clocks(installation, JUMPED if plan.whole else plan.seconds / 4, say)
        stuck = _long_faults(plan, installation, faults, say) if plan.whole else []
        faults.join()
        installation.await_database()
        say(f"{faults.kills} kills after {time.monotonic() - began:.0f} s; {len(client.acknowledged)} requests taken.")
        wait_for(lambda: client.done, REST, "the client is not done")
        took = await_rest(engine, REST)
        if plan.whole:
            client.send_at_once(requests[:kept])
            resumed = _resume(installation, engine, say)
            wait_for(lambda: client.done, REST, "the client is not done")
            took += await_rest(engine, REST)
    finally:
        client.stop()
        doubled = doubling.stop()
    for job, kind in _all_jobs(engine):
        send(job, kind)
    engine.dispatch = send
    engine.tend(WORKSPACE)
    took += await_rest(engine, REST)
    app.close()
    outcome.done = [
        ("kills", f"{faults.kills}: " + ", ".join(f"{name} {n}" for name, n in sorted(faults.counted.items()))),
        ("starts", ", ".join(f"{name} {each.starts}" for name, each in installation.programs.items())),
        ("requests acknowledged / sent again", f"{len(client.acknowledged):,} / {client.sent_again:,}"),
        ("jumps of a clock by an hour", f"{jumps}"),
        ("messages sent a second time", f"{doubled:,}"),
        ("seconds in all / of them until rest", f"{time.monotonic() - began:.0f} / {took:.0f}"),
    ]
    outcome.kills = faults.kills
    outcome.starts = {name: each.starts for name, each in installation.programs.items()}
    outcome.checks = check_all(engine, client, requests, dead)
    if plan.whole:
        name = f"seconds until a dead worker's jobs go on (≤ {RESUME:.0f})"
        outcome.checks.append(Check(name, f"{resumed:.1f}", resumed <= RESUME))
        outcome.checks.append(Check("processes that did not end in good order", f"{len(stuck)} {stuck}", not stuck))
    return outcome


def _long_faults(plan: Plan, installation: Installation, faults: Faults, say: Callable[[str], None]) -> list[str]:
    """The broker and the index hang, the broker is away for a minute, everything is restarted one by one."""
    time.sleep(plan.seconds * 0.1)
    for service in ("redis", "chroma"):
        say(f"{service} hangs.")
        hang(installation, service)
    time.sleep(plan.seconds * 0.1)
    away = min(60.0, plan.seconds * 0.2)
    say(f"The broker is away for {away:.0f} s.")
    send_away(installation, "redis", away)
    time.sleep(plan.seconds * 0.1)
    faults.paused.set()
    time.sleep(min(60.0, plan.seconds * 0.1))  # all of them work again
    say("A rolling restart.")
    stuck = restart_one_by_one(installation, say)
    faults.paused.clear()
    return stuck


def _resume(installation: Installation, engine: Engine, say: Callable[[str], None]) -> float:
    """Kill both workers in the middle of jobs; how many seconds until the last of these is in other hands."""
    held: dict[str, str] = {}
    deadline = time.monotonic() + 60
    while len(held) < 3 and time.monotonic() < deadline:
        held = _leases(engine)
        time.sleep(0.01)
    for name in WORKERS:
        installation.programs[name].kill()
    began, held = time.monotonic(), _leases(engine)
    say(f"Both workers were killed with {len(held)} jobs in hand.")
    while held and time.monotonic() - began < 3 * RESUME:
        now = _leases(engine)
        held = {job: lease for job, lease in held.items() if now.get(job) == lease}
        time.sleep(0.1)
    return time.monotonic() - began


def _leases(engine: Engine) -> dict[str, str]:
    with engine.parts.database.read() as session:
        running = select(tables.Job.id, tables.Job.lease).where(tables.Job.state == "running")
        return {row.id: row.lease for row in session.execute(running.where(tables.Job.kind != CRASHING))}


def _all_jobs(engine: Engine) -> list[tuple[str, str]]:
    with everywhere(), engine.parts.database.read() as session:
        return [(row.id, row.kind) for row in session.execute(select(tables.Job.id, tables.Job.kind))]


def _enqueue_failing(engine: Engine, *, whole: bool) -> set[str]:
    """A job that fails on every attempt, and one that ends its process on every attempt."""
    now = engine.parts.now()
    with engine.parts.database.write() as session:
        ids = {ledger.enqueue(session, WORKSPACE, "embed", {}, key="fails", now=now, max_attempts=3)}
        if whole:
            later = now + timedelta(seconds=5)
            ids.add(ledger.enqueue(session, WORKSPACE, CRASHING, {}, key="crash", now=later, max_attempts=CRASHES))
    return ids
