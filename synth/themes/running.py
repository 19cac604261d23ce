"""A run: discovery over the stored vectors, held against the themes there are. It proposes; `publishing` writes."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.parts import Parts
from synth.themes.curating.holding import Part, hold
from synth.themes.curating.standing import Standing, read_standing
from synth.themes.describing import describe, is_outdated
from synth.themes.finding import carrying
from synth.themes.finding.carrying import Birth, carry
from synth.themes.finding.discovery import discover
from synth.themes.finding.matching import Event, Match, match, measure_stability, pair_as, trace
from synth.themes.finding.placement import PlacementModel, fit_placement, measure_strength
from synth.themes.joining import with_merges
from synth.themes.proposal import Cluster, Proposal, Scope
from synth.themes.settled import Settled, load_settled
from synth.themes.soil import Soil, load_soil

SEED = 0
_RECORDED = ("hdbscan", "scikit-learn", "numpy", "scipy")
Members = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Clusters over the rows of a soil: row numbers and confidences of each, largest first."""

    groups: Sequence[tuple[list[int], list[float]]]
    parameters: Mapping[str, Any]
    seconds: Mapping[str, float]

    def labels(self, rows: int) -> NDArray[np.int64]:
        """The cluster of each row, or -1."""
        labels = np.full(rows, -1, np.int64)
        for number, (members, _) in enumerate(self.groups):
            labels[members] = number
        return labels


@dataclass(frozen=True, slots=True)
class Grouping:
    """The themes as a run would have them: a number for each row, -1 for those on none."""

    labels: NDArray[np.int64]
    strength: NDArray[np.float32]  # 0..1, how surely a row belongs where it is
    themes: Mapping[str, int]  # the themes that are carried on, by id
    placement: PlacementModel

    def rows(self, number: int) -> list[int]:
        """The rows of one group."""
        return [int(row) for row in np.flatnonzero(self.labels == number)]


def propose(parts: Parts, workspace: str, scope: Scope) -> Proposal | None:
    """Find what there is to say about the themes; None when nothing forms a theme. Writes nothing."""
    started, clock = parts.now(), time.perf_counter()
    with parts.database.read() as session:
        standing = read_standing(session, workspace)
        soil = load_soil(session, parts, workspace, unassigned=scope == "unassigned").without(standing.off)
        settled = load_settled(session, workspace, soil.ids, standing)
    found = _hold(_discover(soil), soil, settled, standing.held)
    carried_on = scope == "all" and bool(settled.themes)
    if not found.groups and not carried_on:
        return None
    discovered = time.perf_counter()
    proposal = (
        _carry_on(parts, scope, soil, settled, found, started, standing)
        if carried_on
        else _take_over(parts, scope, soil, settled, found, started)
    )
    ended = time.perf_counter()
    seconds = {**found.seconds, "naming": round(ended - discovered, 3), "total": round(ended - clock, 3)}
    return replace(proposal, figures={**proposal.figures, "seconds": seconds})


def _take_over(parts: Parts, scope: Scope, soil: Soil, settled: Settled, found: Found, started: datetime) -> Proposal:
    """The clusters as they were found; where everything was looked at anew, they carry on the themes they share."""
    labels = found.labels(len(soil.ids))
    strength = np.zeros(len(soil.ids), np.float32)
    for members, confidence in found.groups:
        strength[members] = confidence
    grouping = Grouping(labels, strength, {}, fit_placement(soil.vectors, labels))
    clusters = _clusters(parts, soil, grouping, set(range(len(found.groups))))
    old = settled.members(soil.ids) if scope == "anew" else {}
    matches = match(old, _members(clusters))
    return _propose(parts, scope, soil, found, clusters, old, matches, started)


def _carry_on(
    parts: Parts,
    scope: Scope,
    soil: Soil,
    settled: Settled,
    found: Found,
    started: datetime,
    standing: Standing,
) -> Proposal:
    """The themes there are with what is new in them, and the births that the evidence is clear for."""
    count = len(settled.themes)
    clusters_of_rows = found.labels(len(soil.ids))
    carried = carry(
        soil.vectors,
        settled.settled,
        clusters_of_rows,
        themes=count,
        fixed=settled.fixed,
        untouched=settled.touched,
    )
    labels = np.where(carried.labels < 0, settled.placed, carried.labels)
    placement = fit_placement(soil.vectors, labels)
    grouping = Grouping(
        labels=labels,
        strength=measure_strength(soil.vectors, labels, placement),
        themes={theme.id: n for n, theme in enumerate(settled.themes) if (labels == n).any()},
        placement=placement,
    )
    born = set(range(count, count + len(carried.born)))
    clusters = _clusters(parts, soil, grouping, born | _outdated(soil, settled, grouping))
    old = settled.members(soil.ids)
    matches = pair_as(old, _members(clusters), grouping.themes)
    proposal = _propose(parts, scope, soil, found, clusters, old, matches, started)
    waiting = _leave_waiting(parts, soil, settled, grouping, carried.waiting, proposal)
    return replace(proposal, waiting=with_merges(waiting, proposal, soil, settled, labels, standing))


def _discover(soil: Soil) -> Found:
    """One discovery per language."""
    groups: list[tuple[list[int], list[float]]] = []
    parameters: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    for rows in soil.by_language():
        part = soil.take(rows)
        clustering = discover(part.vectors, texts=part.texts, voices=part.voices, seed=SEED)
        parameters |= clustering.parameters
        for stage, spent in clustering.seconds.items():
            seconds[stage] = round(seconds.get(stage, 0.0) + spent, 3)
        for label in range(int(clustering.labels.max(initial=-1)) + 1):
            places = np.flatnonzero(clustering.labels == label)
            confidence = [float(clustering.strength[place]) for place in places]
            groups.append(([rows[place] for place in places], confidence))
    return Found(sorted(groups, key=lambda group: -len(group[0])), parameters, seconds)


