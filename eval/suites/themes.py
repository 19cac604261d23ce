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
from eval.peers import chosen
from eval.results import Case, Figure, PeerResult, SuiteResult, sampled, timed
from eval.running import House, RememberingEmbedder, Suite, Task, open_house, seconds_figures, work
from synth.embedding import Embedder, embedded_words
from synth.engine import WORKSPACE
from synth.errors import BadInput

TOP_WORDS = 10  # of a theme, for coherence and diversity
WORST = 12
_EXAMPLES = 3
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
        texts, again = _texts(house), _shuffled(house, collection, task.seed)
        grouped, cases = _group(house, labels), _cases(house, labels)
    task.say("themes: once more, in another order")
    figures["seed_ami"] = _seed_agreement(task, embedder, grouped, again)
    peers = _run_peers(task, embedder, labels, texts)
    return SuiteResult(
        suite="themes",
        data=collection.name,
        sha256=collection.sha256,
        rows=len(labels),
        figures=figures,
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
    words = [_single_words(theme["key_phrases"]) for theme in found["themes"]]
    documents = [set(_WORD.findall(text.casefold())) for text in _texts(house).values()]
    stages = (found["run"] or {}).get("figures", {}).get("seconds", {})
    return figures | {
        "npmi": sampled(_numbered(metrics.npmi(words, documents)), seed=task.seed),
        "diversity": Figure(metrics.diversity(words), "fact", "higher", n=len(words)),
        **seconds_figures(seconds),
        **{f"seconds.discovery.{stage}": timed(spent) for stage, spent in stages.items()},
        "excerpts_per_second": timed(found["excerpts"] / max(1e-9, sum(seconds.values())), better="higher"),
        "peak_mb": timed(house.peak_mb),
    }


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
    rows = house.documents()
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


def _run_peers(task: Task, embedder: Embedder, labels: Mapping[str, str], texts: Mapping[str, str]) -> list[PeerResult]:
    ready, results = chosen(task.peers, "themes")
    if not ready:
        return results
    ids = [key for key in sorted(labels) if key in texts]
    words = [embedded_words(texts[key]) for key in ids]
    vectors = embedder.embed(words)
    truth = [labels[key] for key in ids]
    for peer in ready:
        task.say(f"themes: {peer.name}")
        start = time.perf_counter()
        groups = peer.load()(words, vectors, len(set(truth)), task.seed)
        spent = time.perf_counter() - start
        found = compare_groups(truth, [NOISE if group < 0 else str(group) for group in groups], seed=task.seed)
        results.append(PeerResult(peer.name, {**found, "seconds.discovery.total": timed(spent)}))
    return results


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
    "ami, ami_assigned, ari, v_measure, themes, labels, unassigned_share, seed_ami, npmi, diversity, seconds.*, "
    "excerpts_per_second, peak_mb",
    run,
)
