"""Questions with known relevant documents: by words, by meaning and as the product searches, side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from eval import metrics
from eval.folders import Query, draw, open_corpus, open_queries
from eval.peers import chosen
from eval.results import Case, Figure, PeerResult, SuiteResult, latencies, sampled
from eval.running import House, Suite, Task, clock, open_house
from synth.answers.retrieval import nearest
from synth.embedding import embedded_words
from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.model import Condition, Filters
from synth.store.fulltext import search_words

K = 10
MOST = 200  # excerpts one search of the product returns
WORST = 25
PRODUCT = "hybrid"
_SHOWN = 700  # characters of a text
_MEASURES: Mapping[str, Callable[[Sequence[str], Mapping[str, float], int], float]] = {
    f"ndcg@{K}": metrics.ndcg,
    f"recall@{K}": metrics.recall,
    f"mrr@{K}": metrics.reciprocal_rank,
}
Ranker = Callable[[Query], list[str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is searched in: documents, the excerpts they were cut into, and what belongs to an item."""

    house: House
    texts: Mapping[str, str]  # by external id
    document_of: Mapping[str, str]  # excerpt id to external id
    items: Mapping[str, frozenset[str]]  # item to external ids
    excerpts: Mapping[str, Collection[str]]  # item to excerpt ids


@dataclass(slots=True)
class Ranked:
    """What one way of searching found for each query, and how long each took."""

    found: dict[str, list[str]] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)


def run(task: Task) -> SuiteResult:
    """Search for every query that has something to find and more than one document to find it among."""
    queries = [query for query in open_queries(task.folder) if any(grade > 0 for grade in query.grades.values())]
    queries = draw(_with_choice(task, queries), task.limit, task.seed)
    if not queries:
        raise BadInput(f"{task.folder.name} has no query with a positive grade and documents to choose from.")
    collection = open_corpus(task.folder, items=_needed_items(task, queries))
    ready, peers = chosen(task.peers, "retrieval")
    with open_house(task, collection, keep=True) as house:
        shelf = _shelve(house, collection.truth)
        rankers: dict[str, Ranker] = {side: _side(shelf, side) for side in ("lexical", "vector", PRODUCT)}
        rankers |= {peer.name: _peer(peer.load(), shelf, task) for peer in ready}
        ranked = _interleave(rankers, queries)
        reused = house.reused
    scored = {name: _score(ranked[name], queries, task.seed) for name in rankers}
    return SuiteResult(
        suite="retrieval",
        data=task.folder.name,
        sha256=collection.sha256,
        rows=len(collection.truth),
        figures=_figures(scored),
        parameters={**task.parameters(), "queries": len(queries), "home_reused": reused},
        peers=[*(PeerResult(peer.name, scored[peer.name]) for peer in ready), *peers],
        cases=_cases(ranked[PRODUCT], queries, shelf),
        notes=("Queries whose item has a single document are left out: there is nothing to rank.",),
    )


def _with_choice(task: Task, queries: Sequence[Query]) -> list[Query]:
    """The queries without an item, and those whose item has at least two documents."""
    truth = open_corpus(task.folder).truth
    sizes = Counter(fields.get("item") for fields in truth.values())
    return [query for query in queries if query.item is None or sizes[query.item] > 1]


def _needed_items(task: Task, queries: Sequence[Query]) -> set[str] | None:
    """On a sample, only the documents of its items are taken in; None for all of them."""
    items = {query.item for query in queries}
    if task.limit is None or None in items:
        return None
    return {item for item in items if item is not None}


def _shelve(house: House, truth: Mapping[str, Mapping[str, object]]) -> Shelf:
    texts = {row["external_id"]: row["text"] for row in house.rows("documents") if row["external_id"]}
    document_of = {row["excerpt_id"]: row["external_id"] for row in house.rows("excerpts") if row["external_id"]}
    items: dict[str, set[str]] = defaultdict(set)
    excerpts: dict[str, list[str]] = defaultdict(list)
    for key in texts:
        items[str(truth.get(key, {}).get("item"))].add(key)
    for excerpt, key in document_of.items():
        excerpts[str(truth.get(key, {}).get("item"))].append(excerpt)
    return Shelf(house, texts, document_of, {item: frozenset(ids) for item, ids in items.items()}, excerpts)


