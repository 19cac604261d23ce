"""How fast the product takes in, embeds, indexes, searches, answers and discovers, beside a plain encoder."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from random import Random
from statistics import median
from typing import Any

from eval.folders import draw, holds, open_collection, open_queries, open_questions
from eval.peers import chosen
from eval.results import Figure, PeerResult, SuiteResult, latencies, timed
from eval.running import House, Suite, Task, clock, open_house, seconds_figures, work
from synth.embedding import embedded_words
from synth.engine import WORKSPACE

TRIES = 50  # searches, and as many questions, that are timed
SLICES = 6  # of each kind of texts, encoded in turn by the product and by each peer
_SLICE = 64
_MIXED = {"short": 11, "medium": 45, "long": 165}  # words that make about 15, 60 and 220 tokens
_EACH = 32  # texts of a kind in a slice: as many as sentence-transformers takes at once, so that it pads them little
_TURNS = 3  # slices of each kind
_QUERY_WORDS = 12


def run(task: Task) -> SuiteResult:
    """Take the folder in as it is, then search, ask and discover; the embedder runs in turn with its peers."""
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    ready, peers = chosen(task.peers, "speed")
    with open_house(task, collection) as house:
        figures = _throughput(house)
        words = [row["text"] for row in house.rows("excerpts")]
        figures |= _searches(house, task, words) | _questions(house, task) | _discovery(house)
        rates = _encode(task, words, {peer.name: peer.load()() for peer in ready})
    own = rates.pop("product")
    figures |= _rate_figures(own) | {
        f"{kind}_times_{name}": timed(own[kind] / rate, better="higher")
        for name, found in rates.items()
        for kind, rate in found.items()
    }
    compared = [PeerResult(name, _rate_figures(found)) for name, found in rates.items()]
    return SuiteResult(
        suite="speed",
        data=task.folder.name,
        sha256=collection.sha256,
        rows=len(collection.truth),
        figures=figures,
        parameters=task.parameters(),
        peers=[*compared, *peers],
    )


def _throughput(house: House) -> dict[str, Figure]:
    """Rates of each stage of the import, over what that stage handles."""
    documents = sum(1 for _ in house.rows("documents"))
    excerpts = sum(1 for _ in house.rows("excerpts"))
    handled = {
        "ingest_documents_per_second": (documents, "intake"),
        "embed_excerpts_per_second": (excerpts, "embed"),
        "index_excerpts_per_second": (excerpts, "index"),
    }
    rates = {
        name: timed(amount / house.seconds[stage], better="higher", n=amount)
        for name, (amount, stage) in handled.items()
        if house.seconds.get(stage)
    }
    sizes = {"documents": Figure(documents), "excerpts": Figure(excerpts)}
    return {**sizes, **rates, **seconds_figures(house.seconds), "peak_mb": timed(house.peak_mb)}


def _searches(house: House, task: Task, words: Sequence[str]) -> dict[str, Figure]:
    """The folder's own queries; where it has none, the beginnings of what people said."""
    if holds(task.folder, "queries.jsonl"):
        queries = [query.text for query in draw(open_queries(task.folder), TRIES, task.seed)]
    else:
        queries = [" ".join(text.split()[:_QUERY_WORDS]) for text in draw(words, TRIES, task.seed)]
    return _timed_calls("search_", queries, lambda query: house.engine.search(WORKSPACE, query))


def _questions(house: House, task: Task) -> dict[str, Figure]:
    """The folder's own questions; where it has none, what is said about each theme."""
    if holds(task.folder, "questions.jsonl"):
        asked = [question.text for question in open_questions(task.folder, limit=TRIES, seed=task.seed)]
    else:
        names = [theme["name"] for theme in house.engine.themes(WORKSPACE)["themes"]]
        asked = [f"What do people say about {name}?" for name in names[:TRIES]]
    return _timed_calls("ask_", asked, lambda question: house.engine.ask(WORKSPACE, question))


def _timed_calls(prefix: str, inputs: Sequence[str], call: Callable[[str], Any]) -> dict[str, Figure]:
    given = [text for text in inputs if text.strip()]
    if not given:
        return {f"{prefix}p50_ms": Figure(None, "timed", "lower", note="nothing in the folder to try it with")}
    call(given[0])
    return latencies([clock(lambda text=text: call(text))[1] for text in given], prefix)  # type: ignore[misc]


def _discovery(house: House) -> dict[str, Figure]:
    """A discovery over everything, asked for by a person."""
    house.engine.discover(WORKSPACE)
    return {"discover_seconds": timed(work(house.engine)["discover"])}


def _encode(
    task: Task, words: Sequence[str], peers: Mapping[str, Callable[[Sequence[str]], Any]]
) -> dict[str, dict[str, float]]:
    """Texts per second by encoder and kind of texts: those of the folder, and its words at three lengths."""
    texts = [embedded_words(text) for text in draw(words, SLICES * _SLICE, task.seed)]
    kinds = {"encode": [texts[start : start + _SLICE] for start in range(0, len(texts), _SLICE)]}
    kinds |= {f"encode_{kind}": slices for kind, slices in _at_lengths(texts, task.seed).items()}
    encoders = {"product": task.embedder.embed, **peers}
    rates: dict[str, dict[str, float]] = {name: {} for name in encoders}
    for kind, slices in kinds.items():
        for name, rate in _in_turn(encoders, slices).items():
            rates[name][kind] = rate
    return rates


def _at_lengths(texts: Sequence[str], seed: int) -> dict[str, list[list[str]]]:
    """Slices of short, medium and long texts and of all three, cut from the words of the folder in their order."""
    stream, random = cycle(" ".join(texts).split() or ["nothing"]), Random(seed)  # noqa: S311 - no secret

    def cut(kind: str) -> str:
        usual = _MIXED[kind]
        return " ".join(islice(stream, random.randint(usual * 3 // 4, usual * 5 // 4)))

    kinds = {kind: [[cut(kind) for _ in range(_EACH)] for _ in range(_TURNS)] for kind in _MIXED}
    mixed = [
        [text for three in zip(*cuts, strict=True) for text in three] for cuts in zip(*kinds.values(), strict=True)
    ]
    return {**kinds, "mixed": mixed}


def _in_turn(
    encoders: Mapping[str, Callable[[Sequence[str]], Any]], slices: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Texts per second, the median over slices; the order of the encoders turns from slice to slice."""
    turn, rates = list(encoders.items()), {name: list[float]() for name in encoders}
    for _, encode in turn:
        encode(slices[0][:2])
    for piece in slices:
        for name, encode in turn:
            began = time.perf_counter()
            encode(piece)
            rates[name].append(len(piece) / (time.perf_counter() - began))
        turn = turn[1:] + turn[:1]
    return {name: median(found) for name, found in rates.items()}


def _rate_figures(rates: Mapping[str, float]) -> dict[str, Figure]:
    return {f"{kind}_texts_per_second": timed(rate, better="higher") for kind, rate in rates.items()}


SUITE = Suite(
    "speed",
    "any folder",
    "rates of ingest, embed, index and encode (short, medium, long and mixed texts, too; as multiples of a peer's), "
    "search and ask p50_ms and p95_ms, discover_seconds, seconds.*, peak_mb",
    run,
)
