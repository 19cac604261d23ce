"""How those who speak of a theme rate, against those who do not: the difference of the means with its interval."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import case, func
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.store.filtering import Document, select_documents

Scale = Literal["stars", "recommendation"]
STARS = 5  # the highest rating of a source that gives stars; one with higher ratings asks for a recommendation, 0–10
FEW = 5  # ratings on either side below which nothing is compared
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Impact:
    """Mean ratings with and without the theme on one scale, and their difference with its 95 % interval (Welch)."""

    scale: Scale
    mean: float
    n: int
    mean_elsewhere: float
    n_elsewhere: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sums:
    """How many ratings, their sum, and that of their squares."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(self.n - other.n, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float:
        """The mean rating."""
        return self.total / self.n

    @property
    def error(self) -> float:
        """The squared standard error of the mean."""
        return max(0.0, self.squares - self.n * self.mean**2) / (self.n - 1) / self.n


Ratings = Mapping[int, tuple[Scale, Sums]]


def find_impacts(mine: Ratings, everything: Ratings) -> list[Impact]:
    """One for each scale on which enough of both sides gave a rating; mine are a part of everything."""
    scales = {source: scale for source, (scale, _) in everything.items()}
    on = _by_scale({source: (scales[source], sums) for source, (_, sums) in mine.items()})
    all_of_it = _by_scale(everything)
    return [
        _impact(scale, on[scale], all_of_it[scale] - on[scale])
        for scale in sorted(on)
        if on[scale].n >= FEW and (all_of_it[scale] - on[scale]).n >= FEW
    ]


def _impact(scale: Scale, on: Sums, off: Sums) -> Impact:
    difference, half = on.mean - off.mean, _Z * math.sqrt(on.error + off.error)
    return Impact(scale, on.mean, on.n, off.mean, off.n, difference, difference - half, difference + half)


def sum_ratings(session: Session, workspace: str, filters: Filters) -> Ratings:
    """What the ratings within the filters add up to, by the number of their source."""
    rated: Any = case((Document.rating.is_not(None), 1))
    query = select_documents(
        workspace,
        filters,
        Document.source_id,
        func.count(rated).label("n"),
        func.sum(Document.rating).label("total"),
        func.sum(Document.rating * Document.rating).label("squares"),
        func.max(Document.rating).label("highest"),
    ).group_by(Document.source_id)
    return {
        row.source_id: ("stars" if row.highest <= STARS else "recommendation", Sums(row.n, row.total, row.squares))
        for row in session.execute(query)
        if row.n
    }


def _by_scale(sums: Ratings) -> dict[Scale, Sums]:
    found: dict[Scale, Sums] = {}
    for scale, each in sums.values():
        found[scale] = found.get(scale, Sums()) + each
    return found
