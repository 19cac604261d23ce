"""Discovery: vectors in, clusters and noise out. One configuration for every set; nothing here is tuned per set."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.finding import communities, density, graph, levels
from synth.themes.finding.graph import Neighbours
from synth.themes.finding.placement import check_vectors, fit_placement, measure_strength, place
from synth.themes.finding.vectors import Labels, Vectors
from synth.themes.finding.words import embed_words

FEWEST_ROWS = 15  # fewer rows than this hold no themes
FEWEST_VOICES = 3  # people a theme needs
MOST_ROWS = 100_000  # different rows in which themes are found; what is beyond them is put on these themes
WORDS = 0.1  # the weight of shared words in the similarity of two texts
COPIES = communities.SMALLEST  # of equal vectors, this many take part; the others follow them
WIDEST = 2.5  # times the neighbours of `count_neighbours`, where communities are unclear
CLEAR = 0.8  # the modularity from which communities are clear
UNCLEAR = 0.6  # the modularity up to which they are not
THIN = 1.0  # depth (see `_find_depth`) from which a row takes no part in finding themes
FAR = 2.0  # depth from which a row is noise whatever its neighbours are
AGREED = 1 / 2  # of a noise row's neighbours, to be on the same theme
CLOSE = 0.95  # of a theme's members, the share nearer than a noise row that is put on it by similarity
CORE_NEIGHBOURS = 5  # a row's density is its mean similarity to this many neighbours

Account = dict[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Clustering:
    """What a discovery found, row by row of its input."""

    labels: Labels  # (n,) 0.. by descending size; -1: noise
    strength: NDArray[np.float32]  # (n,) 0..1, how surely a row belongs to its cluster; 0 for noise
    parameters: Mapping[str, int | float | str]  # for the run's account: settings, choices, versions
    seconds: Mapping[str, float]  # per stage


def discover(
    vectors: Vectors,
    *,
    texts: Sequence[str] | None = None,
    voices: Sequence[str] | None = None,
    seed: int = 0,
    most_rows: int = MOST_ROWS,
) -> Clustering:
    """Find the themes in unit vectors (n, d), given in the order of their excerpt ids.

    With `texts`, shared words count a little beside the vectors. With `voices` (person ids), a cluster heard from
    fewer than `FEWEST_VOICES` people is dissolved. Of more than `most_rows` different rows, a sample of that size is
    looked at and the others are placed on what it holds. The same input and seed give the same output.
    Raises BadInput for vectors that are no finite table, or texts or voices of another length.
    """
    check_vectors(vectors)
    _check_lengths(len(vectors), texts, voices)
    contents = _digest(row.tobytes() for row in vectors)
    order = _order_by_content(contents, texts)
    found = _discover(
        vectors[order],
        None if texts is None else [texts[row] for row in order],
        None if voices is None else [voices[row] for row in order],
        np.unique(contents[order], return_inverse=True)[1],
        seed,
        most_rows,
    )
    labels, strength = np.empty_like(found.labels), np.empty_like(found.strength)
    labels[order], strength[order] = found.labels, found.strength
    return replace(found, labels=labels, strength=strength)


def _order_by_content(contents: NDArray[np.uint64], texts: Sequence[str] | None) -> Labels:
    """An order of the rows that depends on what they are, not on where they stand: by text, or else by vector.

    Every later step may depend on the order of its rows; this way the order in which feedback arrived plays no part,
    and the first rows of the order are a fair sample of all.
    """
    said = contents if texts is None else _digest(text.encode() for text in texts)
    return np.lexsort((contents, said))


def _digest(contents: Iterable[bytes]) -> NDArray[np.uint64]:
    digests = [int.from_bytes(blake2b(content, digest_size=8).digest()) for content in contents]
    return np.array(digests, np.uint64)


def _discover(
    vectors: Vectors,
    texts: Sequence[str] | None,
    voices: Sequence[str] | None,
    equal: Labels,
    seed: int,
    most_rows: int,
) -> Clustering:
    """`equal` is the number of the set of equal vectors that each row is in."""
    clock = _Clock()
    nodes, node_of_row = _fold_copies(equal)
    if len(nodes) < FEWEST_ROWS:
        return _finish(vectors, _keep_copies(equal), voices, clock, {"seed": seed})
    looked_at, others = nodes[:most_rows], nodes[most_rows:]
    labels, account = _find(
        vectors[looked_at], None if texts is None else [texts[row] for row in looked_at], seed, clock
    )
    if len(others):
        themes = fit_placement(vectors[looked_at], labels, keep=CLOSE)
        labels = np.concatenate([labels, place(vectors[others], themes).labels])
        account["looked_at"] = len(looked_at)
        clock.stamp("placing")
    return _finish(vectors, labels[node_of_row], voices, clock, {**account, "seed": seed})


def _find(vectors: Vectors, texts: Sequence[str] | None, seed: int, clock: "_Clock") -> tuple[Labels, Account]:
    """The cluster of each row or -1, and for the account how they were found."""
    space = _mix_words(vectors, texts, seed)
    clock.stamp("words")
    width = graph.count_neighbours(len(space))
    around = graph.find_neighbours(space, round(WIDEST * width), seed)
    clock.stamp("neighbours")
    depth = _find_depth(around)
    dense = np.flatnonzero(depth <= THIN)
    labels = np.full(len(vectors), -1, np.int64)
    labels[dense], account = _group(around, dense, width, seed)
    clock.stamp("density")
    labels = _attach(vectors, _order(labels), graph.narrow(around, width), depth <= FAR)
    clock.stamp("attaching")
    return labels, account


def _group(around: Neighbours, dense: Labels, width: int, seed: int) -> tuple[Labels, Account]:
    """The groups of the dense rows, and for the account how they were found."""
    near = graph.narrow(around, width)
    links = graph.connect(near)[dense][:, dense]
    # The searches let go of the interpreter's lock, so the cores are read while they run.
    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(density.find_cores, near)
        scale = communities.measure_scale(links, seed)
        unclear = _widen(scale.modularity)
        widened = round(width * unclear)
        if widened > width:
            links = graph.connect(graph.narrow(around, widened))[dense][:, dense]
        found = communities.search(links, scale.resolution, seed, care=unclear)
        cores = [labels[dense] for labels in reading.result()]
    labels = communities.agree(links, scale.resolution, found, cores, seed)
    return labels, {
        "neighbours": widened,
        "resolution": round(scale.resolution, 4),
        "clearness": round(scale.modularity, 4),
        "cores": len(cores),
        "searches": len(found),
        "modularity": round(graph.measure_modularity(links, labels), 4),
    }


def _widen(modularity: float) -> float:
    """How many times the neighbours and the searches: one where communities are clear, `WIDEST` where they hardly are.

    Where near rows are near by chance, more of them average the chance out; where they are not, more of them drown
    small themes.
    """
    unclear = (CLEAR - modularity) / (CLEAR - UNCLEAR)
    return 1.0 + (WIDEST - 1.0) * min(1.0, max(0.0, unclear))


class _Clock:
    """Seconds per stage, from one stamp to the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stamp(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now


def _check_lengths(count: int, texts: Sequence[str] | None, voices: Sequence[str] | None) -> None:
    if texts is not None and len(texts) != count:
        raise BadInput(f"There are {count} vectors but {len(texts)} texts: give one text per vector.")
    if voices is not None and len(voices) != count:
        raise BadInput(f"There are {count} vectors but {len(voices)} voices: give one voice per vector.")


def _fold_copies(equal: Labels) -> tuple[Labels, Labels]:
    """The rows that take part (at most `COPIES` of equal ones), and for each row the place in these that it follows."""
    order = np.argsort(equal, kind="stable")
    starts = np.searchsorted(equal[order], equal)
    rank = np.empty(len(equal), np.int64)
    rank[order] = np.arange(len(equal))
    nodes = np.flatnonzero(rank - starts < COPIES)
    speaker = np.where(rank - starts < COPIES, np.arange(len(equal)), order[starts])
    return nodes, np.searchsorted(nodes, speaker)


def _keep_copies(equal: Labels) -> Labels:
    """For too few different rows: only what is said again and again in the same words is a cluster."""
    sizes = np.bincount(equal)
    return np.where((sizes[equal] >= communities.SMALLEST) & (len(equal) >= FEWEST_ROWS), equal, -1)


def _mix_words(vectors: Vectors, texts: Sequence[str] | None, seed: int) -> Vectors:
    """The vectors beside `WORDS` of the texts' word vectors, unit rows."""
    words = None if texts is None else embed_words(texts, seed)
    if words is None:
        return vectors
    return np.hstack([np.float32(np.sqrt(1 - WORDS)) * vectors, np.float32(np.sqrt(WORDS)) * words])


def _find_depth(neighbours: Neighbours) -> NDArray[np.float32]:
    """How far each row's core similarity is below the first quartile, in interquartile ranges (Tukey's fences, 1977).

    At `THIN`, sets without outliers leave out 2 to 6 % of their rows, most of which `_attach` brings back.
    """
    core = neighbours.similarities[:, :CORE_NEIGHBOURS].mean(axis=1)
    low, high = np.quantile(core, [0.25, 0.75])
    return np.asarray((low - core) / max(high - low, 1e-6))


def _attach(
    vectors: Vectors, labels: Labels, neighbours: Neighbours | None = None, near: NDArray[np.bool_] | None = None
) -> Labels:
    """Put noise rows on the nearest theme when they are as near as most of its members.

    With `neighbours`, a noise row that is `near` the others goes where most of its neighbours are.
    """
    noise = np.flatnonzero(labels < 0)
    if not len(noise) or labels.max(initial=-1) < 0:
        return labels
    found = place(vectors[noise], fit_placement(vectors, labels, keep=CLOSE)).labels
    if neighbours is not None and near is not None:
        voted = _vote(labels[neighbours.rows[noise]])
        found = np.where((voted >= 0) & near[noise], voted, found)
    attached = labels.copy()
    attached[noise] = found
    return attached


def _vote(labels: Labels) -> Labels:
    """The label that more than `AGREED` of each row's entries hold, or -1."""
    ordered = np.sort(labels, axis=1)
    # A label held by more than half of a sorted row stands in its middle.
    middle = ordered[:, labels.shape[1] // 2]
    share = (labels == middle[:, None]).mean(axis=1)
    return np.where(share > AGREED, middle, -1)


def _finish(
    vectors: Vectors,
    labels: Labels,
    voices: Sequence[str] | None,
    clock: _Clock,
    account: Account,
) -> Clustering:
    kept = _dissolve(levels.keep_apart(vectors, labels), voices)
    if ((kept < 0) & (labels >= 0)).any():
        kept = _attach(vectors, kept)
    labels = _order(kept)
    model = fit_placement(vectors, labels)
    parameters = {**_describe_settings(), **account, "rows": len(labels)}
    clustering = Clustering(
        labels=labels,
        strength=measure_strength(vectors, labels, model),
        parameters=parameters,
        seconds=clock.seconds,
    )
    clock.stamp("finishing")
    return clustering


def _dissolve(labels: Labels, voices: Sequence[str] | None) -> Labels:
    """Clusters with too few rows or heard from too few people become noise."""
    rows = np.bincount(labels[labels >= 0])
    heard = rows if voices is None else _count_voices(labels, voices, len(rows))
    fine = (rows >= communities.SMALLEST) & (heard >= FEWEST_VOICES)
    keep = (labels >= 0) & np.append(fine, False)[labels]
    return _order(np.where(keep, labels, -1))


def _count_voices(labels: Labels, voices: Sequence[str], count: int) -> Labels:
    pairs = {(label, voice) for label, voice in zip(labels.tolist(), voices, strict=True) if label >= 0}
    return np.bincount([label for label, _ in pairs], minlength=count)


def _order(labels: Labels) -> Labels:
    """Numbers 0.. by descending size, equal sizes by their first row; -1 stays."""
    names, first, sizes = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    number = np.full(int(labels.max(initial=-1)) + 2, -1, np.int64)
    number[names[np.lexsort((first, -sizes))]] = np.arange(len(names))
    return number[labels]


def _describe_settings() -> Account:
    return {
        "words": WORDS,
        "confused": levels.CONFUSED,
        "hdbscan": version("hdbscan"),
        "graspologic-native": version("graspologic-native"),
    }
