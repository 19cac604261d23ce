"""Questions about meetings: does a search within one transcript find the turns that people marked as the evidence."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import metrics
from eval.folders import Row, find, hash_files, read_rows, read_text
from eval.results import Case, Figure, SuiteResult, latencies, sampled, share
from eval.running import Suite, Task, clock, open_engine_of, work
from synth.answers.retrieval import nearest
from synth.embedding import embedded_words
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.intake.uploads import Submission
from synth.model import Condition, Filters

K = 10
FOUND = 50  # turns a search within a meeting is asked for
WORST = 25
_SHOWN = 160  # characters of a turn


@dataclass(frozen=True, slots=True)
class Meeting:
    """A transcript as the product holds it: its document, and which turn of the file an excerpt is from."""

    document: str
    turn_of: Mapping[str, int]  # excerpt id to the number of its line, from 0
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Searched:
    """A question, the turns that answer it, and the turns that were found, the best first."""

    id: str
    query: str
    wanted: frozenset[int]
    found: tuple[int, ...]
    by_vector: tuple[int, ...]
    cited: tuple[int, ...]
    milliseconds: float


def run(task: Task) -> SuiteResult:
    """Search each meeting for what was asked about it; `--limit` draws whole meetings with at least that many."""
    path = find(task.folder, "queries.jsonl")
    queries = [row for row in read_rows(path, ("id", "meeting", "query", "spans")) if row["spans"]]
    chosen = _draw(queries, task.limit, task.seed)
    if not chosen:
        raise BadInput(f"{task.folder.name}/queries.jsonl has no question with `spans` of evidence.")
    files = [_transcript(task.folder, meeting) for meeting in dict.fromkeys(row["meeting"] for row in chosen)]
    with open_engine_of(task.embedder) as engine:
        meetings = {file.stem: meeting for file, meeting in zip(files, _take_in(engine, files), strict=True)}
        searched = [_search(engine, row, meetings[row["meeting"]]) for row in chosen]
    return SuiteResult(
        suite="meetings",
        data=task.folder.name,
        sha256=hash_files([path, *files]),
        rows=len(searched),
        figures=measure(searched, task.seed) | latencies([each.milliseconds for each in searched]),
        parameters={**task.parameters(), "meetings": len(files), "found": FOUND},
        cases=_cases(searched, {row["id"]: meetings[row["meeting"]] for row in chosen}),
        notes=(
            f"evidence_recall and evidence_precision are of the first {FOUND} turns a search in the meeting finds;",
            "recall_bound is the recall of a search that errs never: the evidence may have more turns than that.",
            "Questions about a whole meeting have no turns of evidence and are left out.",
        ),
    )


def measure(searched: Sequence[Searched], seed: int) -> dict[str, Figure]:
    """Recall and precision of the turns found, their ranking, and how much of what an answer cites is evidence."""

    def scored(score: Any) -> Figure:
        return sampled({each.id: score(each) for each in searched}, seed=seed)

    cited = {f"{each.id}.{place}": turn in each.wanted for each in searched for place, turn in enumerate(each.cited)}
    bound = scored(lambda each: min(1.0, FOUND / len(each.wanted)))
    return {
        "evidence_recall": scored(lambda each: len(each.wanted & {*each.found}) / len(each.wanted)),
        "evidence_precision": scored(lambda each: len(each.wanted & {*each.found}) / max(1, len(each.found))),
        f"ndcg@{K}": scored(lambda each: _ndcg(each.found, each.wanted)),
        f"vector.ndcg@{K}": scored(lambda each: _ndcg(each.by_vector, each.wanted)),
        "cited_precision": share(cited, note="" if cited else "no answer cited anything"),
        "recall_bound": Figure(bound.value, "fact", n=len(searched)),
    }


def _ndcg(found: Sequence[int], wanted: frozenset[int]) -> float:
    return metrics.ndcg([str(turn) for turn in found], {str(turn): 1.0 for turn in wanted}, K)


def _draw(queries: Sequence[Row], limit: int | None, seed: int) -> list[Row]:
    """Whole meetings in a seeded order until there are enough questions: taking in a meeting is what costs."""
    if limit is None:
        return list(queries)
    meetings = sorted({str(row["meeting"]) for row in queries})
    random.Random(seed).shuffle(meetings)  # noqa: S311 - a sample, not a secret
    kept: set[str] = set()
    for meeting in meetings:
        if sum(row["meeting"] in kept for row in queries) >= limit:
            break
        kept.add(meeting)
    return [row for row in queries if row["meeting"] in kept][:limit]


def _transcript(folder: Path, meeting: str) -> Path:
    path = folder / "transcripts" / f"{meeting}.txt"
    if not path.is_file():
        raise BadInput(f"{folder.name}/transcripts holds no {meeting}.txt, which queries.jsonl asks about.")
    return path


def _take_in(engine: Engine, files: Sequence[Path]) -> list[Meeting]:
    for file in files:
        with file.open("rb") as content:
            engine.submit(WORKSPACE, file.name, content, Submission(kind="research"))
    work(engine)
    documents = {row["title"] or row["external_id"]: row for row in _documents(engine)}
    return [_meeting(engine, file, documents) for file in files]


def _documents(engine: Engine) -> list[dict[str, Any]]:
    return [json.loads(line) for line in engine.export(WORKSPACE, "documents")]


def _meeting(engine: Engine, file: Path, documents: Mapping[str, Mapping[str, Any]]) -> Meeting:
    """The transcript, each excerpt set against the line of the file it stands in by counting the letters before it."""
    row = next((row for name, row in documents.items() if name and file.stem in name), None)
    if row is None:
        raise BadInput(f"{file.name} was not taken in as a transcript.")
    document = engine.document(WORKSPACE, row["document_id"])
    lines = read_text(file).splitlines()
    line_of = [number for number, line in enumerate(lines) for _ in _letters(line.partition(": ")[2])]
    place, turn_of = 0, {}
    for turn in document["turns"]:
        inside = [each for each in document["excerpts"] if turn["start"] <= each["start"] < turn["end"]]
        for each in inside:
            before = len(_letters(document["text"][turn["start"] : each["start"]]))
            turn_of[each["excerpt_id"]] = line_of[min(place + before, len(line_of) - 1)]
        place += len(_letters(document["text"][turn["start"] : turn["end"]]))
    if place != len(line_of):
        raise BadInput(f"{file.name} was read with {place} letters of speech where it has {len(line_of)}.")
    return Meeting(row["document_id"], turn_of, lines)


def _letters(text: str) -> str:
    return "".join(text.split())


def _search(engine: Engine, row: Row, meeting: Meeting) -> Searched:
    """Ask the product as a person would who has the meeting open."""
    within = Filters(where=(Condition("document", meeting.document),))
    found, spent = clock(lambda: engine.search(WORKSPACE, row["query"], within, limit=FOUND))
    answer = engine.ask(WORKSPACE, row["query"], within)
    cited = [citation.excerpt_id for claim in answer.claims for citation in claim.citations]
    vector = engine.parts.embedder.embed([embedded_words(row["query"])])[0]
    near = nearest(engine.parts, WORKSPACE, vector, FOUND, within=meeting.turn_of.keys())
    return Searched(
        id=row["id"],
        query=row["query"],
        wanted=frozenset(turn for first, last in row["spans"] for turn in range(first, last + 1)),
        found=_turns(meeting, [result["excerpt_id"] for result in found["results"]]),
        by_vector=_turns(meeting, [key for key, _ in near]),
        cited=_turns(meeting, cited),
        milliseconds=spent,
    )


def _turns(meeting: Meeting, excerpts: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(meeting.turn_of[key] for key in excerpts if key in meeting.turn_of))


def _cases(searched: Sequence[Searched], meetings: Mapping[str, Meeting]) -> list[Case]:
    """The questions whose evidence was found least, with turns that were wanted and turns that came first."""
    worst = sorted(searched, key=lambda each: (_ndcg(each.found, each.wanted), each.id))[:WORST]
    return [_case(each, meetings[each.id].lines) for each in worst]


def _case(each: Searched, lines: Sequence[str]) -> Case:
    wanted = [turn for turn in sorted(each.wanted) if turn < len(lines)]
    shown = [(f"wanted, turn {turn}", lines[turn][:_SHOWN]) for turn in wanted[:4]]
    shown += [
        (f"found {place}, turn {turn}", lines[turn][:_SHOWN]) for place, turn in enumerate(each.found[:4], start=1)
    ]
    return Case(each.id, _ndcg(each.found, each.wanted), each.query, tuple(shown))


SUITE = Suite(
    "meetings",
    "transcripts/MEETING.txt (a line per turn, 'Speaker: words'), queries.jsonl with meeting, query, spans of turns",
    f"evidence_recall, evidence_precision, ndcg@{K} of turns, vector.ndcg@{K}, cited_precision, recall_bound, p50_ms",
    run,
)
