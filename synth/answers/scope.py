"""Which documents a question is about: those its filters let through and whose meaning is near enough."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.answers.retrieval import Hit, search
from synth.model import Filters, Plan
from synth.parts import Parts
from synth.store.excerpts import asked_by_interviewers, document_ids
from synth.store.filtering import excerpt_ids, is_open

NEAR = 0.40  # cosine from which an excerpt speaks to a question; measured, see docs/decisions
LEAST = 0.30  # where the best match is below this, the store has nothing on the question
PASSAGES = 60  # evidence candidates that are read


@dataclass(frozen=True, slots=True)
class Scope:
    """The set a question counts over, and the evidence found in it."""

    documents: tuple[str, ...] | None  # None: all the filters let through
    hits: tuple[Hit, ...]
    query: NDArray[np.float32] | None
    method: str

    @property
    def best(self) -> float:
        """The similarity of the nearest excerpt; 1 for a question about everything."""
        return max((hit.similarity for hit in self.hits), default=0.0) if self.query is not None else 1.0


def find_scope(parts: Parts, workspace: str, plan: Plan) -> Scope:
    """The scope of a plan: everything in its filters, or the part of it that is near in meaning."""
    if not plan.about:
        return Scope(None, (), None, "counted")
    found = search(parts, workspace, plan.about, plan.filters, limit=PASSAGES)
    near = _near(parts, workspace, found.query, plan.filters)
    with parts.database.read() as session:
        documents = document_ids(session, near)
    return Scope(documents, found.hits, found.query, f"near in meaning to “{plan.about}” (cosine ≥ {NEAR:.2f})")


def _near(parts: Parts, workspace: str, query: NDArray[np.float32], filters: Filters) -> list[str]:
    """Ids of all excerpts within the filters whose similarity to the query is at least NEAR."""
    matrix = parts.vectors.matrix(workspace)
    with parts.database.read() as session:
        if is_open(filters):
            rows, questions = np.arange(len(matrix.ids)), asked_by_interviewers(session, workspace)
        else:
            rows, questions = matrix.rows(excerpt_ids(session, workspace, filters)), set()
    close = matrix.ids[rows[(matrix.vectors[rows] @ query) >= NEAR]]
    return [excerpt for excerpt in close.tolist() if excerpt not in questions]
