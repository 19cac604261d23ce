"""The `synth` command as its users run it: a process of its own, on a home folder of its own; and a Chroma server."""

import os
import pty
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.ports import free_port
from tests.databases import ON_POSTGRES, home_url

SYNTH = Path(sys.executable).with_name("synth")
PATIENCE = 240.0  # seconds: a busy machine is no failure


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment without any setting of the caller's; the embedder that needs no model unless one is named."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SYNTH_")}
    given = {"home": str(home), "embedder": "hashing", **settings}
    if ON_POSTGRES:
        given.setdefault("database_url", home_url(home))
    return own | {f"SYNTH_{name.upper()}": value for name, value in given.items()}


def run_synth(home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [SYNTH, *map(str, arguments)],
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def start_synth(home: Path, *arguments: object, **settings: str) -> subprocess.Popen[str]:
    """One command, running; what it says on both streams goes to `output.txt` beside the home folder."""
    said = home.with_name(f"{home.name}.output.txt")
    with said.open("a", encoding="utf-8") as output:
        return subprocess.Popen(
            [SYNTH, *map(str, arguments)], env=environment(home, **settings), stdout=output, stderr=output, text=True
        )


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The address of a real `chroma run` over this folder, which listens; skips where the program is not there."""
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        pytest.skip("the `chroma` program is not installed beside this interpreter")
    port = free_port()
    where = ["--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([program, "run", *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def read_output(home: Path) -> str:
    """What the commands started on this home folder have said so far."""
    return home.with_name(f"{home.name}.output.txt").read_text(encoding="utf-8")


def run_on_terminal(home: Path, *arguments: object, **settings: str) -> str:
    """One command to its end, its output a terminal; what was shown there."""
    ours, theirs = pty.openpty()
    command = [SYNTH, *map(str, arguments)]
    with subprocess.Popen(command, env=environment(home, **settings), stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read_terminal(ours), b""))
        assert process.wait(PATIENCE) == 0
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _read_terminal(ours: int) -> bytes:
    """What is there; nothing when the other end is closed, which Linux tells as an error."""
    try:
        return os.read(ours, 1 << 16)
    except OSError:
        return b""
