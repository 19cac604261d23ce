"""What a run has to say about the themes, before anything of it is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.matching import Event, Match
from synth.themes.naming.naming import Naming

Scope = Literal["all", "unassigned", "anew", "part"]
"""all         everything is looked at; what is settled stays but for clear evidence (see `finding.carrying`)
unassigned  only what is on no theme; every cluster is a new theme
anew        everything, as if there were no themes; clusters carry on the themes whose excerpts they share
part        what a run over everything would do to themes a person has shaped; it waits for a person"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster of a run on its way to become a theme: its members, strongest first where it matters."""

    number: int
    members: tuple[str, ...]
    confidence: tuple[float, ...]
    centroid: NDArray[np.float32]
    threshold: float
    naming: Naming | None  # None: the theme it carries on is described well enough


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a run found and how it relates to the themes before it."""

    scope: Scope
    embedder: str
    seen: tuple[str, ...]  # the excerpts it looked at; of all others it says nothing
    clusters: tuple[Cluster, ...]
    matches: tuple[Match[str], ...]
    events: tuple[Event[str], ...]
    parameters: Mapping[str, Any]
    figures: Mapping[str, Any]
    started_at: datetime
    waiting: "Proposal | None" = None  # what it leaves for a person to decide
