"""An imported taxonomy: themes that a person brings along, and the excerpts that belong to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlalchemy.orm import Session

from synth.embedding import embedded_words
from synth.errors import Conflict
from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import asked_by_interviewers
from synth.store.rows import next_numbers
from synth.themes.curating.members import refresh_quotes
from synth.themes.curating.moving import Cause, place_anew
from synth.themes.curating.naming import check_name
from synth.themes.curating.plans import Outcome, Plan, by_number, check_excerpts
from synth.themes.curating.seeding import fit_seeds
from synth.themes.curating.standing import read_standing
from synth.themes.curating.wanted import Create, Seed
from synth.themes.finding.placement import PlacementModel, place
from synth.themes.placing import load_prototypes


@dataclass(frozen=True, slots=True)
class Landing:
    """Which excerpts go to which of the new themes (by its place in the list), and how surely."""

    seed_of: dict[str, int]
    confidence: dict[str, float]


def plan_create(session: Session, parts: Parts, workspace: str, wanted: Create) -> Plan:
    """The themes are made, and take what is nearer to them than to any other theme; people's own placements stay."""
    seeds = [_checked(session, workspace, seed) for seed in wanted.seeds]
    names = [seed.name.casefold() for seed in seeds]
    twice = next((seed.name for seed in seeds if names.count(seed.name.casefold()) > 1), None)
    if twice is not None:
        raise Conflict(f"“{twice}” is there twice; give each theme a name of its own.")
    stored = parts.vectors.matrix(workspace).vectors
    model = fit_seeds([_embed(parts, seed) for seed in seeds], stored)
    landing = _land(session, parts, workspace, model)
    losing = _losing(session, workspace, landing)

    def carry_out(cause: Cause) -> Outcome:
        ids = [f"T{number}" for number in next_numbers(session, workspace, "theme", len(seeds))]
        session.execute(insert(tables.Theme), _rows(parts, cause, ids, seeds, model))
        placed = {excerpt: ids[seed] for excerpt, seed in landing.seed_of.items()}
        place_anew(session, cause, placed, landing.confidence)
        refresh_quotes(session, parts, workspace, [*ids, *losing])
        described = tuple(id for id, seed in zip(ids, seeds, strict=True) if seed.definition)
        return Outcome(tuple(ids), dict.fromkeys(ids), described, tuple((id, "born", ()) for id in ids))

    asked = {"names": [seed.name for seed in seeds]}
    return Plan("create", "", losing, asked, carry_out)


def _checked(session: Session, workspace: str, seed: Seed) -> Seed:
    return Seed(check_name(session, workspace, seed.name), seed.definition, seed.examples)


def _embed(parts: Parts, seed: Seed) -> NDArray[np.float32]:
    texts = [text for text in (seed.name, seed.definition, *seed.examples) if text]
    return parts.embedder.embed([embedded_words(text) for text in texts])


def _land(session: Session, parts: Parts, workspace: str, model: PlacementModel) -> Landing:
    """Where stored excerpts go when the new themes stand beside the old ones."""
    matrix = parts.vectors.matrix(workspace)
    standing = read_standing(session, workspace)
    fixed = standing.off | standing.placed.keys() | asked_by_interviewers(session, workspace)
    old = load_prototypes(session, parts, workspace)
    count = len(model.thresholds)
    beside = model if old is None else _join(model, old.model)
    placement = place(matrix.vectors, beside)
    rows = np.flatnonzero((placement.labels >= 0) & (placement.labels < count))
    landed = {str(matrix.ids[row]): row for row in rows if str(matrix.ids[row]) not in fixed}
    return Landing(
        {excerpt: int(placement.labels[row]) for excerpt, row in landed.items()},
        {excerpt: round(float(placement.confidence[row]), 4) for excerpt, row in landed.items()},
    )


def _join(first: PlacementModel, second: PlacementModel) -> PlacementModel:
    return PlacementModel(
        np.concatenate([first.centroids, second.centroids]), np.concatenate([first.thresholds, second.thresholds])
    )


def _losing(session: Session, workspace: str, landing: Landing) -> tuple[str, ...]:
    """The themes the excerpts come from."""
    on = check_excerpts(session, workspace, sorted(landing.seed_of))
    return tuple(by_number(theme for theme in on.values() if theme))


def _rows(
    parts: Parts, cause: Cause, ids: Sequence[str], seeds: Sequence[Seed], model: PlacementModel
) -> list[dict[str, object]]:
    return [
        {
            "workspace_id": cause.workspace,
            "id": id,
            "name": seed.name,
            "name_origin": "human",
            "definition": seed.definition,
            "key_phrases": [],
            "exemplars": [],
            "edge": [],
            "state": "active",
            "pinned": False,
            "centroid": model.centroids[number].astype("<f4").tobytes(),
            "threshold": float(model.thresholds[number]),
            "embedder": parts.embedder.version,
            "born_run_id": cause.decision,
            "created_at": cause.now,
        }
        for number, (id, seed) in enumerate(zip(ids, seeds, strict=True))
    ]
