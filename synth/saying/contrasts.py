"""Where a theme is spoken of more, or less, than elsewhere: log-likelihood ratios with control of false discoveries."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import SQLColumnExpression
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.reports.chance import discoveries
from synth.store import tables
from synth.store.counting import count_by
from synth.store.filtering import Account

Places = Mapping[str | None, float]  # mentions by the name of a source or segment
FALSE = 0.10  # share of false discoveries among the contrasts that are said to be more than chance


@dataclass(frozen=True, slots=True)
class Contrast:
    """One source or segment: mentions of the theme there, out of how many; the ratio of its share to that elsewhere."""

    key: str
    value: str
    mentions: int
    of: int
    ratio: float | None  # None where nothing is said elsewhere
    p: float
    stands: bool  # more than chance explains, false discoveries controlled over all sources and segments


def count_places(session: Session, workspace: str, filters: Filters) -> dict[str, Places]:
    """The mentions within the filters by source and by segment."""
    columns: Mapping[str, SQLColumnExpression[Any]] = {"source": tables.Source.name, "segment": Account.segment}
    return {key: count_by(session, workspace, filters, column) for key, column in columns.items()}


def find_contrasts(here: Mapping[str, Places], everywhere: Mapping[str, Places]) -> list[Contrast]:
    """Every source and segment that is known, most mentions first; what is here is a part of what is everywhere."""
    found: list[Contrast] = []
    for key, counted in everywhere.items():
        there = {value: of for value, of in counted.items() if value is not None}
        if len(there) > 1:
            found += _contrasts(key, here[key], there)
    standing = discoveries([each.p for each in found], FALSE)
    return [replace(each, stands=stands) for each, stands in zip(found, standing, strict=True)]


def likelihood_p(inside: int, of: int, outside: int, outside_of: int) -> float:
    """The p value of two shares being one: the log-likelihood ratio (Dunning 1993), chi-square with one degree."""
    total, everything = inside + outside, of + outside_of
    if not everything or not of or not outside_of:
        return 1.0
    share = total / everything
    cells = (
        (inside, of * share),
        (outside, outside_of * share),
        (of - inside, of * (1 - share)),
        (outside_of - outside, outside_of * (1 - share)),
    )
    ratio = 2 * math.fsum(seen * math.log(seen / expected) for seen, expected in cells if seen > 0 and expected > 0)
    return math.erfc(math.sqrt(max(0.0, ratio) / 2))


def _contrasts(key: str, here: Mapping[Any, float], there: Mapping[Any, float]) -> list[Contrast]:
    total, everything = sum(here.get(value, 0) for value in there), sum(there.values())
    found = []
    for value, of in there.items():
        inside = here.get(value, 0)
        outside, outside_of = total - inside, everything - of
        elsewhere = outside / outside_of if outside_of else 0.0
        ratio = (inside / of) / elsewhere if elsewhere else None
        p = likelihood_p(int(inside), int(of), int(outside), int(outside_of))
        found.append(Contrast(key, str(value), int(inside), int(of), ratio, p, stands=False))
    return sorted(found, key=lambda each: (-each.mentions, each.value))