def _hold(found: Found, soil: Soil, settled: Settled, held: Collection[str]) -> Found:
    """The clusters as people's decisions leave them: the members of a theme they shaped stay together and apart."""
    on = np.where(settled.settled < 0, settled.placed, settled.settled)
    kept = {
        theme.id: [int(row) for row in np.flatnonzero(on == number)]
        for number, theme in enumerate(settled.themes)
        if theme.id in held
    }
    if not any(kept.values()):
        return found
    clusters = [Part(tuple(rows), tuple(confidence)) for rows, confidence in found.groups]
    parts = hold(clusters, {theme: dict.fromkeys(rows, 1.0) for theme, rows in kept.items()}, soil.vectors, soil.voices)
    return replace(found, groups=[(list(part.rows), list(part.confidence)) for part in parts])


def _outdated(soil: Soil, settled: Settled, grouping: Grouping) -> set[int]:
    """The themes whose description no longer fits what they hold."""
    row_of = {id: row for row, id in enumerate(soil.ids)}
    return {
        number
        for number in grouping.themes.values()
        if is_outdated(
            settled.themes[number].exemplars,
            soil.vectors,
            row_of,
            grouping.rows(number),
            grouping.placement.centroids[number],
        )
    }


def _clusters(parts: Parts, soil: Soil, grouping: Grouping, described: set[int]) -> list[Cluster]:
    numbers = [int(number) for number in np.unique(grouping.labels[grouping.labels >= 0])]
    rows = {number: grouping.rows(number) for number in numbers}
    confidence = {n: [round(float(grouping.strength[row]), 4) for row in rows[n]] for n in numbers}
    namings = describe(
        parts,
        soil,
        {n: (rows[n], confidence[n]) for n in numbers},
        grouping.placement.centroids,
        background=[int(row) for row in np.flatnonzero(grouping.labels < 0)],
        wanted=described & set(numbers),
    )
    return [
        Cluster(
            number=number,
            members=tuple(soil.ids[row] for row in rows[number]),
            confidence=tuple(confidence[number]),
            centroid=grouping.placement.centroids[number],
            threshold=float(grouping.placement.thresholds[number]),
            naming=namings.get(number),
        )
        for number in numbers
    ]


def _members(clusters: Sequence[Cluster]) -> dict[int, set[str]]:
    return {cluster.number: set(cluster.members) for cluster in clusters}


def _propose(
    parts: Parts,
    scope: Scope,
    soil: Soil,
    found: Found,
    clusters: Sequence[Cluster],
    old: Members,
    matches: Sequence[Match[str]],
    started: datetime,
) -> Proposal:
    new = _members(clusters)
    return Proposal(
        scope=scope,
        embedder=parts.embedder.version,
        seen=soil.ids,
        clusters=tuple(clusters),
        matches=tuple(matches),
        events=tuple(trace(old, new, matches)),
        parameters={
            **found.parameters,
            "moved": carrying.MOVED,
            "seed": SEED,
            "versions": {name: version(name) for name in _RECORDED},
        },
        figures={
            "excerpts": len(soil.ids),
            "assigned": sum(len(cluster.members) for cluster in clusters),
            "themes": len(clusters),
            "stability": round(measure_stability(old, new, matches), 4),
            "compared": sum(len(members) for members in old.values()),
        },
        started_at=started,
    )


def _leave_waiting(
    parts: Parts, soil: Soil, settled: Settled, grouping: Grouping, births: Sequence[Birth], proposal: Proposal
) -> Proposal | None:
    """What the births would do that take a piece of a theme a person has shaped; of a pinned theme nothing is said."""
    asked = [birth for birth in births if not any(settled.themes[theme].pinned for theme in birth.parents)]
    if not asked:
        return None
    first = int(grouping.labels.max()) + 1
    labels = grouping.labels.copy()
    for number, birth in enumerate(asked, start=first):
        labels[birth.rows[~settled.fixed[birth.rows]]] = number
    placement = fit_placement(soil.vectors, labels)
    strength = measure_strength(soil.vectors, labels, placement)
    after = Grouping(labels, strength, {}, placement)
    wanted = set(range(first, first + len(asked)))
    clusters = [each for each in _clusters(parts, soil, after, wanted) if each.number in wanted]
    seen = tuple(sorted(id for cluster in clusters for id in cluster.members))
    return replace(
        proposal,
        scope="part",
        seen=seen,
        clusters=tuple(clusters),
        matches=(),
        events=tuple(_split_events(settled, grouping, asked, first)),
        figures={"excerpts": len(seen), "assigned": len(seen), "themes": len(clusters)},
    )


def _split_events(settled: Settled, grouping: Grouping, births: Sequence[Birth], first: int) -> list[Event[str]]:
    """A split of each theme that gives a piece, and the births of the pieces."""
    events: list[Event[str]] = []
    for theme in sorted({theme for birth in births for theme in birth.parents}):
        pieces = [n for n, birth in enumerate(births, start=first) if theme in birth.parents]
        size = int((grouping.labels == theme).sum())
        given = sum(int((grouping.labels[births[n - first].rows] == theme).sum()) for n in pieces)
        events.append(Event("split", settled.themes[theme].id, None, tuple(pieces), given / max(size, 1)))
    for number, birth in enumerate(births, start=first):
        unknown = float((settled.settled[birth.rows] < 0).mean())
        parents = tuple(settled.themes[theme].id for theme in birth.parents)
        events.append(Event("born", None, number, parents, unknown))
    return events
