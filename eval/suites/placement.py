"""What it costs to put new feedback on the themes there are: from stored vectors, and one message at a time.

A hundred themes are made from texts of the folder. A message goes the way it goes behind `POST /v1/documents`:
submitted, read, embedded, placed; the time of embedding it is taken off. The network and the web server are not in
these figures.
"""

import io
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

from eval.folders import draw, open_collection
from eval.results import Figure, SuiteResult, latencies, timed
from eval.running import House, Suite, Task, open_house, work
from synth.embedding import Embedder
from synth.engine import WORKSPACE
from synth.intake.uploads import Submission
from synth.store import tables
from synth.themes.assigning import place_excerpts

THEMES = 100
MESSAGES = 20
ROUNDS = 3  # of placing everything; the best of them counts, since the others had company
_PLACED_AFTER = ("intake", "embed")  # the jobs after which a message is on its theme


class TimedEmbedder:
    """Another embedder that adds up the seconds it spends."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.seconds = 0.0
        self.version, self.dimension, self.max_tokens = inner.version, inner.dimension, inner.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        began = time.perf_counter()
        vectors = self._inner.embed(texts)
        self.seconds += time.perf_counter() - began
        return vectors


def run(task: Task) -> SuiteResult:
    """Take the folder in, make the themes, place all of it again and again, then one message after the other."""
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    embedder = TimedEmbedder(task.embedder)
    with open_house(task, collection, embedder=embedder) as house:
        said = sorted({row["text"] for row in house.rows("excerpts")})
        _make_themes(house, draw(said, THEMES, task.seed))
        figures = _place_all(house)
        figures |= _send(house, embedder, draw(said, MESSAGES, task.seed + 1))
    return SuiteResult(
        suite="placement",
        data=collection.name,
        sha256=collection.sha256,
        rows=len(collection.truth),
        figures=figures,
        parameters=task.parameters(),
    )


def _make_themes(house: House, texts: Sequence[str]) -> None:
    """Beside those that were found: as many as are missing, each from one text."""
    missing = max(0, THEMES - len(house.engine.themes(WORKSPACE)["themes"]))
    seeds: list[dict[str, Any]] = [
        {"name": f"Theme {number}", "definition": "", "examples": [text]} for number, text in enumerate(texts, 1)
    ]
    if seeds[:missing]:
        house.engine.create_themes(WORKSPACE, "eval", seeds[:missing], look=False)
        work(house.engine)


def _place_all(house: House) -> dict[str, Figure]:
    """Excerpts per second: read from the database, held against all themes, written down; then undone."""
    parts = house.engine.parts
    best, placed, ids = float("inf"), 0, []
    for _ in range(ROUNDS):
        with parts.database.write() as session:
            ids = list(session.scalars(select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == WORKSPACE)))
            session.execute(delete(tables.Assignment).where(tables.Assignment.workspace_id == WORKSPACE))
            began = time.perf_counter()
            placed = place_excerpts(session, parts, WORKSPACE, ids)
            session.flush()
            best = min(best, time.perf_counter() - began)
            session.rollback()
    return {
        "themes": Figure(len(house.engine.themes(WORKSPACE)["themes"])),
        "placed_share": Figure(placed / max(1, len(ids)), n=len(ids)),
        "placed_per_second": timed(len(ids) / best, better="higher", n=len(ids)),
    }


def _send(house: House, embedder: TimedEmbedder, texts: Sequence[str]) -> dict[str, Figure]:
    """Milliseconds from the submission of one message to its being placed, beyond those of embedding it."""
    spent = []
    for number, text in enumerate(texts):
        row = {"id": f"message-{number}", "text": f"{text} ({number})"}
        embedding, began = embedder.seconds, time.perf_counter()
        content = io.BytesIO(json.dumps(row).encode())
        house.engine.submit(WORKSPACE, f"message-{number}.jsonl", content, Submission())
        _perform_until_placed(house)
        spent.append(1000 * (time.perf_counter() - began - (embedder.seconds - embedding)))
        work(house.engine)
    return latencies(spent, "message_")


def _perform_until_placed(house: House) -> None:
    left = set(_PLACED_AFTER)
    while left and (done := house.engine.perform()) is not None:
        left.discard(house.engine.job(WORKSPACE, done)["kind"])


SUITE = Suite(
    "placement",
    "any folder of texts",
    "placed_per_second from stored vectors at 100 themes, placed_share, message_p50_ms and message_p95_ms from "
    "submitted to placed beyond embedding",
    run,
)
