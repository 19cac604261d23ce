"""How those who speak of a theme rate, against those who do not: the difference of the means with its interval."""

import math
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
class _Sums:
    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.n - other.n, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def error(self) -> float:
        """The squared standard error of the mean."""
        return max(0.0, self.squares - self.n * self.mean**2) / (self.n - 1) / self.n


def find_impacts(session: Session, workspace: str, mine: Filters, whole: Filters) -> list[Impact]:
    """One for each scale on which enough of both sides gave a rating; `whole` is what `mine` is a part of."""
    everything = _sums(session, workspace, whole)
    scales = {source: scale for source, (scale, _) in everything.items()}
    on = _by_scale({source: (scales[source], sums) for source, (_, sums) in _sums(session, workspace, mine).items()})
    all_of_it = _by_scale(everything)
    return [
        _impact(scale, on[scale], all_of_it[scale] - on[scale])
        for scale in sorted(on)
        if on[scale].n >= FEW and (all_of_it[scale] - on[scale]).n >= FEW
    ]


def _impact(scale: Scale, on: _Sums, off: _Sums) -> Impact:
    difference, half = on.mean - off.mean, _Z * math.sqrt(on.error + off.error)
    return Impact(scale, on.mean, on.n, off.mean, off.n, difference, difference - half, difference + half)


def _sums(session: Session, workspace: str, filters: Filters) -> dict[int, tuple[Scale, _Sums]]:
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
        row.source_id: ("stars" if row.highest <= STARS else "recommendation", _Sums(row.n, row.total, row.squares))
        for row in session.execute(query)
        if row.n
    }


def _by_scale(sums: dict[int, tuple[Scale, _Sums]]) -> dict[Scale, _Sums]:
    found: dict[Scale, _Sums] = {}
    for scale, each in sums.values():
        found[scale] = found.get(scale, _Sums()) + each
    return found
