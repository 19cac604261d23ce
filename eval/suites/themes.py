"""Themes against labels the system never saw: does what it groups belong together, is it stable, what does it cost."""

import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval import metrics
from eval.folders import Collection, Upload, as_jsonl, open_collection
from eval.metrics import NOISE
from eval.peers import Peer, chosen
from eval.peers.clustering import Groups, Rows
from eval.results import Case, Figure, PeerResult, SuiteResult, sampled, timed
from eval.running import House, RememberingEmbedder, Suite, Task, as_items, open_house, seconds_figures, work
from synth.embedding import Embedder, embedded_words
from synth.engine import WORKSPACE
from synth.errors import BadInput

TOP_WORDS = 10  # of a theme, for coherence and diversity
WORST = 12
ROUNDS = 2  # of discovery and its peers in turn: the first with what compiles on first use, the second without
_EXAMPLES = 3
Timing = Mapping[str, Figure]
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows with a label and the theme each document was put on, in the same order."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    themes: tuple[str, ...]


def run(task: Task) -> SuiteResult:
    """Ingest without the labels, discover, compare; then once more with other ids in another order."""
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    labels = _labels(collection)
    embedder = RememberingEmbedder(task.embedder)
    with open_house(task, collection, embedder=embedder) as house:
        seconds = {**house.seconds, **_discover(house)}
        figures = _measure(house, labels, seconds, task)
        again = _shuffled(house, collection, task.seed)
        grouped, cases = _group(house, labels), _cases(house, labels)
        timing, peers = _race(house, task, embedder, labels)
    task.say("themes: once more, in another order")
    figures["seed_ami"] = _seed_agreement(task, embedder, grouped, again)
    return SuiteResult(
        suite="themes",
        data=collection.name,
        sha256=collection.sha256,
        rows=len(labels),
        figures={**figures, **timing},
        parameters=task.parameters(),
        peers=peers,
        cases=cases,
    )


def compare_groups(labels: Sequence[str], themes: Sequence[str], *, seed: int) -> dict[str, Figure]:
    """The agreement of found groups with true ones; NOISE is one group, and left out of `ami_assigned`."""
    figures = {
        name: _agreement(measure, labels, themes, seed)
        for name, measure in (("ami", metrics.ami), ("ari", metrics.ari), ("v_measure", metrics.v_measure))
    }
    assigned = [(label, theme) for label, theme in zip(labels, themes, strict=True) if theme != NOISE]
    figures["ami_assigned"] = _agreement(
        metrics.ami, [pair[0] for pair in assigned], [pair[1] for pair in assigned], seed
    )
    return figures | {
        "themes": Figure(len(set(themes) - {NOISE})),
        "labels": Figure(len(set(labels))),
        "unassigned_share": Figure(1 - len(assigned) / len(themes), "fact", n=len(themes)),
    }


def _agreement(
    measure: Callable[[Sequence[Hashable], Sequence[Hashable]], float],
    labels: Sequence[str],
    themes: Sequence[str],
    seed: int,
) -> Figure:
    if not labels:
        return Figure(None, "sampled", "higher", n=0, note="no document is on a theme")
    low, high = metrics.bootstrap_grouping(measure, labels, themes, seed=seed)
    return Figure(measure(labels, themes), "sampled", "higher", low, high, len(labels))


def _labels(collection: Collection) -> dict[str, str]:
    labels = {key: str(fields["label"]) for key, fields in collection.truth.items() if fields.get("label") is not None}
    if not labels:
        raise BadInput(f"No row of {collection.name} has a `label`; the suite `themes` needs them to compare with.")
    return labels


def _discover(house: House) -> dict[str, float]:
    """Themes come with the import; only a small one has to be asked for."""
    if house.engine.themes(WORKSPACE)["run"] is not None:
        return {}
    house.engine.discover(WORKSPACE)
    return work(house.engine)


def _measure(house: House, labels: Mapping[str, str], seconds: Mapping[str, float], task: Task) -> dict[str, Figure]:
    grouped, found = _group(house, labels), house.engine.themes(WORKSPACE)
    figures = compare_groups(grouped.labels, grouped.themes, seed=task.seed)
    words = [theme["key_phrases"] for theme in found["themes"]]
    documents = [set(_WORD.findall(text.casefold())) for text in _texts(house).values()]
    stages = (found["run"] or {}).get("figures", {}).get("seconds", {})
    return figures | {
        **_word_figures(words, documents, task.seed),
        **_name_figures(house, grouped, task.seed),
        **seconds_figures(seconds),
        **{f"seconds.discovery.{stage}": timed(spent) for stage, spent in stages.items()},
        "excerpts_per_second": timed(found["excerpts"] / max(1e-9, sum(seconds.values())), better="higher"),
        "peak_mb": timed(house.peak_mb),
    }


