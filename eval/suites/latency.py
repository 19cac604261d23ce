"""What a question costs over a large store, whatever it asks and filters by, beside its parts measured alone.

The store is made from the folder's rows (see `enlarging`), with attributes for every kind of filter. Questions are made
from templates, the themes that were found and the values that occur. The parts alone are: embedding the question, one
search over all vectors, and one count in SQL by the filters the question was understood to name.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

from eval.enlarging import CHANNELS, PLANS, SEGMENTS, home_of, read_enlarged
from eval.folders import Row
from eval.results import Case, Figure, SuiteResult, latencies, timed
from eval.running import Suite, Task, clock, open_house
from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine
from synth.errors import Broken
from synth.model import Filters
from synth.store.counting import count

POOL = 200  # excerpts that the bare search brings
COLD = 3  # processes started for a cold answer
WORST = 8  # questions shown
SUBJECTS = 6  # themes that are asked about
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


def run(task: Task) -> SuiteResult:
    """Take the enlarged folder in, ask every question once warm, then start processes that each answer one."""
    with home_of(task) as home:
        collection, embedder = read_enlarged(task)
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


def _questions(engine: Engine, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """Each shape with each filter and some subject; a question comes once."""
    themes = [theme["name"] for theme in engine.themes(WORKSPACE)["themes"]] or ["the product"]
    subjects = drawn.sample(themes, min(SUBJECTS, len(themes)))
    sources = sorted({row["source"] for row in _first_rows(engine)})
    months = sorted({row["created_at"][:7] for row in _first_rows(engine) if row["created_at"]}) or ["2025-01"]
    seen = set[str]()
    for shape, template in _SHAPES.items():
        for place, filter in enumerate(_FILTERS):
            segment, other = drawn.sample(SEGMENTS, 2)
            values = {"segment": segment, "plan": drawn.choice(PLANS), "channel": drawn.choice(CHANNELS)}
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
