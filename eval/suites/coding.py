"""Coded interviews: do the codes the product suggests for one interview agree with those its researchers gave."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.folders import Row, draw, find, hash_files, holds, read_jsonl, read_rows
from eval.metrics import bootstrap_pairs, f1, kappa
from eval.peers import chosen
from eval.results import Case, Figure, PeerResult, SuiteResult, share
from eval.running import RememberingEmbedder, Suite, Task, open_engine_of
from synth.embedding import embedded_words
from synth.engine import Engine
from synth.errors import BadInput
from synth.research.suggesting import Suggestion

MOST = 3  # suggestions a researcher is shown
WORST = 40
_SHOWN = 900  # characters of a text
LEVELS: Mapping[str, str] = {"": "theme", "code.": "label"}
"""Prefix of a figure to the field that holds the human's code: the outermost codes, and the innermost."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A segment with the human's code and what was suggested for it, the best first."""

    segment: Row
    code: str
    suggested: tuple[Suggestion, ...]

    @property
    def first(self) -> str:
        return self.suggested[0].code if self.suggested else ""


def run(task: Task) -> SuiteResult:
    """Suggest codes for every interview from all the others and the codebook; `--limit` draws segments to be scored."""
    path = find(task.folder, "segments.jsonl")
    segments = read_rows(path, ("id", "doc", "text", "label"))
    if len({row["doc"] for row in segments}) < 2:
        raise BadInput(f"{task.folder.name} has segments of one interview only; suggestions need others to learn from.")
    scored = draw(segments, task.limit, task.seed)
    codebook = read_jsonl(find(task.folder, "codes.jsonl")) if holds(task.folder, "codes.jsonl") else []
    levels = {prefix: field for prefix, field in LEVELS.items() if all(row.get(field) for row in segments)}
    embedder = RememberingEmbedder(task.embedder)
    with open_engine_of(embedder) as engine:
        found = {
            prefix: _suggest(engine, segments, scored, field, _meanings(codebook, segments, field))
            for prefix, field in levels.items()
        }
    ready, peers = chosen(task.peers, "coding")
    return SuiteResult(
        suite="coding",
        data=task.folder.name,
        sha256=hash_files([path, *([find(task.folder, "codes.jsonl")] if codebook else [])]),
        rows=len(scored),
        figures=_figures(found, segments, levels, task.seed),
        parameters=task.parameters(),
        peers=[
            *(
                PeerResult(peer.name, _peer(peer.load(), embedder, segments, scored, levels, task.seed))
                for peer in ready
            ),
            *peers,
        ],
        cases=_cases(found),
        notes=(
            "Every interview is coded by the others and the codebook alone. Plain names are of the outermost codes,",
            "code.* of the innermost; f1 is the mean over the codes people used, each counting alike.",
        ),
    )


def _suggest(
    engine: Engine, segments: Sequence[Row], scored: Sequence[Row], field: str, meanings: Mapping[str, str]
) -> list[Coded]:
    coded: list[Coded] = []
    for interview in dict.fromkeys(str(row["doc"]) for row in scored):
        mine = [row for row in scored if row["doc"] == interview]
        others = [(row["text"], row[field]) for row in segments if row["doc"] != interview]
        suggested = engine.suggest_codes([row["text"] for row in mine], others, meanings, most=MOST)
        coded += [Coded(row, row[field], tuple(each)) for row, each in zip(mine, suggested, strict=True)]
    return coded


def _meanings(codebook: Sequence[Row], segments: Sequence[Row], field: str) -> dict[str, str]:
    """What the codebook writes about the codes of a level: their names and memos, of a theme those within it, too."""
    used = {str(row[field]) for row in segments}
    within: dict[str, list[str]] = {}
    for row in segments:
        within.setdefault(str(row[field]), []).extend(str(code) for code in row.get("path", ()))
    memos = {str(row["code"]): str(row.get("memo") or "") for row in codebook}
    known = sorted(used & memos.keys())
    if field == LEVELS["code."]:
        return {code: f"{code}. {memos[code]}".strip() for code in known}
    return {code: ". ".join([code, memos[code], *sorted({*within[code]} - {code})]) for code in known}


def _figures(
    found: Mapping[str, Sequence[Coded]], segments: Sequence[Row], levels: Mapping[str, str], seed: int
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for prefix, coded in found.items():
        truth, said = [each.code for each in coded], [each.first for each in coded]
        figures |= agreement(prefix, truth, said, seed)
        among = {each.segment["id"]: each.code in {one.code for one in each.suggested} for each in coded}
        figures[f"{prefix}top{MOST}"] = share(among)
        figures[f"{prefix}codes"] = Figure(float(len({row[levels[prefix]] for row in segments})))
        elsewhere = {
            each.segment["id"]: any(
                row[levels[prefix]] == each.code for row in segments if row["doc"] != each.segment["doc"]
            )
            for each in coded
        }
        figures[f"{prefix}known_share"] = share(elsewhere, nature="fact")
    return figures


def agreement(prefix: str, truth: Sequence[str], said: Sequence[str], seed: int) -> dict[str, Figure]:
    """Cohen's kappa and the mean F1 over the codes that people used, with bootstrap intervals."""
    measures: Mapping[str, Callable[[Sequence[Any], Sequence[Any]], float]] = {"kappa": kappa, "f1": mean_f1}
    figures = {}
    for name, measure in measures.items():
        low, high = bootstrap_pairs(measure, truth, said, seed=seed)
        figures[f"{prefix}{name}"] = Figure(measure(truth, said), "sampled", "higher", low, high, len(truth))
    return figures


