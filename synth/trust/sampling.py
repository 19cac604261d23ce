"""A random sample of placed excerpts for a person to judge: it does not depend on what catches an eye."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.wording import say_number
from synth.errors import BadInput
from synth.store import tables
from synth.store.excerpts import ExcerptView, load_views
from synth.store.verdicts import SUITE, read_verdicts
from synth.trust.figures import Figure, say_rate
from synth.trust.intervals import wilson
from synth.trust.measured import Measurement, keep

SIZE = 20  # excerpts in one sample
FIGURE, FOLDER = "placement", "this installation"
Verdict = Literal["right", "wrong"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An excerpt of a sample with the theme the machine put it on."""

    excerpt: ExcerptView
    theme: str
    definition: str


def draw_sample(session: Session, workspace: str, seed: int) -> list[Drawn]:
    """The same excerpts for the same seed and themes, among those that the machine placed."""
    machine = (tables.Assignment.workspace_id == workspace) & (tables.Assignment.origin != "human")
    ids = list(session.scalars(select(tables.Assignment.excerpt_id).where(machine).order_by("excerpt_id")))
    chosen = random.Random(seed).sample(ids, min(SIZE, len(ids)))  # noqa: S311 - a sample, not a secret
    views = load_views(session, workspace, chosen)
    themes = {theme.id: theme for theme in session.scalars(_themes(workspace))}
    found = [views[id] for id in chosen if id in views]
    return [
        Drawn(view, themes[view.theme_id].name, themes[view.theme_id].definition)
        for view in found
        if view.theme_id in themes
    ]


def keep_verdicts(
    session: Session, workspace: str, verdicts: Mapping[str, Verdict], *, by: str, now: datetime
) -> Measurement:
    """Keep what a person said of a sample, excerpt by excerpt; raises BadInput where nothing of it was on a theme."""
    placed = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id).where(
        tables.Assignment.workspace_id == workspace, tables.Assignment.excerpt_id.in_(list(verdicts)[: 10 * SIZE])
    )
    themes = {row.excerpt_id: row.theme_id for row in session.execute(placed)}
    if not themes:
        raise BadInput("Nothing was judged; say right or wrong of at least one excerpt that is on a theme.")
    judged = {excerpt: verdicts[excerpt] for excerpt in sorted(themes)}
    right = sum(verdict == "right" for verdict in judged.values())
    low, high = wilson(right, len(judged))
    parameters = {"by": by, "verdicts": judged, "themes": themes}
    measurement = Measurement(
        SUITE, FIGURE, FOLDER, now, right / len(judged), low, high, len(judged), parameters=parameters
    )
    keep(session, workspace, [measurement])
    return measurement


def measure_samples(session: Session, workspace: str, now: datetime) -> Figure:
    """The share of placed excerpts that people found rightly placed; the newest verdict on each excerpt counts."""
    common: dict[str, Any] = {"name": "sample", "title": "Rightly placed, in random samples", "group": "Themes"}
    judged = read_verdicts(session, workspace, now)
    verdicts = judged.verdicts
    if not verdicts:
        meaning = "Not measured: nobody has judged a sample in the last 90 days."
        return Figure(**common, meaning=meaning, how="Judge twenty excerpts on /trust/sample; it takes five minutes.")
    right, of = judged.right, len(verdicts)
    low, high = wilson(right, of)
    return Figure(
        **common,
        meaning=f"Of {say_number(of)} excerpts drawn by lot, people found {say_rate(right / of)} rightly placed.",
        how="Samples judged on /trust/sample in the last 90 days; what was left open is not counted.",
        value=right / of,
        low=low,
        high=high,
        n=of,
        unit="excerpts judged",
        measured_at=judged.last,
    )


def _themes(workspace: str) -> Any:
    return select(tables.Theme).where(tables.Theme.workspace_id == workspace)
