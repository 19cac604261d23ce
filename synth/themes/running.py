"""A run: discovery over the stored vectors, matched to the themes there are. It proposes; `publishing` writes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.themes.finding.discovery import discover
from synth.themes.finding.matching import Event, Match, match, measure_stability, trace
from synth.themes.finding.placement import fit_placement
from synth.themes.naming.drafting import draft_names
from synth.themes.naming.naming import Group, Naming, name_themes
from synth.themes.reading import active_themes
from synth.themes.soil import Soil, load_soil

Scope = Literal["all", "unassigned"]
SEED = 0
_RECORDED = ("hdbscan", "scikit-learn", "numpy", "scipy")


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster of a run on its way to become a theme: its members, strongest first where it matters."""

    number: int
    members: tuple[str, ...]
    confidence: tuple[float, ...]
    centroid: NDArray[np.float32]
    threshold: float
    area: str | None
    naming: Naming


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a run found and how it relates to the themes before it."""

    scope: Scope
    embedder: str
    clusters: tuple[Cluster, ...]
    matches: tuple[Match[str], ...]
    events: tuple[Event[str], ...]
    parameters: Mapping[str, Any]
    figures: Mapping[str, Any]
    started_at: datetime


def propose(parts: Parts, workspace: str, scope: Scope) -> Proposal | None:
    """Discover over all excerpts, or over those on no theme; None when nothing forms a theme. Writes nothing."""
    started, clock = parts.now(), time.perf_counter()
    with parts.database.read() as session:
        soil = load_soil(session, parts, workspace, unassigned=scope == "unassigned")
        old = _members(session, workspace) if scope == "all" else {}
    found = _discover(soil)
    if not found.groups:
        return None
    discovered = time.perf_counter()
    clusters = _clusters(parts, soil, found)
    new = {cluster.number: set(cluster.members) for cluster in clusters}
    matches = match(old, new)
    seconds = {
        **found.seconds,
        "naming": round(time.perf_counter() - discovered, 3),
        "total": round(time.perf_counter() - clock, 3),
    }
    return Proposal(
        scope=scope,
        embedder=parts.embedder.version,
        clusters=tuple(clusters),
        matches=tuple(matches),
        events=tuple(trace(old, new)),
        parameters={**found.parameters, "seed": SEED, "versions": {name: version(name) for name in _RECORDED}},
        figures={
            "excerpts": len(soil.ids),
            "assigned": sum(len(cluster.members) for cluster in clusters),
            "themes": len(clusters),
            "stability": round(measure_stability(old, new, matches), 4),
            "seconds": seconds,
        },
        started_at=started,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Clusters over the rows of a soil: row numbers, confidences and area of each, largest first."""

    groups: Sequence[tuple[list[int], list[float], str | None]]
    noise: Sequence[int]
    parameters: Mapping[str, Any]
    seconds: Mapping[str, float]


def _discover(soil: Soil) -> Found:
    """One discovery per language; a theme's area is unique across them."""
    groups: list[tuple[list[int], list[float], str | None]] = []
    noise: list[int] = []
    parameters: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    languages = soil.by_language()
    for number, rows in enumerate(languages):
        part = soil.take(rows)
        clustering = discover(part.vectors, texts=part.texts, voices=part.voices, seed=SEED)
        parameters |= clustering.parameters
        for stage, spent in clustering.seconds.items():
            seconds[stage] = round(seconds.get(stage, 0.0) + spent, 3)
        for label in range(int(clustering.labels.max(initial=-1)) + 1):
            places = np.flatnonzero(clustering.labels == label)
            confidence = [round(float(clustering.strength[place]), 4) for place in places]
            area = f"{number}.{clustering.areas[label]}" if label in clustering.areas else None
            groups.append(([rows[place] for place in places], confidence, area))
        noise += [rows[place] for place in np.flatnonzero(clustering.labels < 0)]
    noise += sorted(set(range(len(soil.ids))) - {row for rows in languages for row in rows})
    return Found(sorted(groups, key=lambda group: -len(group[0])), noise, parameters, seconds)


def _clusters(parts: Parts, soil: Soil, found: Found) -> list[Cluster]:
    labels = np.full(len(soil.ids), -1)
    for number, (rows, _, _) in enumerate(found.groups):
        labels[rows] = number
    placement = fit_placement(soil.vectors, labels)
    groups = [
        Group([soil.texts[row] for row in rows], soil.vectors[rows], confidences=confidence)
        for rows, confidence, _ in found.groups
    ]
    background = [soil.texts[row] for row in found.noise]
    namings = name_themes(groups, background=background, embed=parts.embedder.embed)
    namings = draft_names(parts.drafter, groups, namings, wanted=range(len(groups)))
    return [
        Cluster(
            number=number,
            members=tuple(soil.ids[row] for row in rows),
            confidence=tuple(confidence),
            centroid=placement.centroids[number],
            threshold=float(placement.thresholds[number]),
            area=area,
            naming=namings[number],
        )
        for number, (rows, confidence, area) in enumerate(found.groups)
    ]


def _members(session: Session, workspace: str) -> dict[str, set[str]]:
    """The members of every active theme, those a person put there as well; a theme may have lost all of them."""
    members: dict[str, set[str]] = {theme.id: set() for theme in active_themes(session, workspace)}
    query = select(tables.Assignment.theme_id, tables.Assignment.excerpt_id)
    for row in session.execute(query.where(tables.Assignment.workspace_id == workspace)):
        if row.theme_id in members:
            members[row.theme_id].add(row.excerpt_id)
    return members
