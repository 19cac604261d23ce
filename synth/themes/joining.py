"""Merges that a run proposes: two themes that have become confusable beyond the limit that discovery keeps to."""

from collections.abc import Sequence
from dataclasses import replace

from synth.store import tables
from synth.themes.curating.standing import Standing
from synth.themes.finding.levels import CONFUSED, find_confused
from synth.themes.finding.matching import Event
from synth.themes.finding.vectors import Labels
from synth.themes.proposal import Proposal
from synth.themes.settled import Settled
from synth.themes.soil import Soil


def with_merges(
    waiting: Proposal | None, proposal: Proposal, soil: Soil, settled: Settled, labels: Labels, standing: Standing
) -> Proposal | None:
    """What a run leaves for a person, with the merges it proposes; `labels` are the themes as it would have them.

    A merge changes what a theme is, so it is never applied unasked. The smaller theme goes into the larger. Nothing is
    proposed about themes that are pinned or excluded, of themes a person said are not the same, or of one just born.
    """
    merges = _find(soil, settled, labels, standing)
    if not merges:
        return waiting
    base = waiting or replace(
        proposal, scope="part", seen=(), clusters=(), matches=(), events=(), waiting=None, figures=_EMPTY
    )
    return replace(
        base,
        events=(*merges, *base.events),
        figures={**base.figures, "confused": {str(event.theme_id): round(event.overlap, 4) for event in merges}},
        parameters={**base.parameters, "confused": CONFUSED},
    )


_EMPTY = {"excerpts": 0, "assigned": 0, "themes": 0}


def _find(soil: Soil, settled: Settled, labels: Labels, standing: Standing) -> list[Event[str]]:
    themes, count = settled.themes, int(labels.max(initial=-1)) + 1
    if count < 2:
        return []
    closed = {n for n in range(count) if n >= len(themes) or _is_closed(themes[n], standing)}
    apart = {(n, other) for n in closed for other in range(count)}
    number = {theme.id: n for n, theme in enumerate(themes)}
    for pair in standing.apart:
        one, other = sorted(number[theme] for theme in pair)
        apart.add((one, other))
    return [
        _propose(themes, labels, one, other, share)
        for one, other, share in find_confused(soil.vectors, labels, apart=apart)
    ]


def _is_closed(theme: tables.Theme, standing: Standing) -> bool:
    return theme.id in standing.pinned or theme.id in standing.excluded


def _propose(themes: Sequence[tables.Theme], labels: Labels, one: int, other: int, share: float) -> Event[str]:
    """The merge of the smaller of two themes into the larger, of two equal ones into the older."""
    into, gone = (one, other) if (labels == one).sum() >= (labels == other).sum() else (other, one)
    return Event("merged", themes[gone].id, None, (themes[into].id,), share)
