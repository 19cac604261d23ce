"""One process owns a home folder: the others are told who holds it at once, or go through it when it serves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from synth.store.lock import HomeLock, Owner, read_owner
from tests.running import environment, read_output, run_synth, start_synth

SOON = 3.0  # seconds a refusal may take on a busy machine; it takes a fraction of one on an idle one
COMMANDS = (("serve",), ("worker",), ("ingest", "feedback.csv"), ("themes",), ("reindex",))
WAIT = 120.0
OWNER = """
import sys, time
from pathlib import Path
from synth.store.lock import HomeLock

lock = HomeLock.acquire(Path(sys.argv[1]), command="synth serve")
print("held", flush=True)
time.sleep(99)
"""

Served = tuple[Path, "subprocess.Popen[str]", Owner]


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    path = tmp_path / "feedback.csv"
    rows = [f"{number},The map loads slowly on day {number},2026-09-{1 + number % 28:02d}" for number in range(60)]
    path.write_text("id,comment,created_at\n" + "\n".join(rows) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A home folder that a real `synth serve` holds, on a port of its own."""
    with serving(tmp_path_factory.mktemp("served") / "home") as running:
        yield running


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Served]:
    server = start_synth(home, "serve", "--port", "0", **settings)
    try:
        yield home, server, _wait_until_it_listens(home, server)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_held_home_is_refused_at_once_in_a_sentence_that_says_who_holds_it(
    tmp_path: Path, feedback: Path, command: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    with HomeLock.acquire(home, command="synth ingest big.csv"):
        floor = _seconds_of_python()
        began = time.monotonic()
        done = subprocess.run(
            [str(Path(sys.executable).with_name("synth")), *command],
            env=environment(home),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
        seconds = time.monotonic() - began - floor
    assert done.returncode == 1
    assert f"`synth ingest big.csv` (process {os.getpid()}," in done.stderr
    assert "Stop it first." in done.stderr
    assert seconds < SOON


def test_a_home_whose_owner_was_killed_is_free(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        owner.kill()
    assert run_synth(home, "themes").returncode == 0


def test_a_second_server_is_told_where_the_first_one_is(
    served: Served,
) -> None:
    home, server, owner = served
    done = run_synth(home, "serve", "--port", "0")
    assert done.returncode == 1
    assert f"(process {server.pid}," in done.stderr
    assert f"Use it at {owner.url}" in done.stderr
    assert server.poll() is None


def test_commands_go_through_the_server_that_holds_the_home(served: Served, feedback: Path) -> None:
    home, server, _ = served
    ingested = run_synth(home, "ingest", feedback, "--json")
    assert ingested.returncode == 0, ingested.stderr + read_output(home)
    assert json.loads(ingested.stdout)["taken"] == 60
    answer = json.loads(run_synth(home, "ask", "How many people complain about the map?", "--json").stdout)
    assert {"status", "claims", "counts", "plan", "drafter"} <= answer.keys()
    found = json.loads(run_synth(home, "search", "slow map", "--json").stdout)
    assert len(found["results"]) == 10
    assert len(run_synth(home, "export", "documents").stdout.splitlines()) == 60
    assert "themes" in json.loads(run_synth(home, "themes", "--json").stdout)
    assert run_synth(home, "ask", "What is slow?", "--where", "theme=T999").returncode == 1
    assert server.poll() is None


def test_a_bad_file_among_good_ones_is_refused_alone_through_a_server_too(
    served: Served, feedback: Path, tmp_path: Path
) -> None:
    home, _, _ = served
    other = feedback.rename(tmp_path / "other.csv")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 400)
    done = run_synth(home, "ingest", tmp_path / "empty.csv", tmp_path / "photo.csv", other)
    assert done.returncode == 1
    assert done.stdout.startswith("60 taken, 0 already there, 2 refused.")
    assert "empty.csv is empty" in done.stderr
    assert "PNG image" in done.stderr


def test_a_server_that_is_stopped_lets_go_of_the_home(tmp_path: Path, feedback: Path) -> None:
    with serving(tmp_path / "home") as (home, server, _):
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0, read_output(home)
        assert read_owner(home) is None
        assert run_synth(home, "ingest", feedback).returncode == 0


def _seconds_of_python() -> float:
    """What it costs to start this interpreter now, on this machine."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True, timeout=WAIT)
    return time.monotonic() - began


def _wait_until_it_listens(home: Path, server: "subprocess.Popen[str]") -> Owner:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        owner = read_owner(home) if (home / "lock").exists() else None
        if owner and owner.url:
            return owner
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{read_output(home)}")
