"""Driving the product as its users do: a home folder, files submitted, jobs done, and what each kind took."""

import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.folders import Collection, Row, Upload
from eval.results import Figure, timed
from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput, Broken
from synth.intake.uploads import Submission
from synth.model import Condition, Filters
from synth.settings import read_settings
from synth.store.filtering import merge
from synth.store.lock import HomeLock
from synth.store.reading import Page

Clock = Callable[[], datetime]
_PAGE = 500
_MARK = "evaluation.json"
_ITEM = {
    "id": "external_id",
    "text": "text",
    "created_at": "created_at",
    "source": "source",
    "author": "person",
    "lang": "language",
}
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Task:
    """What one suite is to run on."""

    folder: Path
    embedder: Embedder
    seed: int = 0
    limit: int | None = None
    peers: tuple[str, ...] = ()
    judge: str | None = None  # the model that grades, where it is not the one that writes
    home: Path | None = None  # kept and used again, for the suites that only query
    uneven: bool = False  # labels thinned out to very different sizes, for the suite `counting`
    batches: int = 4  # in which the feedback comes, for the suite `stability`
    say: Callable[[str], None] = field(default=lambda line: print(line, file=sys.stderr, flush=True))

    def parameters(self) -> dict[str, Any]:
        """What a result states about how it was made."""
        return {"seed": self.seed, "limit": self.limit, "embedder": self.embedder.version}


@dataclass(frozen=True, slots=True)
class Suite:
    """A named set of figures; `run` measures them."""

    name: str
    reads: str
    figures: str
    run: "Callable[[Task], Any]"


@dataclass(frozen=True, slots=True)
class House:
    """An engine over a collection that has been taken in."""

    engine: Engine
    seconds: Mapping[str, float]  # by kind of job
    peak_mb: float
    reused: bool

    def rows(self, what: str) -> Iterator[dict[str, Any]]:
        """The rows of an export of the product."""
        return rows_of(self.engine, what)


class RememberingEmbedder:
    """Another embedder that embeds each text of an import once: for second runs, whose time is not reported.

    A text that comes alone, as a question does, is embedded anew, so that the time of an answer is its own.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._known: dict[str, NDArray[np.float32]] = {}
        self.version, self.dimension, self.max_tokens = inner.version, inner.dimension, inner.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) == 1:
            return self._inner.embed(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self._inner.embed(fresh) if fresh else (), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else self._inner.embed([])


@contextmanager
def open_house(
    task: Task, collection: Collection, *, embedder: Embedder | None = None, keep: bool = False
) -> Iterator[House]:
    """The collection taken in through the product's own door, in a temporary home, or in the task's when `keep`."""
    if keep and task.home is not None:
        with _open(task.home, embedder or task.embedder) as engine:
            yield _fill_once(engine, task, collection)
        return
    with open_engine_of(embedder or task.embedder) as engine:
        yield _fill(engine, collection)


@contextmanager
def open_engine_of(embedder: Embedder, *, clock: Clock | None = None, **model: object) -> Iterator[Engine]:
    """An engine over an empty temporary home; `clock` is the time it goes by, `model` settings of the model it asks."""
    with (
        tempfile.TemporaryDirectory(prefix="synth-eval-") as folder,
        _open(Path(folder) / "home", embedder, clock, **model) as it,
    ):
        yield it


def take_in(engine: Engine, uploads: Iterable[Upload]) -> dict[str, float]:
    """Submit the files and do all jobs that follow; seconds by kind of job."""
    for upload in uploads:
        engine.submit(WORKSPACE, upload.filename, io.BytesIO(upload.content), Submission())
    return work(engine)


def work(engine: Engine) -> dict[str, float]:
    """Do all jobs there are; seconds by kind. Raises Broken when one of them fails."""
    spent: dict[str, float] = {}
    while True:
        start = time.perf_counter()
        done = engine.perform()
        if done is None:
            break
        kind = engine.job(WORKSPACE, done)["kind"]
        spent[kind] = spent.get(kind, 0.0) + time.perf_counter() - start
    for state in ("dead", "queued", "running"):
        for job in engine.jobs(WORKSPACE, state).rows:
            raise Broken(f"A job ({job['kind']}) did not succeed, so nothing is measured: {job['error']}.")
    return spent


def theme_documents(engine: Engine, theme: str, filters: Filters) -> list[str]:
    """External ids of the documents on a theme within the filters, each once, newest first."""
    found: dict[str, None] = {}
    wanted, page = merge(filters, [Condition("theme", theme)]), Page(limit=_PAGE)
    while True:
        listed = engine.theme_excerpts(WORKSPACE, theme, wanted, page)
        found.update({row["external_id"] or row["document_id"]: None for row in listed.rows})
        if listed.ends is None:
            return list(found)
        page = Page(listed.ends, _PAGE)


def rows_of(engine: Engine, what: str) -> Iterator[dict[str, Any]]:
    """The rows of an export of the product."""
    return (json.loads(line) for line in engine.export(WORKSPACE, what, format="jsonl"))


def as_items(engine: Engine) -> list[Row]:
    """Its documents in the plain format of items.jsonl, so that they can be taken in again in another way."""
    return [
        {field: row[column] for field, column in _ITEM.items() if row[column] is not None}
        for row in rows_of(engine, "documents")
        if row["external_id"]
    ]


def seconds_figures(seconds: Mapping[str, float]) -> dict[str, Figure]:
    """`seconds.KIND` for each stage, and their sum."""
    stages = {f"seconds.{stage}": timed(spent) for stage, spent in seconds.items()}
    return {**stages, "seconds.total": timed(sum(seconds.values()))}


def clock(call: Callable[[], Any]) -> tuple[Any, float]:
    """What the call returns, and the milliseconds it took."""
    start = time.perf_counter()
    found = call()
    return found, 1000 * (time.perf_counter() - start)


def forget_peak() -> None:
    """Measure the peak of memory from here on, where the system can."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return