def _word_figures(themes: Sequence[Sequence[str]], documents: Sequence[set[str]], seed: int) -> dict[str, Figure]:
    """Coherence and diversity of the words that themes are named with; nothing where they are not named."""
    words = [_single_words(phrases) for phrases in themes]
    if not words:
        return {}
    return {
        "npmi": sampled(_numbered(metrics.npmi(words, documents)), seed=seed),
        "diversity": Figure(metrics.diversity(words), "fact", "higher", n=len(words)),
    }


def _name_figures(house: House, grouped: Grouped, seed: int) -> dict[str, Figure]:
    """How often a theme's name alone, embedded, finds the label most of its documents carry, among all labels."""
    names = {theme["id"]: theme["name"] for theme in house.engine.themes(WORKSPACE)["themes"]}
    labels = _labels_by_theme(grouped)
    themes = sorted(labels.keys() & names.keys())
    texts = _texts(house)
    rows = [(key, label) for key, label in zip(grouped.ids, grouped.labels, strict=True) if key in texts]
    if not themes or not rows:
        return {}
    embed = house.engine.parts.embedder.embed
    vectors = embed([embedded_words(texts[key]) for key, _ in rows])
    majority = [labels[theme].most_common(1)[0][0] for theme in themes]
    found = metrics.find_by_name(
        embed([names[theme] for theme in themes]), majority, vectors, [label for _, label in rows]
    )
    return {"name_top1": sampled(_numbered(found), seed=seed)}


def _labels_by_theme(grouped: Grouped) -> dict[str, Counter[str]]:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for label, theme in zip(grouped.labels, grouped.themes, strict=True):
        labels[theme][label] += 1
    return labels


def _numbered(scores: Sequence[float]) -> dict[str, float]:
    return {str(place): score for place, score in enumerate(scores)}


def _single_words(phrases: Sequence[str]) -> list[str]:
    words = (word for phrase in phrases for word in _WORD.findall(phrase.casefold()) if len(word) > 1)
    return list(dict.fromkeys(words))[:TOP_WORDS]


def _group(house: House, labels: Mapping[str, str]) -> Grouped:
    """Each labelled document with the theme of its most confident excerpt; without one, or refused, it is noise."""
    best: dict[str, tuple[float, str]] = {}
    for row in house.rows("excerpts"):
        if row["theme_id"] and (row["confidence"] or 0.0) > best.get(row["external_id"], (-1.0, ""))[0]:
            best[row["external_id"]] = (row["confidence"] or 0.0, row["theme_id"])
    ids = tuple(sorted(labels))
    return Grouped(ids, tuple(labels[key] for key in ids), tuple(best.get(key, (0.0, NOISE))[1] for key in ids))


def _texts(house: House) -> dict[str, str]:
    return {row["external_id"]: row["text"] for row in house.rows("documents") if row["external_id"]}


def _shuffled(house: House, collection: Collection, seed: int) -> Collection:
    """The same documents under other ids in another order: the ids decide in which order the product sees them."""
    rows = as_items(house.engine)
    order = list(range(len(rows)))
    random.Random(seed + 1).shuffle(order)  # noqa: S311 - a sample, not a secret
    renamed = [{**rows[place], "id": f"s{number:07d}"} for number, place in enumerate(order)]
    truth = {new["id"]: {"id": rows[place]["id"]} for new, place in zip(renamed, order, strict=True)}
    return replace(collection, uploads=(Upload("items.jsonl", as_jsonl(renamed)),), truth=truth)


def _seed_agreement(task: Task, embedder: Embedder, first: Grouped, again: Collection) -> Figure:
    with open_house(task, again, embedder=embedder) as house:
        _discover(house)
        original = {new: str(fields["id"]) for new, fields in again.truth.items()}
        second = _group(house, dict.fromkeys(original, ""))
    themes = {original[key]: theme for key, theme in zip(second.ids, second.themes, strict=True)}
    return _agreement(metrics.ami, first.themes, [themes.get(key, NOISE) for key in first.ids], task.seed)


