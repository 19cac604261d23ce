"""Memory of each process: `python -m tests.load.memory --rows 5000` (`make memory`).

An installation of its own (see `tests.chaos.installation`) with the default embedder and a worker for each kind of
work takes rows in, finds themes and drafts insights; then each process says how much memory it had at most.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import httpx

from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, open_engine
from synth.store.walls import everywhere
from tests.chaos.installation import Program, installed, wait_for
from tests.chaos.oracle import open_jobs
from tests.chaos.sending import make_requests

WORKERS = {
    "worker intake": ("--queues", "intake", "--concurrency", "2"),
    "worker embed": ("--queues", "embed", "--concurrency", "1"),
    "worker cluster": ("--queues", "cluster", "--concurrency", "1"),
    "worker model,deliver": ("--queues", "model,deliver", "--concurrency", "4"),
    "worker sweep": ("--queues", "sweep", "--concurrency", "1"),
}
PATIENCE = 1800.0


def memory(program: Program, line: str) -> float:
    """MB that a process has (VmRSS) or had at most (VmHWM), as the system says."""
    assert program.process is not None
    status = Path(f"/proc/{program.process.pid}/status").read_text("utf-8")
    found = next(each for each in status.splitlines() if each.startswith(f"{line}:"))
    return int(found.split()[1]) / 1024


def main() -> int:
    """Take the rows in and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=5_000, help="rows that are taken in (5000)")
    given = asked.parse_args()
    with (
        everywhere(),
        tempfile.TemporaryDirectory(prefix="memory-") as folder,
        installed(Path(folder), workers=WORKERS, embedder="minilm") as installation,
    ):
        installation.start()
        time.sleep(10)
        idle = {name: memory(program, "VmRSS") for name, program in installation.programs.items()}
        engine = open_engine(installation.settings, embedder=HashingEmbedder())
        token = create_token(engine.parts, WORKSPACE, "memory", "editor", expires=None)
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
            for request in make_requests(given.rows, 1):
                answer = client.post(f"{installation.addresses[0]}/v1/documents", json={"documents": request.documents})
                answer.raise_for_status()
            began = time.monotonic()
            wait_for(lambda: not open_jobs(engine), PATIENCE, "the work is not done")
            for query in ("photo upload", "invoice", "calendar sync"):
                for address in installation.addresses:
                    client.get(f"{address}/v1/search", params={"q": query}).raise_for_status()
        print(f"{given.rows:,} rows, done {time.monotonic() - began:.0f} s after the last was sent")
        for name, program in installation.programs.items():
            print(f"  {name:<24} idle {idle[name]:7.0f} MB   at most {memory(program, 'VmHWM'):7.0f} MB")
        engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
