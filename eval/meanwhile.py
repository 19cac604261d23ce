"""Whether the service answers while files that mean harm are sent to it one after the other.

    python -m tests.intake.hostile FOLDER
    python -m eval.meanwhile --files FOLDER [--data FILE] [--seconds 20]

A server of its own takes the data in (the sample feedback where no file is named). Then one client reads pages and
searches, one after the other, first while nothing else happens, then while another client sends every file of the
folder and waits for its import to end. Times are told for both, with what became of the files.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from synth.access import create_token
from synth.engine import WORKSPACE, open_engine
from synth.errors import BadInput, Broken
from synth.settings import read_settings
from synth.store.walls import within

READ = (
    "/v1/search?q=photo+upload+is+stuck",
    "/v1/search?q=invoice&where=segment%3DEnterprise",
    "/v1/themes",
    "/",
    "/search?q=calendar+sync",
    "/documents",
    "/jobs",
)
PATIENCE = 60.0  # seconds an answer is waited for
_SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "feedback"
_LISTENS = re.compile(r"http://[\d.]+:\d+")
Times = Mapping[str, Sequence[float]]


class Client:
    """One who asks a server, and keeps the seconds each address took."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._token = token
        self.times: dict[str, list[float]] = defaultdict(list)
        self.failed: Counter[str] = Counter()

    def read(self, until: Callable[[], bool]) -> None:
        """Read every address in turn until told to stop."""
        while not until():
            for address in READ:
                started = time.monotonic()
                try:
                    self.ask(address)
                except (OSError, urllib.error.URLError) as error:
                    self.failed[f"{address}: {error}"] += 1
                self.times[address].append(time.monotonic() - started)

    def ask(self, address: str, body: bytes | None = None, sent_as: str = "") -> bytes:
        """What is answered at an address."""
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Content-Type": sent_as} if sent_as else {})
        request = urllib.request.Request(self.url + address, body, headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            content: bytes = response.read()
            return content

    def send(self, path: Path) -> str:
        """Send a file as an interview and wait for its import to end; what became of it in a word."""
        border = uuid.uuid4().hex
        name = re.sub(r'[\r\n"]', "_", path.name)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nresearch\r\n'.encode(),
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode(),
            path.read_bytes(),
            f"\r\n--{border}--\r\n".encode(),
        ]
        try:
            sent = json.loads(self.ask("/v1/documents", b"".join(parts), f"multipart/form-data; boundary={border}"))
        except urllib.error.HTTPError as error:
            return f"turned away with {error.code}"
        state: dict[str, Any] = sent["imports"][0]
        while not state["finished"]:
            time.sleep(0.1)
            with suppress(OSError):  # one that waits too long is told by the reader
                state = json.loads(self.ask(f"/v1/imports/{state['id']}"))
        return "taken" if state["taken"] else "refused"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where anything that was read failed."""
    asked = _arguments(arguments)
    files = sorted(path for path in asked.files.iterdir() if path.is_file())
    if not files:
        raise BadInput(f"There is no file in {asked.files}.")
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder) / "home", asked.data) as (url, token):
        quiet, busy, sender = Client(url, token), Client(url, token), Client(url, token)
        quiet.read(lambda: False if not quiet.times else sum(map(sum, quiet.times.values())) > asked.seconds)
        done = threading.Event()
        reader = threading.Thread(target=busy.read, args=(done.is_set,))
        reader.start()
        started = time.monotonic()
        outcomes = Counter(_sent(sender, path) for path in files)
        done.set()
        reader.join()
        took = time.monotonic() - started
    _tell(quiet.times, busy.times)
    print(f"{len(files)} files in {took:.0f} s: " + ", ".join(f"{n} {what}" for what, n in outcomes.most_common()))
    for what, n in (quiet.failed + busy.failed).most_common():
        print(f"failed {n} times: {what}")
    return 1 if quiet.failed or busy.failed else 0


def _sent(sender: Client, path: Path) -> str:
    """Send a file, and tell how long it took on standard error."""
    started = time.monotonic()
    outcome = sender.send(path)
    print(f"{path.name}: {outcome} after {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return outcome


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.meanwhile", description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=Path, required=True, help="folder of files that are sent")
    parser.add_argument("--data", type=Path, default=_SAMPLES, help="what the server has taken in before")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long is read while nothing else happens")
    return parser.parse_args(arguments)


@contextmanager
def _served(home: Path, data: Path) -> Iterator[tuple[str, str]]:
    """A server that has taken the data in: its address, and a token for it."""
    environment = {**os.environ, "SYNTH_HOME": str(home), "SYNTH_PORT": "0", "SYNTH_RATE_LIMIT": "0"}
    command = [sys.executable, "-c", "from synth.cli import main; main()"]
    subprocess.run([*command, "ingest", str(data)], env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    engine = open_engine(read_settings(home=home))
    with within(WORKSPACE):
        token = create_token(engine.parts, WORKSPACE, "meanwhile", "editor", expires=None)
    engine.close()
    said = home.parent / "said"
    with said.open("wb") as out:
        served = subprocess.Popen([*command, "serve"], env=environment, stdout=out, stderr=out)  # noqa: S603
    try:
        yield _address(said), token
    finally:
        served.terminate()
        served.wait()


def _address(said: Path) -> str:
    """Where a server that is starting listens, once it says so."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if match := _LISTENS.search(said.read_text("utf-8", "replace")):
            return match[0]
        time.sleep(0.2)
    raise Broken(f"The server did not start: {said.read_text('utf-8', 'replace')[-500:]}")


def _tell(quiet: Times, busy: Times) -> None:
    print(f"{'address':<50}{'without: p50':>14}{'p95':>7}{'worst':>7}{'with: p50':>13}{'p95':>7}{'worst':>7}   ms (n)")
    for address in (*READ, "all of them"):
        rows = [_all(each) if address not in READ else each.get(address, ()) for each in (quiet, busy)]
        told = [f"{value * 1000:.0f}" for row in rows for value in _figures(row)]
        widths = (14, 7, 7, 13, 7, 7)
        cells = "".join(f"{value:>{width}}" for value, width in zip(told, widths, strict=True))
        print(f"{address:<50}{cells}   ({len(rows[0])}, {len(rows[1])})")


def _all(times: Times) -> list[float]:
    return [value for each in times.values() for value in each]


def _figures(times: Sequence[float]) -> tuple[float, float, float]:
    if not times:
        return (0.0, 0.0, 0.0)
    return float(np.median(times)), float(np.quantile(times, 0.95)), max(times)


if __name__ == "__main__":
    raise SystemExit(main())
