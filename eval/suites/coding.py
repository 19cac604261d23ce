"""Coded studies: do the codes the product suggests for one document agree with those its researchers gave."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.folders import Row, hash_files
from eval.metrics import bootstrap_pairs, f1, kappa
from eval.peers import chosen
from eval.results import Case, Figure, PeerResult, SuiteResult, share
from eval.running import RememberingEmbedder, Suite, Task, open_engine_of
from eval.studies import LEVELS, Study, open_study
from synth.embedding import embedded_words
from synth.engine import Engine
from synth.research.suggesting import Suggestion

MOST = 3  # suggestions a researcher is shown
WORST = 40
_SHOWN = 900  # characters of a text
Coder = Callable[..., list[str]]
Measure = Callable[[Sequence[Any], Sequence[Any]], float]


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
    """Suggest codes for every document from all the others and the codebook.

    `--limit` draws the segments that are scored; of short texts with labels, those that make up the study.
    """
    study = open_study(task.folder, limit=task.limit, seed=task.seed)
    embedder = RememberingEmbedder(task.embedder)
    with open_engine_of(embedder) as engine:
        found = {prefix: _suggest(engine, study, field) for prefix, field in study.levels.items()}
    ready, peers = chosen(task.peers, "coding")
    rivals = {peer.name: _said_by(peer.load(), embedder, study) for peer in ready}
    return SuiteResult(
        suite="coding",
        data=task.folder.name,
        sha256=hash_files(study.files),
        rows=len(study.scored),
        figures={**_figures(found, study, task.seed), **_leads(found, rivals, task.seed)},
        parameters=task.parameters(),
        peers=[*(_peer_result(name, found, said, task.seed) for name, said in rivals.items()), *peers],
        cases=_cases(found),
        notes=(
            study.note,
            "Plain names are of the outermost codes, code.* of the innermost; f1 is the mean over the codes people",
            "used, each counting alike; over.PEER is how much higher the product is, on the same resampled segments.",
        ),
    )


def _suggest(engine: Engine, study: Study, field: str) -> list[Coded]:
    meanings = _meanings(study, field)
    coded: list[Coded] = []
    for mine, others in study.folds():
        known = [(row["text"], row[field]) for row in others]
        suggested = engine.suggest_codes([row["text"] for row in mine], known, meanings, most=MOST)
        coded += [Coded(row, row[field], tuple(each)) for row, each in zip(mine, suggested, strict=True)]
    return coded


def _meanings(study: Study, field: str) -> dict[str, str]:
    """What is written about the codes of a level: their names and memos, of a theme those within it, too."""
    used = sorted({str(row[field]) for row in study.segments})
    within: dict[str, list[str]] = {}
    for row in study.segments:
        within.setdefault(str(row[field]), []).extend(str(code) for code in row.get("path", ()))
    memos = {str(row["code"]): str(row.get("memo") or "") for row in study.codebook}
    if field == LEVELS["code."]:
        return {code: f"{code}. {memos.get(code, '')}".strip() for code in used}
    return {code: ". ".join([code, memos.get(code, ""), *sorted({*within[code]} - {code})]) for code in used}


def _figures(found: Mapping[str, Sequence[Coded]], study: Study, seed: int) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for prefix, coded in found.items():
        figures |= agreement(prefix, [each.code for each in coded], [each.first for each in coded], seed)
        among = {each.segment["id"]: each.code in {one.code for one in each.suggested} for each in coded}
        figures[f"{prefix}top{MOST}"] = share(among)
        documents: dict[str, set[str]] = {}
        for row in study.segments:
            documents.setdefault(str(row[study.levels[prefix]]), set()).add(str(row["doc"]))
        figures[f"{prefix}codes"] = Figure(float(len(documents)))
        elsewhere = {each.segment["id"]: len(documents[each.code]) > 1 for each in coded}
        figures[f"{prefix}known_share"] = share(elsewhere, nature="fact")
    return figures


def agreement(prefix: str, truth: Sequence[str], said: Sequence[str], seed: int) -> dict[str, Figure]:
    """Cohen's kappa and the mean F1 over the codes that people used, with bootstrap intervals."""
    figures = {}
    for name, measure in _MEASURES.items():
        low, high = bootstrap_pairs(measure, truth, said, seed=seed)
        figures[f"{prefix}{name}"] = Figure(measure(truth, said), "sampled", "higher", low, high, len(truth))
    return figures


def lead(
    prefix: str, peer: str, truth: Sequence[str], mine: Sequence[str], theirs: Sequence[str], seed: int
) -> dict[str, Figure]:
    """How much higher mine are than those of a peer, with the interval of the difference on the same cases."""
    figures = {}
    pairs = list(zip(mine, theirs, strict=True))
    for name, measure in _MEASURES.items():
        ahead = _difference(measure)
        low, high = bootstrap_pairs(ahead, truth, pairs, seed=seed)
        figures[f"{prefix}{name}.over.{peer}"] = Figure(ahead(truth, pairs), "sampled", "higher", low, high, len(truth))
    return figures


def mean_f1(truth: Sequence[Hashable], said: Sequence[Hashable]) -> float:
    """The mean over the labels that occur in the truth of the F1 of each."""
    wanted, given = Counter(truth), Counter(said)
    right = Counter(one for one, other in zip(truth, said, strict=True) if one == other)
    return sum(f1(right[label], given[label], number) for label, number in wanted.items()) / len(wanted)


_MEASURES: Mapping[str, Measure] = {"kappa": kappa, "f1": mean_f1}


def _difference(measure: Measure) -> Measure:
    def ahead(truth: Sequence[Any], pairs: Sequence[Any]) -> float:
        return measure(truth, [mine for mine, _ in pairs]) - measure(truth, [theirs for _, theirs in pairs])

    return ahead


def _said_by(code: Coder, embedder: RememberingEmbedder, study: Study) -> dict[str, list[str]]:
    """The codes of another way to code by the prefix of their level, in the order of the folds."""
    said: dict[str, list[str]] = {prefix: [] for prefix in study.levels}
    for mine, others in study.folds():
        near, own = (embedder.embed([embedded_words(row["text"]) for row in rows]) for rows in (others, mine))
        for prefix, field in study.levels.items():
            said[prefix] += code(near, [row[field] for row in others], own)
    return said


def _leads(
    found: Mapping[str, Sequence[Coded]], rivals: Mapping[str, Mapping[str, Sequence[str]]], seed: int
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for peer, said in rivals.items():
        for prefix, coded in found.items():
            truth, mine = [each.code for each in coded], [each.first for each in coded]
            figures |= lead(prefix, peer, truth, mine, said[prefix], seed)
    return figures


def _peer_result(
    name: str, found: Mapping[str, Sequence[Coded]], said: Mapping[str, Sequence[str]], seed: int
) -> PeerResult:
    figures: dict[str, Figure] = {}
    for prefix, coded in found.items():
        figures |= agreement(prefix, [each.code for each in coded], said[prefix], seed)
    return PeerResult(name, figures)


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
    "segments.jsonl with doc, text, label (the innermost code), theme (the outermost); codes.jsonl with code, memo; "
    "or items.jsonl: short texts with label, author, theme or domain",
    "kappa, f1, top3 of the outermost codes, code.kappa, code.f1, code.top3 of the innermost; with peers "
    "(nearest, majority) kappa.over.PEER and so on",
    run,
)
