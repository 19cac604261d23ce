"""What finding and naming themes costs as a store grows: time of each stage, memory, growth, beside other recipes.

The sets are made from the given one (see `enlarging`), so that texts and neighbourhoods stay of its kind. Discovery
gets texts and vectors, as a run does; taking them in, embedding them and writing themes down are not in these figures.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.enlarging import Enlarged, enlarge
from eval.folders import find, hash_files, read_rows
from eval.peers import Peer, chosen
from eval.peers.clustering import Rows
from eval.results import Figure, PeerResult, SuiteResult, timed
from eval.running import Suite, Task, forget_peak, peak_mb
from synth.embedding import embedded_words
from synth.errors import BadInput
from synth.themes.finding.discovery import MOST_ROWS, discover
from synth.themes.naming.naming import Group, name_themes

LARGEST = 100_000  # rows, where --limit does not say
STEPS = (0.1, 0.3, 1.0)  # sizes, as shares of the largest
WARMING = 5_000  # rows on which everybody runs once before: UMAP takes, and compiles, another way under 4,096
PATIENCE = 900.0  # seconds that a peer may take by the growth it has shown; beyond, it is not run
FAR = 1_000_000  # rows for which the time is extrapolated where they were not measured
REACH = 10  # times the largest measured size, beyond which nothing is extrapolated


@dataclass(frozen=True, slots=True)
class Cost:
    """One discovery: seconds by stage, of which `naming` is the last, and the most memory that the process held."""

    seconds: Mapping[str, float]
    peak_mb: float
    themes: int

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def run(task: Task) -> SuiteResult:
    """Discovery at each size, then the peers of the suite `themes` that were named, on the same rows."""
    path = find(task.folder, "items.jsonl")
    texts = [row["text"] for row in read_rows(path) if row["text"].strip()]
    if len(texts) < 2:
        raise BadInput(f"{task.folder.name} holds fewer than two texts; larger sets cannot be made from it.")
    vectors = task.embedder.embed([embedded_words(text) for text in texts])
    largest = task.limit or LARGEST
    sizes = sorted({max(2, round(step * largest)) for step in STEPS})
    ready, results = chosen(task.peers, "themes")
    costs: dict[int, Cost] = {}
    rivals: dict[str, dict[int, float | str]] = {peer.name: {} for peer in ready}
    warm = enlarge(texts, vectors, min(WARMING, sizes[-1]), task.seed)
    for peer in ready:
        _time_peer(peer, warm, task.seed)
    _measure(warm, task)
    for size in sizes:
        rows = enlarge(texts, vectors, size, task.seed)
        task.say(f"scale: {size:,} rows")
        costs[size] = _measure(rows, task)
        for peer in ready:
            rivals[peer.name][size] = _run_peer(peer, rows, task, rivals[peer.name])
    return SuiteResult(
        suite="scale",
        data=task.folder.name,
        sha256=hash_files([path]),
        rows=sizes[-1],
        figures={**_figures(costs), **_compare(costs, rivals)},
        parameters={**task.parameters(), "sizes": sizes, "real_rows": len(texts), "sampled_beyond": MOST_ROWS},
        peers=[*(_peer_result(name, found) for name, found in rivals.items()), *results],
        notes=_notes(rivals),
    )


def fit_growth(seconds: Mapping[int, float]) -> tuple[float, float]:
    """(exponent, factor) of factor · rows^exponent, by least squares on the logarithms; needs two sizes."""
    sizes = sorted(seconds)
    exponent, level = np.polyfit(np.log(sizes), np.log([seconds[size] for size in sizes]), 1)
    return float(exponent), math.exp(float(level))


def _measure(rows: Enlarged, task: Task) -> Cost:
    forget_peak()
    found = discover(rows.vectors, texts=rows.texts, seed=task.seed)
    began = time.perf_counter()
    members = [np.flatnonzero(found.labels == theme) for theme in range(int(found.labels.max(initial=-1)) + 1)]
    groups = [
        Group([rows.texts[row] for row in own], rows.vectors[own], found.strength[own].tolist()) for own in members
    ]
    around = [rows.texts[row] for row in np.flatnonzero(found.labels < 0)]
    name_themes(groups, background=around, embed=task.embedder.embed)
    return Cost({**found.seconds, "naming": time.perf_counter() - began}, peak_mb(), len(groups))


def _figures(costs: Mapping[int, Cost]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for size, cost in costs.items():
        figures |= {f"seconds.{stage}.{size}": timed(spent) for stage, spent in cost.seconds.items()}
        figures |= {
            f"seconds.total.{size}": timed(cost.total, n=size),
            f"peak_mb.{size}": timed(cost.peak_mb),
            f"themes.{size}": Figure(cost.themes),
        }
    return figures | _growth({size: cost.total for size, cost in costs.items()})


def _growth(seconds: Mapping[int, float]) -> dict[str, Figure]:
    """The exponent, and the time at `FAR` rows where that was not measured."""
    if len(seconds) < 2:
        return {}
    exponent, factor = fit_growth(seconds)
    figures = {"growth": Figure(exponent, note="the exponent of rows in the seconds of a discovery")}
    if FAR not in seconds and max(seconds) * REACH >= FAR:
        note = f"not measured: extrapolated from {', '.join(f'{size:,}' for size in sorted(seconds))} rows"
        figures[f"seconds.extrapolated.{FAR}"] = timed(factor * FAR**exponent, note=note)
    return figures


def _run_peer(peer: Peer, rows: Enlarged, task: Task, before: Mapping[int, float | str]) -> float | str:
    """Its seconds, or why it was not run."""
    known = {size: spent for size, spent in before.items() if isinstance(spent, float)}
    if len(known) < len(before):
        return "not run: it was not run on fewer rows"
    if known:
        # Of one size the growth is not known; nobody is faster than in proportion to the rows.
        last = max(known)
        exponent = max(1.0, fit_growth(known)[0]) if len(known) > 1 else 1.0
        expected = known[last] * (len(rows.texts) / last) ** exponent
        if expected > PATIENCE:
            return f"not run: {expected:,.0f} s expected, {PATIENCE:,.0f} s allowed"
    task.say(f"scale: {len(rows.texts):,} rows with {peer.name}")
    return _time_peer(peer, rows, task.seed)


def _time_peer(peer: Peer, rows: Enlarged, seed: int) -> float | str:
    groups = Rows([embedded_words(text) for text in rows.texts], rows.vectors, [], 0, seed)
    began = time.perf_counter()
    try:
        peer.load()(groups)
    except Exception as error:  # noqa: BLE001 - it is another project's code
        return f"not run: it failed with {type(error).__name__}: {error}"
    return time.perf_counter() - began


def _compare(costs: Mapping[int, Cost], rivals: Mapping[str, Mapping[int, float | str]]) -> dict[str, Figure]:
    """How many times as long each peer took."""
    return {
        f"times_{name}.{size}": timed(spent / costs[size].total, better="higher")
        for name, found in rivals.items()
        for size, spent in found.items()
        if isinstance(spent, float)
    }


def _peer_result(name: str, found: Mapping[int, float | str]) -> PeerResult:
    seconds = {size: spent for size, spent in found.items() if isinstance(spent, float)}
    if not seconds:
        return PeerResult(name, not_run=next(str(reason) for reason in found.values()))
    totals = {f"seconds.total.{size}": timed(spent) for size, spent in seconds.items()}
    return PeerResult(name, {**totals, **_growth(seconds)})


def _notes(rivals: Mapping[str, Mapping[int, float | str]]) -> Sequence[str]:
    return [
        f"{name} at {size:,} rows: {reason}"
        for name, found in rivals.items()
        for size, reason in found.items()
        if isinstance(reason, str) and any(isinstance(each, float) for each in found.values())
    ]


SUITE = Suite(
    "scale",
    "items.jsonl[.gz]; --limit is the largest size (100,000), made from these",
    "seconds.STAGE.N, seconds.total.N, peak_mb.N and themes.N at a tenth, three tenths and all of the largest size, "
    "growth, seconds.extrapolated.1000000, times_PEER.N (peers: those of themes)",
    run,
)