def mean_f1(truth: Sequence[Hashable], said: Sequence[Hashable]) -> float:
    """The mean over the labels that occur in the truth of the F1 of each."""
    pairs = list(zip(truth, said, strict=True))
    each = [
        f1(
            sum(one == label and other == label for one, other in pairs),
            sum(other == label for other in said),
            sum(one == label for one in truth),
        )
        for label in set(truth)
    ]
    return sum(each) / len(each)


def _peer(
    code: Callable[..., list[str]],
    embedder: RememberingEmbedder,
    segments: Sequence[Row],
    scored: Sequence[Row],
    levels: Mapping[str, str],
    seed: int,
) -> dict[str, Figure]:
    """The same figures of another way to code, on the same segments."""
    figures: dict[str, Figure] = {}
    for prefix, field in levels.items():
        truth: list[str] = []
        said: list[str] = []
        for interview in dict.fromkeys(str(row["doc"]) for row in scored):
            mine = [row for row in scored if row["doc"] == interview]
            others = [row for row in segments if row["doc"] != interview]
            near, own = (embedder.embed([embedded_words(row["text"]) for row in rows]) for rows in (others, mine))
            truth += [row[field] for row in mine]
            said += code(near, [row[field] for row in others], own)
        figures |= agreement(prefix, truth, said, seed)
    return figures


def _cases(found: Mapping[str, Sequence[Coded]]) -> list[Case]:
    """Segments whose code was not among the suggestions, of the outermost codes first."""
    missed = [
        Case(
            each.segment["id"],
            0.0,
            f"{LEVELS[prefix]}: {each.code}",
            (
                ("suggested", ", ".join(f"{one.code} ({one.score:.2f})" for one in each.suggested)),
                ("segment", str(each.segment["text"])[:_SHOWN]),
            ),
        )
        for prefix, coded in found.items()
        for each in coded
        if each.code not in {one.code for one in each.suggested}
    ]
    return missed[:WORST]


SUITE = Suite(
    "coding",
    "segments.jsonl with doc, text, label (the innermost code), theme (the outermost); codes.jsonl with code, memo",
    "kappa, f1, top3 of the outermost codes, code.kappa, code.f1, code.top3 of the innermost; peers nearest, majority",
    run,
)
