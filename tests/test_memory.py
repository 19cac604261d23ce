"""Each in a process of its own: what is asked of the C library and of the garbage collector stays until it ends."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.running import PATIENCE, environment

HEAPS = """
import ctypes, re, tempfile, threading

def count_heaps():
    library = ctypes.CDLL(None)
    library.fdopen.restype = ctypes.c_void_p
    with tempfile.TemporaryFile() as file:
        stream = ctypes.c_void_p(library.fdopen(file.fileno(), b"w"))
        library.malloc_info(0, stream)
        library.fflush(stream)
        file.seek(0)
        return len(re.findall(rb"<heap nr=", file.read()))
"""
MANY_THREADS = """
together = threading.Barrier(9)

def allocate():
    held = [bytes(1000) for _ in range(100)]
    together.wait()

for _ in range(8):
    threading.Thread(target=allocate).start()
together.wait()
print(count_heaps())
"""
GARBAGE = """
import gc
from collections import deque

class Holds:
    count = 0

    def __init__(self):
        self.itself = self
        Holds.count += 1

    def __del__(self):
        Holds.count -= 1

stays = [[] for _ in range(500_000)]
gc.collect()
{after}
under_way, most = deque(maxlen=3_000), 0
for _ in range(100_000):
    under_way.append(Holds())
    most = max(most, Holds.count)
print(most)
"""
SERVE = """
import gc, os, signal, sys, threading, time
from synth.cli import main

def look():
    until = time.monotonic() + 200
    while gc.get_freeze_count() < 100_000 and time.monotonic() < until:
        time.sleep(0.1)
    print(gc.get_freeze_count(), count_heaps(), gc.get_threshold()[0], flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=look, daemon=True).start()
sys.argv = ["synth", "serve", "--port", "0"]
sys.exit(main())
"""


def said(script: str, given: Mapping[str, str] | None = None) -> str:
    done = subprocess.run([sys.executable, "-c", script], env=given, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return next(line for line in done.stdout.splitlines() if line[:1].isdigit())


def has_glibc() -> bool:
    return sys.platform == "linux" and bool(os.confstr("CS_GNU_LIBC_VERSION"))


only_glibc = pytest.mark.skipif(not has_glibc(), reason="the C library is another one")


@only_glibc
def test_threads_share_two_heaps() -> None:
    shared = said(f"{HEAPS}from synth.memory import share_heaps\nshare_heaps()\n{MANY_THREADS}")
    assert int(shared) <= 2 < int(said(HEAPS + MANY_THREADS))


@only_glibc
def test_the_environment_may_say_how_many() -> None:
    script = f"{HEAPS}from synth.memory import share_heaps\nshare_heaps()\n{MANY_THREADS}"
    assert int(said(script, os.environ | {"MALLOC_ARENA_MAX": "5"})) == 5


def test_garbage_is_found_soon_beside_what_stays() -> None:
    settled = said(GARBAGE.format(after="from synth.memory import settle; settle()"))
    assert int(settled) < 40_000 < int(said(GARBAGE.format(after="")))


@only_glibc
def test_a_server_does_all_of_it(tmp_path: Path) -> None:
    frozen, heaps, objects = map(int, said(HEAPS + SERVE, environment(tmp_path / "home")).split())
    assert frozen >= 100_000
    assert heaps <= 2
    assert objects <= 1_000  # a command looks for garbage after a hundred times as many
