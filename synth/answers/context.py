"""What stands around a turn: in a conversation an excerpt is found by what is said about it, too.

"Yeah, that one" answers the question before it and has no word of it. So within a transcript every excerpt takes over
what its neighbours score, the nearer the more, long turns more than short ones.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import chunks

REACH = 6.0  # turns over which a neighbour's say falls off (the deviation of a Gaussian)
FULL = 120  # characters from which a turn has its full say
LEAST = 0.1  # the say of a turn that is a nod
OWN = 0.3  # what an excerpt's own score adds to what is said around it


@dataclass(frozen=True, slots=True)
class _Place:
    excerpt_id: str
    position: int
    length: int


def with_context(session: Session, scores: Mapping[str, float]) -> dict[str, float]:
    """The scores of excerpts of transcripts, each with what is said around it; other excerpts keep theirs.

    `scores` must hold every excerpt of a transcript, or what is left out has no say.
    """
    spread = dict(scores)
    for places in _transcripts(session, scores).values():
        around = _smooth(
            np.asarray([scores[place.excerpt_id] for place in places]),
            np.asarray([min(1.0, max(LEAST, place.length / FULL)) for place in places]),
        )
        for place, value in zip(places, around.tolist(), strict=True):
            spread[place.excerpt_id] = (value + OWN * scores[place.excerpt_id]) / (1 + OWN)
    return spread


def _smooth(scores: NDArray[np.float64], says: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the scores around each place, weighted by nearness and by how much each has to say."""
    reach = int(3 * REACH)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / REACH) ** 2)
    padded, weights = np.pad(scores * says, reach), np.pad(says, reach)
    smooth: NDArray[np.float64] = np.convolve(padded, kernel, "valid") / np.convolve(weights, kernel, "valid")
    return smooth


def _transcripts(session: Session, ids: Mapping[str, float]) -> dict[str, list[_Place]]:
    """The excerpts that are a speaker's words, by document and in their order."""
    found: dict[str, list[_Place]] = defaultdict(list)
    columns = (
        tables.Excerpt.id,
        tables.Excerpt.document_id,
        tables.Excerpt.position,
        (tables.Excerpt.end - tables.Excerpt.start).label("length"),
    )
    for part in chunks(sorted(ids)):
        query = select(*columns).where(tables.Excerpt.id.in_(part), tables.Excerpt.speaker.is_not(None))
        for row in session.execute(query):
            found[row.document_id].append(_Place(row.id, row.position, row.length))
    return {document: sorted(places, key=lambda place: place.position) for document, places in found.items()}
