"""How fast feedback is taken in, beside the encoder alone: `python -m tests.load.throughput` (or `make throughput`).

    ROWS      that are taken in each time (6000)
    WORKERS   processes that do the work, one time for each number (1,2,4)
    DATA      a folder in the plain format, whose rows are enlarged to as many (sentences made of few words)
    PIN       1: each worker on one core, in turn, and so with one thread for its encoder (each uses all there are)

Each time an installation of its own (see `tests.chaos.installation`) takes the same rows in, sent as files of a
thousand. They are `found` when every one has its vector and its place, `done` when the index is filled and themes are
looked at again, too. The encoder alone embeds the same texts in this process, before and after; the better counts.
"""

import io
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from sqlalchemy import select

from eval.folders import as_jsonl
from synth.access import create_token
from synth.embedding import Embedder, HashingEmbedder, embedded_words
from synth.embedding.opening import open_embedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.store.tables import Job
from synth.store.walls import everywhere
from tests.chaos.installation import installed, wait_for
from tests.chaos.oracle import open_jobs
from tests.load.filling import EMBEDDER, fresh_rows

FILE = 1_000  # rows
BATCH = 256  # texts that the encoder gets at once, as a job of the product does
PATIENCE = 3600.0


def main() -> int:
    """Measure each number of workers, print a table."""
    rows, data = int(os.environ.get("ROWS", "6000")), os.environ.get("DATA")
    counts = [int(each) for each in os.environ.get("WORKERS", "1,2,4").split(",")]
    pinned = os.environ.get("PIN") == "1"
    embedder = open_embedder(EMBEDDER)
    made = fresh_rows(Path(data) if data else None, embedder, rows, seed=1)
    texts = [embedded_words(str(row["text"])) for row in made]
    before = _encode(embedder, texts)
    taken = {count: _take_in(made, count, pinned=pinned) for count in counts}
    alone = max(before, _encode(embedder, texts))
    print(f"{rows:,} rows, {os.cpu_count()} cores; the encoder alone: {alone:.0f} texts a second")
    print(f"  {'workers':>7} {'found, rows/s':>14} {'of the encoder':>15} {'of the first':>13} {'done, rows/s':>13}")
    first = taken[counts[0]][0]
    for count, (found, done) in taken.items():
        print(f"  {count:7} {found:14.0f} {found / alone:15.0%} {found / first:13.2f} {done:13.0f}")
    return 0


def _encode(embedder: Embedder, texts: Sequence[str]) -> float:
    embedder.embed(texts[:BATCH])
    began = time.monotonic()
    for start in range(0, len(texts), BATCH):
        embedder.embed(texts[start : start + BATCH])
    return len(texts) / (time.monotonic() - began)


def _take_in(rows: Sequence[Mapping[str, object]], workers: int, *, pinned: bool) -> tuple[float, float]:
    """Rows a second until all are found, and until all is done."""
    options = {f"worker-{number}": ("--concurrency", "1") for number in range(1, workers + 1)}
    with (
        everywhere(),
        tempfile.TemporaryDirectory(prefix="throughput-") as folder,
        installed(Path(folder), workers=options, embedder=EMBEDDER, apis=("api-1",)) as installation,
    ):
        for number, name in enumerate(options if pinned else ()):
            program = installation.programs[name]
            program.command = ["taskset", "-c", str(number % (os.cpu_count() or 1)), *program.command]
        installation.start()
        engine = open_engine(installation.settings, embedder=HashingEmbedder())
        token = create_token(engine.parts, WORKSPACE, "throughput", "editor", expires=None)
        wait_for(lambda: not open_jobs(engine), PATIENCE, "what the start asked for is not done")
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
            began = time.monotonic()
            for start in range(0, len(rows), FILE):
                content = io.BytesIO(as_jsonl([dict(row) for row in rows[start : start + FILE]]))
                file = {"file": (f"rows-{start}.jsonl", content)}
                client.post(f"{installation.addresses[0]}/v1/documents", files=file).raise_for_status()
        wait_for(lambda: not _waits(engine), PATIENCE, "not all rows are found")
        found = time.monotonic() - began
        wait_for(lambda: not open_jobs(engine), PATIENCE, "the work is not done")
        done = time.monotonic() - began
        engine.close()
    return len(rows) / found, len(rows) / done


def _waits(engine: Engine) -> bool:
    """Whether anything is still to be read or to get its vector."""
    with engine.parts.database.read() as session:
        open = Job.kind.in_(("intake", "embed")), Job.state.in_(("queued", "running"))
        return session.scalar(select(Job.id).where(*open).limit(1)) is not None


if __name__ == "__main__":
    sys.exit(main())
