"""A filled store behind an installation: made at once, or found again where an earlier run kept it."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from eval.enlarging import read_enlarged
from eval.folders import Upload, as_jsonl
from eval.running import Task, rows_of, take_in
from synth.embedding import Embedder
from synth.embedding.opening import open_embedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.store.walls import everywhere
from tests.chaos.installation import Installation
from tests.chaos.sending import make_requests
from tests.databases import kept_postgres, throwaway_postgres

EMBEDDER = "minilm"
WORKERS = {"worker": ("--concurrency", "1")}
TEXTS = 2000  # of which searches are made
_MARK = "filled.json"


@dataclass
class Filled:
    """The installation, not started yet but for its services, an engine beside it, and what stands in it."""

    installation: Installation
    engine: Engine
    texts: Sequence[str]
    themes: Sequence[dict[str, Any]]
    data: Path | None
    embedder: Embedder

    def fresh(self, rows: int) -> tuple[str, bytes]:
        """A file of rows that are not in the store: its name and content."""
        seed = self.engine.status(WORKSPACE)["excerpts"]
        return f"fresh-{seed}.jsonl", as_jsonl(fresh_rows(self.data, self.embedder, rows, seed=seed))


@contextmanager
def filled(excerpts: int, *, data: Path | None, keep: Path | None) -> Iterator[Filled]:
    """A store of so many excerpts with its themes."""
    folder = nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix="load-")
    with everywhere(), folder as path, _database(keep) as url:
        home = Path(path)
        home.mkdir(parents=True, exist_ok=True)
        installation = Installation(home, url, workers=WORKERS, embedder=EMBEDDER)
        try:
            installation.start_services()
            yield _fill(installation, excerpts, data)
        finally:
            installation.close()


def _database(keep: Path | None) -> Any:
    if keep is None:
        return throwaway_postgres()
    return kept_postgres(f"synth_load_{blake2b(str(keep.resolve()).encode(), digest_size=6).hexdigest()}")


def _fill(installation: Installation, excerpts: int, data: Path | None) -> Filled:
    wanted = {"excerpts": excerpts, "data": data.name if data else None}
    mark = installation.folder / _MARK
    plain = open_embedder(EMBEDDER)
    if not mark.is_file():
        uploads, embedder = _uploads(data, plain, excerpts, seed=0)
        engine = open_engine(installation.settings, embedder=embedder)
        seconds = take_in(engine, uploads)
        engine.close()
        mark.write_text(json.dumps(wanted), "utf-8")
        print(f"filled in {sum(seconds.values()):.0f} s", flush=True)
    elif json.loads(mark.read_text("utf-8")) != wanted:
        raise SystemExit(f"{installation.folder} holds another store; choose an empty folder.")
    engine = open_engine(installation.settings, embedder=plain)
    texts = [row["text"] for row in _some_rows(engine)]
    return Filled(installation, engine, texts, engine.themes(WORKSPACE)["themes"], data, plain)


def _uploads(data: Path | None, embedder: Embedder, rows: int, *, seed: int) -> tuple[Sequence[Upload], Embedder]:
    """So many rows as files, and an embedder that knows their vectors where these are made with them."""
    if data is None:
        made = [{"id": row.pop("external_id"), **row} for each in make_requests(rows, seed) for row in each.documents]
        return [Upload("rows.jsonl", as_jsonl(made))], embedder
    collection, knowing = read_enlarged(Task(data, embedder, seed=seed, limit=rows))
    return collection.uploads, knowing


def fresh_rows(data: Path | None, embedder: Embedder, rows: int, *, seed: int) -> list[dict[str, Any]]:
    """So many rows that another seed does not give."""
    made = [
        json.loads(line) for each in _uploads(data, embedder, rows, seed=seed)[0] for line in each.content.splitlines()
    ]
    return [{**row, "id": f"{seed}-{row['id']}"} for row in made]


def _some_rows(engine: Engine) -> list[dict[str, Any]]:
    rows = rows_of(engine, "excerpts")
    return [next(rows) for _ in range(min(TEXTS, engine.status(WORKSPACE)["excerpts"]))]