def peak_mb() -> float:
    """The most memory this process held since `forget_peak` (Linux), or since it began."""
    if _STATUS.is_file():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _open(home: Path, embedder: Embedder, clock: Clock | None = None, **model: object) -> Iterator[Engine]:
    """An engine over a home of its own: whatever the environment says, never a production database, index or broker."""
    alone = {"database_url": None, "chroma_url": None, "broker_url": None, "llm_url": None}
    settings = read_settings(home=home, **(alone | model))
    with HomeLock.acquire(home, command="eval"):
        engine = open_engine(settings, embedder=embedder, clock=clock or _now)
        try:
            engine.take_over()
            yield engine
        finally:
            engine.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _fill(engine: Engine, collection: Collection) -> House:
    forget_peak()
    seconds = take_in(engine, collection.uploads)
    _expect_rows(engine, collection)
    return House(engine, seconds, peak_mb(), reused=False)


def _expect_rows(engine: Engine, collection: Collection) -> None:
    sizes = engine.imports(WORKSPACE).rows
    if not sum(row["taken"] + row["already"] for row in sizes):
        raise BadInput(f"Nothing of {collection.name} was taken in; is it feedback in one of the plain formats?")


def _fill_once(engine: Engine, task: Task, collection: Collection) -> House:
    """Take in what a kept home does not hold yet; raises BadInput when it holds something else."""
    mark = engine.parts.home / _MARK
    wanted = {
        "data": collection.name,
        "sha256": collection.sha256,
        "rows": len(collection.truth),
        "embedder": task.embedder.version,
    }
    if not mark.is_file():
        if engine.imports(WORKSPACE).rows:
            raise BadInput("The folder given with --home was not made by this harness; choose an empty one.")
        house = _fill(engine, collection)
        mark.write_text(json.dumps({**wanted, "seconds": dict(house.seconds)}), "utf-8")
        return house
    held = json.loads(mark.read_text("utf-8"))
    if {key: held.get(key) for key in wanted} != wanted:
        raise BadInput(f"The folder given with --home holds {held['data']} as it was then; choose another one.")
    forget_peak()
    return House(engine, held["seconds"], peak_mb(), reused=True)
