"""Erasing from a large store: how long it takes, and whether anything is left that a search of our own can find.

A person nobody else is like writes three messages, which an answer, an insight and a saved question quote; a source of
a twentieth of the rows is sent in beside it, with one message that is like no other. Both are erased, one after the
other. Then every file under the home folder is read and searched for the words, the name and the vectors, without the
product's own search, and so is everything that was logged meanwhile.
"""

import io
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from eval.enlarging import home_of, read_enlarged
from eval.folders import Upload, as_jsonl
from eval.results import Case, Figure, SuiteResult, timed
from eval.running import Suite, Task, open_house, take_in, work
from synth.embedding import embedded_words
from synth.engine import WORKSPACE, Engine
from synth.errors import Broken
from synth.intake.uploads import Submission

SHARE: Final = 20  # a source of every twentieth row
PIECE: Final = 24  # bytes that are looked for; of each text and vector several, since a page may end inside of one
_READ: Final = 1 << 22
PARTS: Final = ("rows", "derived", "kept", "bytes", "proof", "not_reached")  # of a receipt


@dataclass(frozen=True, slots=True)
class Canary:
    """Who or what is erased, and the bytes that nothing else holds."""

    kind: str
    named: str
    texts: tuple[str, ...]
    pieces: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure: its seconds, its receipt, and where its canary stood before and stands afterwards."""

    canary: Canary
    seconds: float
    cpu: float  # seconds of the processor
    receipt: dict[str, Any]
    before: tuple[str, ...]
    after: tuple[str, ...]


def run(task: Task) -> SuiteResult:
    """Fill a store, plant, erase and look; a kept home gets other canaries each time, and loses no row of its own."""
    with home_of(task) as home:
        collection, embedder = read_enlarged(task)
        with (
            open_house(replace(task, home=home), collection, embedder=embedder, keep=True) as house,
            _listening() as log,
        ):
            engine = house.engine
            rows = len(engine.parts.vectors.matrix(WORKSPACE).ids)
            number = len(engine.erasures(WORKSPACE)["erasures"]) + 1
            canaries = [_plant_person(engine, number), _plant_source(engine, number, collection.uploads)]
            task.say(f"erasure: {rows:,} rows, two canaries planted")
            erased = [_erase(engine, home, canary) for canary in canaries]
            start = time.perf_counter()
            work(engine)
            refill = time.perf_counter() - start
            left = {canary.kind: [*_find(home, canary.pieces), *_in_log(log, canary)] for canary in canaries}
            size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return SuiteResult(
        suite="erasure",
        data=collection.name,
        sha256=collection.sha256,
        rows=rows,
        figures=_figures(erased, left, rows, refill, size),
        parameters={**task.parameters(), "home_reused": house.reused},
        cases=[
            Case(f"{kind}-{place}", 0.0, f"what a {kind} said is left in {where}")
            for kind, found in left.items()
            for place, where in enumerate(found)
        ],
        notes=(
            "seconds.KIND: from asking for it to the receipt; seconds.refill: the jobs that follow, in which the index",
            "is filled again. left: files under home, and the log, with its words, name or vector, by our own search.",
        ),
    )


def _plant_person(engine: Engine, number: int) -> Canary:
    """Three messages of one person, quoted by an answer, an insight and a saved question."""
    name, word = f"Quirin Zaunkoenig{number}", f"zorbulat{number}ing"
    texts = tuple(
        f"{opening} my {word} marmalade gadget stands beside the {place}"
        for opening, place in (
            ("Parcels vanish whenever", "van"),
            ("Nobody answers since", "lift"),
            ("Why does", "gate"),
        )
    )
    rows = [{"id": f"canary-{number}-{n}", "text": text, "author": name} for n, text in enumerate(texts)]
    take_in(engine, [Upload(f"{word}.jsonl", as_jsonl(rows))])
    engine.ask(WORKSPACE, f"What do people say about the {word} gadget?")
    mine = [hit["excerpt_id"] for hit in engine.search(WORKSPACE, texts[0])["results"] if word in hit["text"]]
    engine.make_insight(WORKSPACE, "evaluation", {"excerpt_ids": mine, "title": f"A {word} gadget"})
    engine.save_question(WORKSPACE, "evaluation", question=f"What does {name} say about gadgets?")
    work(engine)
    return Canary("person", name, texts, (*_pieces(engine, texts), *_windows(name.encode()), word.encode()))


def _plant_source(engine: Engine, number: int, uploads: Sequence[Upload]) -> Canary:
    """Every twentieth row again, from a source of their own, and one message that is like no other."""
    word = f"quibbleword{number}"
    text = f"The {word} carousel hums a lullaby each time I open the second drawer"
    again = [line for upload in uploads for line in upload.content.split(b"\n")[::SHARE] if line]
    rows = as_jsonl([{"id": f"carousel-{number}", "text": text}]) + b"\n".join(
        line.replace(b'{"id": "row-', f'{{"id": "again-{number}-'.encode()) for line in again
    )
    source = f"Drawer {number}"
    content = rows.replace(b'"source": "', b'"said_where": "')
    engine.submit(WORKSPACE, f"drawer-{number}.jsonl", io.BytesIO(content), Submission(source=source))
    work(engine)
    return Canary("source", source, (text,), (*_pieces(engine, (text,)), word.encode()))


def _erase(engine: Engine, home: Path, canary: Canary) -> Erased:
    before = tuple(_find(home, canary.pieces))
    if not before:
        raise Broken(f"The canary of the {canary.kind} is found in no file before it is erased: the search is blind.")
    start, worked = time.perf_counter(), time.process_time()
    erasure = engine.erase(WORKSPACE, "evaluation", canary.kind, canary.named)
    engine.perform(next(job["id"] for job in engine.jobs(WORKSPACE).rows if job["kind"] == "erase"))
    seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    receipt = engine.erasure(WORKSPACE, erasure)
    return Erased(canary, seconds, cpu, receipt, before, tuple(_find(home, canary.pieces)))


def _pieces(engine: Engine, texts: Sequence[str]) -> Iterator[bytes]:
    """Pieces of the texts and of their vectors."""
    vectors = engine.parts.embedder.embed([embedded_words(text) for text in texts])
    for text, vector in zip(texts, vectors, strict=True):
        yield from _windows(text.encode())
        yield from _windows(vector.astype("<f4").tobytes())


def _windows(content: bytes) -> Iterator[bytes]:
    """Its beginning, middle and end, but for runs of zeros, which stand everywhere."""
    for at in dict.fromkeys((0, (len(content) - PIECE) // 2, len(content) - PIECE)):
        piece = content[max(0, at) : max(0, at) + PIECE]
        if len(piece) - piece.count(0) >= min(PIECE // 2, len(content)):
            yield piece


def _find(home: Path, pieces: Sequence[bytes]) -> list[str]:
    """The files under a folder that hold any of the pieces, by their names below it."""
    return [str(path.relative_to(home)) for path in sorted(home.rglob("*")) if path.is_file() and _holds(path, pieces)]


def _holds(path: Path, pieces: Sequence[bytes]) -> bool:
    longest = max(map(len, pieces))
    with path.open("rb") as file:
        held = b""
        while piece := file.read(_READ):
            held = held[-longest:] + piece
            if any(each in held for each in pieces):
                return True
    return False


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Every line that is logged meanwhile, at any level."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    try:
        yield lines
    finally:
        root.removeHandler(handler)


def _in_log(lines: Sequence[str], canary: Canary) -> list[str]:
    words = (canary.named, *canary.texts) if canary.kind == "person" else canary.texts
    return ["the log"] if any(word in line for line in lines for word in words) else []


def _figures(
    erased: Sequence[Erased], left: dict[str, list[str]], rows: int, refill: float, size: int
) -> dict[str, Figure]:
    figures = {"excerpts": Figure(float(rows)), "home_mb": Figure(size / (1 << 20))}
    for each in erased:
        kind, told = each.canary.kind, each.receipt["receipt"]
        missing = [part for part in PARTS if part not in told]
        figures |= {
            f"seconds.{kind}": timed(each.seconds, n=told["rows"]["documents"]),
            f"cpu_seconds.{kind}": timed(each.cpu),
            f"left.{kind}": Figure(float(len({*each.after, *left[kind]})), "exact", "lower", note="files and logs"),
            f"found_before.{kind}": Figure(float(len(each.before)), note="files that held it before"),
            f"receipt_lacks.{kind}": Figure(float(len(missing)), "exact", "lower", note=", ".join(missing)),
            f"probes.{kind}": Figure(float(told["proof"]["probes"]), note=f"in {told['proof'].get('files')} files"),
            f"proof_found.{kind}": Figure(float(len(told["proof"].get("found_in", ()))), "exact", "lower"),
        }
    return {**figures, "seconds.refill": timed(refill)}


SUITE = Suite(
    "erasure",
    "items.jsonl[.gz]; --limit is the number of rows (100,000), made from these",
    "seconds.person and seconds.source, left.KIND (files and logs in which a canary is found afterwards), "
    "receipt_lacks.KIND, probes.KIND, seconds.refill",
    run,
)
