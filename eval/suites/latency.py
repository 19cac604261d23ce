"""What a question costs over a large store, whatever it asks and filters by, beside its parts measured alone.

The folder's rows are enlarged (see `enlarging`) and given an account, a segment, a plan, a rating and a channel by lot,
so that every kind of filter has something to do. They go through the product's own door; their vectors are known
beforehand, so that embedding a hundred thousand texts is not waited for. Questions are made from templates, the themes
that were found and the values that occur. The parts alone are: embedding the question, one search over all vectors, and
one count in SQL by the filters the question was understood to name.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from eval.enlarging import enlarge
from eval.folders import Collection, Row, Upload, as_jsonl, find, hash_files, read_rows
from eval.results import Case, Figure, SuiteResult, latencies, timed
from eval.running import Suite, Task, clock, open_house
from synth.embedding import Embedder, embedded_words
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Broken
from synth.model import Filters
from synth.store.counting import count

ROWS = 100_000  # where --limit does not say
FILE = 20_000  # rows of one uploaded file
POOL = 200  # excerpts that the bare search brings
COLD = 3  # processes started for a cold answer
WORST = 8  # questions shown
SUBJECTS = 6  # themes that are asked about
_KEPT = ("created_at", "source", "lang")
_SEGMENTS, _PLANS = ("Enterprise", "Mid-market", "Small business"), ("Free", "Team", "Business")
_CHANNELS = ("email", "chat", "phone", "survey", "forum")
_ACCOUNTS, _PEOPLE = 400, 0.6  # people, as a share of the rows
_FILTERS = ("", " from {segment} customers", " on the {plan} plan", " in {month}", " with one star", " via {channel}")
_SHAPES: Mapping[str, str] = {
    "what": "What do people say about {subject}{filter}?",
    "count": "How many people mention {subject}{filter}?",
    "share": "What share of feedback{filter} is about {subject}?",
    "examples": "Show me examples of {subject}{filter}",
    "trend": "Is {subject} getting worse{filter}?",
    "since": "Since when do people mention {subject}?",
    "complaints": "What do people complain about most{filter}?",
    "praise": "What do people praise most{filter}?",
    "source": "What do people on {source} complain about?",
    "everything": "What are the main themes{filter}?",
    "compare": "Do {segment} or {other} customers complain more about {subject}?",
    "who": "Who talks about {subject}{filter}?",
    "rated": "How many reviews have one star{filter}?",
}


@dataclass(frozen=True, slots=True)
class Timed:
    """A question, how long its answer took, and how long the parts of that took alone."""

    shape: str
    question: str
    milliseconds: float
    parts: float


class KnownEmbedder:
    """Another embedder that is told the vectors of some texts beforehand."""

    def __init__(self, inner: Embedder, known: Mapping[str, NDArray[np.float32]]) -> None:
        self._inner, self._known = inner, known
        self.version, self.dimension, self.max_tokens = inner.version, inner.dimension, inner.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(fresh) == len(texts):
            return self._inner.embed(texts)
        made = dict(zip(fresh, self._inner.embed(fresh), strict=True)) if fresh else {}
        return np.stack([made[text] if text in made else self._known[text] for text in texts])


def run(task: Task) -> SuiteResult:
    """Take the enlarged folder in, ask every question once warm, then start processes that each answer one."""
    path = find(task.folder, "items.jsonl")
    rows = [row for row in read_rows(path) if row["text"].strip()]
    if len(rows) < 2:
        raise BadInput(f"{task.folder.name} holds fewer than two texts; a larger set cannot be made from it.")
    with home_of(task) as home:
        collection, embedder = enlarged(task, rows, hash_files([path]))
        with open_house(replace(task, home=home), collection, embedder=embedder, keep=True) as house:
            engine = house.engine
            size = len(engine.parts.vectors.matrix(WORKSPACE).ids)
            questions = list(_questions(engine, random.Random(task.seed)))  # noqa: S311
            _, first = clock(lambda: engine.ask(WORKSPACE, "What do people say?"))
            asked = [_time(engine, shape, question) for shape, question in questions]
            reused = house.reused
        cold = [_ask_cold(home, questions[place % len(questions)][1], task.embedder) for place in range(COLD)]
    return SuiteResult(
        suite="latency",
        data=collection.name,
        sha256=collection.sha256,
        rows=size,
        figures=_figures(asked, first, cold, size),
        parameters={**task.parameters(), "questions": len(asked), "home_reused": reused},
        cases=_worst(asked),
    )


@contextmanager
def home_of(task: Task) -> Iterator[Path]:
    """The home that was asked for, or one that goes again."""
    if task.home is not None:
        yield task.home
        return
    with tempfile.TemporaryDirectory(prefix="synth-eval-") as folder:
        yield Path(folder) / "home"


def enlarged(task: Task, rows: Sequence[Row], sha256: str) -> tuple[Collection, Embedder]:
    """The rows as files, with ids and attributes of their own, and who knows their vectors."""
    texts = [row["text"] for row in rows]
    vectors = task.embedder.embed([embedded_words(text) for text in texts])
    found = enlarge(texts, vectors, task.limit or ROWS, task.seed)
    drawn = random.Random(task.seed)  # noqa: S311
    made = [
        {"id": f"row-{number}", "text": text, **_attributes(rows[origin], drawn, len(found.texts))}
        for number, (text, origin) in enumerate(zip(found.texts, found.origin.tolist(), strict=True))
    ]
    uploads = tuple(
        Upload(f"rows-{start // FILE + 1}.jsonl", as_jsonl(made[start : start + FILE]))
        for start in range(0, len(made), FILE)
    )
    known = {embedded_words(text): vector for text, vector in zip(found.texts, found.vectors, strict=True)}
    truth: Mapping[str, Mapping[str, object]] = {str(row["id"]): {} for row in made}
    return Collection(task.folder.name, sha256, uploads, truth, ()), KnownEmbedder(task.embedder, known)


def _attributes(origin: Row, drawn: random.Random, rows: int) -> Row:
    account = drawn.randrange(_ACCOUNTS)
    return {
        **{field: origin[field] for field in _KEPT if origin.get(field)},
        "author": f"person {drawn.randrange(max(1, round(_PEOPLE * rows)))}",
        "account": f"Company {account}",
        "segment": _SEGMENTS[account % len(_SEGMENTS)],
        "plan": _PLANS[account // len(_SEGMENTS) % len(_PLANS)],
        "rating": drawn.randint(1, 5),
        "channel": drawn.choice(_CHANNELS),
    }


def _questions(engine: Engine, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """Each shape with each filter and some subject; a question comes once."""
    themes = [theme["name"] for theme in engine.themes(WORKSPACE)["themes"]] or ["the product"]
    subjects = drawn.sample(themes, min(SUBJECTS, len(themes)))
    sources = sorted({row["source"] for row in _first_rows(engine)})
    months = sorted({row["created_at"][:7] for row in _first_rows(engine) if row["created_at"]}) or ["2025-01"]
    seen = set[str]()
    for shape, template in _SHAPES.items():
        for place, filter in enumerate(_FILTERS):
            segment, other = drawn.sample(_SEGMENTS, 2)
            values = {"segment": segment, "plan": drawn.choice(_PLANS), "channel": drawn.choice(_CHANNELS)}
            narrowed = filter.format(**values, month=_spoken(drawn.choice(months)))
            question = template.format(
                subject=subjects[place % len(subjects)].lower(),
                filter=narrowed,
                segment=segment,
                other=other,
                source=drawn.choice(sources),
            )
            if question not in seen:
                seen.add(question)
                yield shape, question


def _first_rows(engine: Engine) -> list[Row]:
    return engine.documents(WORKSPACE).rows


def _spoken(month: str) -> str:
    return date.fromisoformat(f"{month}-01").strftime("%B %Y")


def _time(engine: Engine, shape: str, question: str) -> Timed:
    answer, milliseconds = clock(lambda: engine.ask(WORKSPACE, question))
    return Timed(shape, question, milliseconds, _parts_alone(engine, question, answer.plan.filters))


def _parts_alone(engine: Engine, question: str, filters: Filters) -> float:
    """Embedding the question, one search over all vectors, one count in SQL."""
    parts = engine.parts
    vector, embedding = clock(lambda: parts.embedder.embed([question])[0])
    matrix = parts.vectors.matrix(WORKSPACE)
    _, searching = clock(lambda: matrix.nearest(vector, POOL))
    with parts.database.read() as session:
        _, counting = clock(lambda: count(session, WORKSPACE, filters))
    return embedding + searching + counting


def _ask_cold(home: Path, question: str, embedder: Embedder) -> float:
    """Milliseconds of a whole process; raises Broken when it fails."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("SYNTH_")}
    command = [sys.executable, "-c", "from synth.cli import main; main()", "ask", question]
    chosen = {"SYNTH_EMBEDDER": "hashing"} if embedder.version.startswith("hashing") else {}
    environment = {**alone, **chosen, "SYNTH_HOME": str(home)}
    done, milliseconds = clock(
        lambda: subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    )
    if done.returncode:
        raise Broken(f"`synth ask` ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return milliseconds


def _figures(asked: Sequence[Timed], first: float, cold: Sequence[float], size: int) -> dict[str, Figure]:
    shapes = sorted({each.shape for each in asked})
    by_shape = {
        f"p50_ms.{shape}": timed(median(each.milliseconds for each in asked if each.shape == shape)) for shape in shapes
    }
    parts = [each.parts for each in asked]
    return {
        "excerpts": Figure(size),
        **latencies([each.milliseconds for each in asked]),
        "parts_p50_ms": timed(median(parts), n=len(parts), note="embedding, bare search and one SQL count, alone"),
        "times_parts": timed(median(each.milliseconds / each.parts for each in asked), n=len(asked)),
        **by_shape,
        "first_ms": timed(first, note="the first question after the start"),
        "cold_ms": timed(min(cold), n=len(cold), note="the whole process of `synth ask`; the best of them"),
    }


def _worst(asked: Sequence[Timed]) -> list[Case]:
    slowest = sorted(asked, key=lambda each: -each.milliseconds)[:WORST]
    return [
        Case(f"{each.shape}-{place}", each.milliseconds, each.question, (("parts alone, ms", f"{each.parts:.0f}"),))
        for place, each in enumerate(slowest)
    ]


SUITE = Suite(
    "latency",
    "items.jsonl[.gz]; --limit is the number of rows (100,000), made from these",
    "p50_ms and p95_ms of questions of every shape with every kind of filter, p50_ms.SHAPE, parts_p50_ms and "
    "times_parts (beside embedding, search and one count alone), first_ms, cold_ms (a whole process)",
    run,
)