def _race(house: House, task: Task, embedder: Embedder, labels: Mapping[str, str]) -> tuple[Timing, list[PeerResult]]:
    """Discovery and its peers in turn, over the same vectors, ROUNDS times: the first as it comes, the last warm."""
    ready, results = chosen(task.peers, "themes")
    if not ready:
        return {}, results
    grouped, texts = _group(house, labels), _texts(house)
    kept = [place for place, key in enumerate(grouped.ids) if key in texts]
    words = [embedded_words(texts[grouped.ids[place]]) for place in kept]
    truth, themes = [grouped.labels[place] for place in kept], [grouped.themes[place] for place in kept]
    rows = Rows(words, embedder.embed(words), _as_numbers(themes), len(set(truth)), task.seed)
    runs: dict[str, list[tuple[Groups, float] | str]] = {peer.name: [] for peer in ready}
    own: list[float] = []
    for number in range(1, ROUNDS + 1):
        task.say(f"themes: round {number} of {ROUNDS} with {', '.join(runs)}")
        own.append(_discover_again(house))
        for peer in ready:
            runs[peer.name].append(_try(peer, rows))
    return _timing(own), [*(_peer_result(name, tries, rows, truth) for name, tries in runs.items()), *results]


def _discover_again(house: House) -> float:
    """The seconds of one discovery over everything, names included, as its run records them."""
    house.engine.discover(WORKSPACE)
    work(house.engine)
    return float(house.engine.themes(WORKSPACE)["run"]["figures"]["seconds"]["total"])


def _try(peer: Peer, rows: Rows) -> tuple[Groups, float] | str:
    """What a peer found and the seconds it took; or what it failed with, which is not measured and not beaten."""
    start = time.perf_counter()
    try:
        return peer.load()(rows), time.perf_counter() - start
    except Exception as error:  # noqa: BLE001 - it is another project's code
        return f"not run: it failed with {type(error).__name__}: {error}"


def _peer_result(
    name: str, tries: Sequence[tuple[Groups, float] | str], rows: Rows, truth: Sequence[str]
) -> PeerResult:
    failed = next((each for each in tries if isinstance(each, str)), None)
    if failed is not None:
        return PeerResult(name, not_run=failed)
    done = [each for each in tries if not isinstance(each, str)]
    found = done[-1][0]
    documents = [set(_WORD.findall(text.casefold())) for text in rows.texts]
    if not found.groups:
        return PeerResult(name, _word_figures(found.words, documents, rows.seed))
    figures = compare_groups(truth, [NOISE if n < 0 else str(n) for n in found.groups], seed=rows.seed)
    return PeerResult(
        name, {**figures, **_word_figures(found.words, documents, rows.seed), **_timing([s for _, s in done])}
    )


def _timing(seconds: Sequence[float]) -> Timing:
    first = timed(seconds[0], note="with whatever is imported and compiled on first use")
    return {"seconds.discovery.first": first, "seconds.discovery.warm": timed(seconds[-1])}


def _as_numbers(themes: Sequence[str]) -> list[int]:
    numbers = {theme: number for number, theme in enumerate(sorted(set(themes) - {NOISE}))}
    return [numbers.get(theme, -1) for theme in themes]


def _cases(house: House, labels: Mapping[str, str]) -> list[Case]:
    """The themes that mix most: how many of their documents do not carry the label most of them carry."""
    grouped, texts = _group(house, labels), _texts(house)
    names = {theme["id"]: theme["name"] for theme in house.engine.themes(WORKSPACE)["themes"]}
    members: dict[str, list[str]] = defaultdict(list)
    for key, theme in zip(grouped.ids, grouped.themes, strict=True):
        members[theme].append(key)
    ranked = sorted(members, key=lambda theme: (-_strangers(members[theme], labels), theme))
    return [_case(theme, names.get(theme, "on no theme"), members[theme], labels, texts) for theme in ranked[:WORST]]


def _strangers(ids: Sequence[str], labels: Mapping[str, str]) -> int:
    return len(ids) - Counter(labels[key] for key in ids).most_common(1)[0][1]


def _case(theme: str, name: str, ids: Sequence[str], labels: Mapping[str, str], texts: Mapping[str, str]) -> Case:
    seen = Counter(labels[key] for key in ids).most_common(3)
    shares = ", ".join(f"{label} {number}" for label, number in seen)
    examples = [
        (label, texts.get(key, "(refused)"))
        for label, _ in seen
        for key in [key for key in ids if labels[key] == label][:_EXAMPLES]
    ]
    purity = seen[0][1] / len(ids)
    return Case(theme or "noise", purity, f"{theme} “{name}”, {len(ids)} documents: {shares}", tuple(examples))


SUITE = Suite(
    "themes",
    "items.jsonl[.gz] with label (hidden from the system), or exported files with expected.json",
    "ami, ami_assigned, ari, v_measure, themes, labels, unassigned_share, seed_ami, npmi, diversity, name_top1, "
    "seconds.* (with a peer: seconds.discovery.first and .warm), excerpts_per_second, peak_mb",
    run,
)