def _side(shelf: Shelf, side: str) -> Ranker:
    searches = {"lexical": _by_words, "vector": _by_meaning, PRODUCT: _by_product}
    search = searches[side]
    return lambda query: list(dict.fromkeys(shelf.document_of[key] for key in search(shelf, query)))


def _by_words(shelf: Shelf, query: Query) -> list[str]:
    within = None if query.item is None else set(shelf.excerpts[query.item])
    limit = MOST if within is None else len(shelf.document_of)
    with shelf.house.engine.parts.database.read() as session:
        found = search_words(session, WORKSPACE, query.text, limit)
    return [key for key, _ in found if within is None or key in within]


def _by_meaning(shelf: Shelf, query: Query) -> list[str]:
    parts = shelf.house.engine.parts
    vector = parts.embedder.embed([embedded_words(query.text)])[0]
    within = None if query.item is None else shelf.excerpts[query.item]
    return [key for key, _ in nearest(parts, WORKSPACE, vector, MOST, within=within)]


def _by_product(shelf: Shelf, query: Query) -> list[str]:
    where = () if query.item is None else (Condition("item", query.item),)
    found = shelf.house.engine.search(WORKSPACE, query.text, Filters(where=where), limit=MOST)
    return [row["excerpt_id"] for row in found["results"]]


def _peer(make: Callable[..., object], shelf: Shelf, task: Task) -> Ranker:
    ids = sorted(shelf.texts)
    maker: object = make(ids, [shelf.texts[key] for key in ids], task.embedder)

    def rank(query: Query) -> list[str]:
        within = None if query.item is None else shelf.items[query.item]
        found: list[str] = maker.rank(query.text, within, K)  # type: ignore[attr-defined]
        return found

    return rank


def _interleave(rankers: Mapping[str, Ranker], queries: Sequence[Query]) -> dict[str, Ranked]:
    """Every way in turn for each query, so that what else the machine does falls on all alike."""
    ranked = {name: Ranked() for name in rankers}
    for rank in rankers.values():
        rank(queries[0])
    for query in queries:
        for name, rank in rankers.items():
            found, milliseconds = clock(lambda rank=rank, query=query: rank(query))  # type: ignore[misc]
            ranked[name].found[query.id] = found
            ranked[name].milliseconds.append(milliseconds)
    return ranked


def _score(ranked: Ranked, queries: Sequence[Query], seed: int) -> dict[str, Figure]:
    figures = {
        name: sampled({query.id: measure(ranked.found[query.id], query.grades, K) for query in queries}, seed=seed)
        for name, measure in _MEASURES.items()
    }
    return figures | latencies(ranked.milliseconds)


def _figures(scored: Mapping[str, Mapping[str, Figure]]) -> dict[str, Figure]:
    """The product's own under their plain names; each side's under its own."""
    figures = dict(scored[PRODUCT])
    for side in ("lexical", "vector"):
        figures |= {f"{side}.{name}": scored[side][name] for name in _MEASURES}
    return figures


def _cases(ranked: Ranked, queries: Sequence[Query], shelf: Shelf) -> list[Case]:
    """The queries that found the least, with what was wanted and what came first."""
    scores = {query.id: metrics.ndcg(ranked.found[query.id], query.grades, K) for query in queries}
    worst = sorted(queries, key=lambda query: (scores[query.id], query.id))[:WORST]
    return [_case(query, scores[query.id], ranked.found[query.id], shelf) for query in worst]


def _case(query: Query, score: float, found: Sequence[str], shelf: Shelf) -> Case:
    wanted = [key for key, grade in query.grades.items() if grade > 0]
    places = {key: place for place, key in enumerate(found, start=1)}
    texts = [
        (f"wanted, found at {places.get(key, 'no place')}", shelf.texts.get(key, "")[:_SHOWN]) for key in wanted[:2]
    ]
    texts += [(f"found at {places[key]}", shelf.texts[key][:_SHOWN]) for key in found[:2] if key not in wanted]
    return Case(query.id, score, query.text + (f" (in {query.item})" if query.item else ""), tuple(texts))


SUITE = Suite(
    "retrieval",
    "corpus.jsonl[.gz], queries.jsonl, qrels.tsv; within a query's `item` where it has one",
    f"{', '.join(_MEASURES)} of the product and of each side (lexical.*, vector.*), p50_ms, p95_ms",
    run,
)
