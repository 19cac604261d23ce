"""Which documents a question is about: those its filters let through and whose meaning is near enough."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from synth.answers.absence import SURE, few, missing_words
from synth.answers.calibration import NEAR, counting_cut
from synth.answers.lists import split_list
from synth.answers.retrieval import Found, Hit, follow_best, load_hits, search
from synth.model import Filters, Plan
from synth.parts import Parts
from synth.store.excerpts import document_ids
from synth.store.filtering import excerpt_ids, merge

LEAST = 0.30  # where the best match is below this, the store has nothing on the question
PASSAGES = 60  # evidence candidates that are read


@dataclass(frozen=True, slots=True)
class Scope:
    """The set a question counts over, and the evidence found in it."""

    documents: tuple[str, ...] | None  # None: all the filters let through
    hits: tuple[Hit, ...]
    query: NDArray[np.float32] | None
    method: str
    missing: tuple[str, ...] = ()  # what is asked about and the store does not speak of

    @property
    def best(self) -> float:
        """The similarity of the nearest excerpt; 1 for a question about everything."""
        return max((hit.similarity for hit in self.hits), default=0.0) if self.query is not None else 1.0


@dataclass(frozen=True, slots=True)
class _Near:
    """The excerpts that are counted, how many are near at all, and the cosine from which they were counted."""

    counted: list[str]
    near: int
    cut: float


def find_scope(parts: Parts, workspace: str, plan: Plan) -> Scope:
    """The scope of a plan: everything in its filters, or the part of it that is near in meaning."""
    if not plan.about:
        return Scope(None, (), None, "counted")
    within = reach(plan)
    found = [search(parts, workspace, part, within, limit=PASSAGES) for part in split_list(plan.about)]
    hits, query = _interleaved([_ranked(parts, workspace, plan, each) for each in found]), _middle(found)
    near = [_near(parts, workspace, each.query, within) for each in found]
    counted = dict.fromkeys(id for each in near for id in each.counted)
    cuts = " or ".join(dict.fromkeys(f"{each.cut:.2f}" for each in near))
    method = f"near in meaning to “{plan.about}” (cosine ≥ {cuts})"
    with parts.database.read() as session:
        documents = document_ids(session, list(counted))
        missing = _missing(parts, workspace, session, plan.about, hits, sum(each.near for each in near))
    return Scope(documents, hits, query, method, missing)


def reach(plan: Plan) -> Filters:
    """Which feedback a plan is about: within its filters, of what it compares, and of the times it compares."""
    filters = merge(plan.filters, plan.options)
    if not plan.periods:
        return filters
    since = min((each.since for each in plan.periods if each.since), default=None)
    until = max((each.until for each in plan.periods if each.until), default=None)
    return replace(filters, since=since or filters.since, until=until or filters.until)


def _ranked(parts: Parts, workspace: str, plan: Plan, found: Found) -> tuple[Hit, ...]:
    """As evidence; within one conversation they are ranked by what is said around them already."""
    if any(condition.key == "document" for condition in plan.filters.where):
        return found.hits
    return follow_best(parts, workspace, found.hits)


def _interleaved(found: Sequence[tuple[Hit, ...]]) -> tuple[Hit, ...]:
    """The best of each search in turn."""
    if len(found) == 1:
        return found[0]
    rows = zip_longest(*found)
    best = {hit.excerpt_id: hit for row in reversed(list(rows)) for hit in reversed(row) if hit}
    return tuple(reversed(best.values()))


def _middle(found: Sequence[Found]) -> NDArray[np.float32]:
    """The direction between the queries, as a unit vector."""
    total: NDArray[np.float32] = np.sum([each.query for each in found], axis=0, dtype=np.float32)
    return total / max(float(np.linalg.norm(total)), 1e-9)


def _missing(
    parts: Parts, workspace: str, session: Session, about: str, hits: Sequence[Hit], near: int
) -> tuple[str, ...]:
    best = max((hit.similarity for hit in hits), default=0.0)
    if not LEAST <= best < SURE:
        return ()
    read = load_hits(session, workspace, [hit for hit in hits if hit.similarity >= LEAST])
    rare = near < few(len(parts.vectors.matrix(workspace).ids))
    return missing_words(session, workspace, about, [each.text for each in read], best=best, rare=rare)


def _near(parts: Parts, workspace: str, query: NDArray[np.float32], filters: Filters) -> _Near:
    """What lies near the query within the filters. The cut is that of the whole workspace, so that parts add up.

    Where that leaves nothing of what is near, the filters have a cut of their own.
    """
    matrix = parts.vectors.matrix(workspace)
    everywhere = matrix.vectors @ query
    cut = counting_cut(everywhere)
    with parts.database.read() as session:
        close = matrix.ids[everywhere >= NEAR].tolist()
        rows = matrix.rows(excerpt_ids(session, workspace, filters, among=close))
        if not (everywhere[rows] >= cut).any():
            rows = matrix.rows(excerpt_ids(session, workspace, filters))
            cut = counting_cut(everywhere[rows])
    within = everywhere[rows]
    return _Near(matrix.ids[rows[within >= cut]].tolist(), int((within >= NEAR).sum()), cut)
