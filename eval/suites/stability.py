"""The same themes next week: feedback comes in batches, and after each the themes are compared with a single run.

The product takes each batch in and makes its weekly run; a second home takes in everything so far at once and finds
themes for the first time. What the weekly runs give up against that, and what they keep, are the figures:

kept_share        of the documents on a theme, those on the same theme after the next batch
ami, ami.single   agreement with the labels, all documents so far; of the weekly runs, and of the single run
new_labels_found  of the labels that first appear after the first batch, those that have a theme of their own at the end
                  (see `eval.metrics.recovered`); .single: of the single run
step_seconds      the weekly run itself, without taking the batch in and embedding it
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eval import metrics
from eval.folders import Collection, Row, Upload, as_jsonl, open_collection
from eval.metrics import NOISE
from eval.results import Case, Figure, SuiteResult, timed
from eval.running import RememberingEmbedder, Suite, Task, open_engine_of, take_in, work
from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput

WORST = 12
_EXAMPLES = 4
Grouping = Mapping[str, str]  # external id of a document to its theme, or NOISE


@dataclass(frozen=True, slots=True)
class Week:
    """A batch that came in: the documents so far, where they are, and where a single run puts them."""

    number: int  # from 1
    labels: Mapping[str, str]  # of the documents so far
    themes: Grouping
    single: Grouping
    seconds: float  # of the weekly run


def run(task: Task) -> SuiteResult:
    """Take the feedback in batch after batch, a weekly run after each, and each time everything so far at once."""
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    batches = split(_rows(collection), task.batches)
    embedder = RememberingEmbedder(task.embedder)
    weeks = _live(task, embedder, collection, batches)
    return SuiteResult(
        suite="stability",
        data=collection.name,
        sha256=collection.sha256,
        rows=len(weeks[-1].labels),
        figures=measure(weeks, seed=task.seed),
        parameters={**task.parameters(), "batches": task.batches},
        cases=_cases(weeks, {str(row["id"]): str(row["text"]) for batch in batches for row in batch}),
    )


def split(rows: Sequence[Row], count: int) -> list[list[Row]]:
    """So many batches of equal size: by `created_at` where every row has one, else in the order of the file."""
    if len(rows) < count:
        raise BadInput(f"{len(rows)} rows cannot come in {count} batches; give fewer with --batches.")
    dated = all(row.get("created_at") for row in rows)
    ordered = sorted(rows, key=lambda row: str(row["created_at"])) if dated else list(rows)
    return [ordered[len(rows) * n // count : len(rows) * (n + 1) // count] for n in range(count)]


def measure(weeks: Sequence[Week], *, seed: int) -> dict[str, Figure]:
    """The figures of the weeks; the first has nothing to keep."""
    steps = {now.number: metrics.kept(before.themes, now.themes) for before, now in pairwise(weeks)}
    figures = {"kept_share": _share([kept for step in steps.values() for kept in step])}
    figures |= {f"kept_share.{number}": _share(step) for number, step in steps.items()}
    figures |= _agreements(weeks, seed)
    figures["new_labels_found"] = _new_labels(weeks, weeks[-1].themes)
    figures["new_labels_found.single"] = _new_labels(weeks, weeks[-1].single)
    figures |= {f"step_seconds.{week.number}": timed(week.seconds) for week in weeks}
    last = weeks[-1].themes
    return figures | {
        "themes": Figure(len(set(last.values()) - {NOISE})),
        "labels": Figure(len(set(weeks[-1].labels.values()))),
        "unassigned_share": Figure(Counter(last.values())[NOISE] / len(last), "fact", n=len(last)),
    }


def _rows(collection: Collection) -> list[Row]:
    """The rows as they are handed over, without what is hidden; in the order of the file."""
    rows = [json.loads(line) for upload in collection.uploads for line in upload.content.decode("utf-8").splitlines()]
    labelled = [row for row in rows if collection.truth.get(str(row["id"]), {}).get("label") is not None]
    if not labelled:
        raise BadInput(f"No row of {collection.name} has a `label`; the suite `stability` needs them to compare with.")
    return labelled


def _live(task: Task, embedder: Embedder, collection: Collection, batches: Sequence[Sequence[Row]]) -> list[Week]:
    weeks: list[Week] = []
    so_far: list[Row] = []
    with open_engine_of(embedder) as engine:
        for number, batch in enumerate(batches, start=1):
            task.say(f"stability: batch {number} of {len(batches)}")
            so_far += batch
            labels = {str(row["id"]): str(collection.truth[str(row["id"])]["label"]) for row in so_far}
            seconds = _step(engine, [_upload(batch, number)])
            themes = _themes_of(engine, labels)
            single = themes if number == 1 else _single(embedder, so_far, labels)
            weeks.append(Week(number, labels, themes, single, seconds))
    return weeks


def _step(engine: Engine, uploads: Sequence[Upload]) -> float:
    """Take a batch in; the seconds of the weekly run after it, which a large import makes by itself."""
    last = engine.runs(WORKSPACE).rows[:1]
    seconds = take_in(engine, uploads)
    return seconds["themes"] if engine.runs(WORKSPACE).rows[:1] != last else _look(engine)


def _look(engine: Engine) -> float:
    engine.discover(WORKSPACE)
    return work(engine)["discover"]


def _single(embedder: Embedder, rows: Sequence[Row], labels: Mapping[str, str]) -> dict[str, str]:
    with open_engine_of(embedder) as engine:
        take_in(engine, [_upload(rows, 0)])
        if engine.themes(WORKSPACE)["run"] is None:
            _look(engine)
        return _themes_of(engine, labels)


def _upload(rows: Sequence[Row], number: int) -> Upload:
    return Upload(f"batch {number}.jsonl", as_jsonl(rows))


def _themes_of(engine: Engine, labels: Mapping[str, str]) -> dict[str, str]:
    """Each document with the theme of its most confident excerpt; without one, or refused, it is noise."""
    best: dict[str, tuple[float, str]] = {}
    for line in engine.export(WORKSPACE, "excerpts", format="jsonl"):
        row = json.loads(line)
        if row["theme_id"]:
            best[row["external_id"]] = max(
                best.get(row["external_id"], (-1.0, "")), (row["confidence"], row["theme_id"])
            )
    return {key: best.get(key, (0.0, NOISE))[1] for key in labels}


def _share(kept: Sequence[bool]) -> Figure:
    if not kept:
        return Figure(None, "sampled", "higher", n=0, note="no document was on a theme before")
    low, high = metrics.wilson(sum(kept), len(kept))
    return Figure(sum(kept) / len(kept), "sampled", "higher", low, high, len(kept))


def _agreements(weeks: Sequence[Week], seed: int) -> dict[str, Figure]:
    """`ami.N` beside `ami.single.N`, and the most that the weekly runs are behind."""
    figures: dict[str, Figure] = {}
    behind: list[float] = []
    for week in weeks:
        ours, single = (_agreement(week, themes, seed) for themes in (week.themes, week.single))
        figures |= {f"ami.{week.number}": ours, f"ami.single.{week.number}": single}
        behind.append((single.value or 0.0) - (ours.value or 0.0))
    return figures | {"ami_behind": Figure(max(behind), "sampled", "lower", n=len(behind))}


def _agreement(week: Week, themes: Grouping, seed: int) -> Figure:
    truth, found = list(week.labels.values()), [themes[key] for key in week.labels]
    low, high = metrics.bootstrap_grouping(metrics.ami, truth, found, seed=seed)
    return Figure(metrics.ami(truth, found), "sampled", "higher", low, high, len(truth))


def _new_labels(weeks: Sequence[Week], themes: Grouping) -> Figure:
    labels = weeks[-1].labels
    late = sorted(set(labels.values()) - set(weeks[0].labels.values()))
    if not late:
        return Figure(None, "sampled", "higher", n=0, note="every label is in the first batch")
    own = metrics.recovered(labels, themes)
    low, high = metrics.wilson(len(own.intersection(late)), len(late))
    scores = {label: float(label in own) for label in late}
    return Figure(sum(scores.values()) / len(late), "sampled", "higher", low, high, len(late), scores)


def _cases(weeks: Sequence[Week], texts: Mapping[str, str]) -> list[Case]:
    """The largest moves from one theme to another, or to none."""
    moves: dict[tuple[int, str, str], list[str]] = {}
    for before, now in pairwise(weeks):
        for key, theme in sorted(before.themes.items()):
            if theme not in (NOISE, now.themes[key]):
                moves.setdefault((now.number, theme, now.themes[key]), []).append(key)
    ranked = sorted(moves, key=lambda move: (-len(moves[move]), move))[:WORST]
    return [_case(move, moves[move], weeks[-1].labels, texts) for move in ranked]


def _case(move: tuple[int, str, str], ids: Sequence[str], labels: Mapping[str, str], texts: Mapping[str, str]) -> Case:
    number, old, new = move
    shares = ", ".join(f"{label} {count}" for label, count in Counter(labels[key] for key in ids).most_common(3))
    title = f"{old} to {new or 'no theme'} with batch {number}, {len(ids)} documents: {shares}"
    shown = tuple((labels[key], texts[key]) for key in ids[:_EXAMPLES])
    return Case(f"{number}.{old}.{new or 'none'}", 0.0, title, shown)


SUITE = Suite(
    "stability",
    "items.jsonl[.gz] with label (hidden from the system), in --batches (by created_at, else in order)",
    "kept_share, ami.N beside ami.single.N, ami_behind, new_labels_found, step_seconds.N, themes, unassigned_share",
    run,
)
