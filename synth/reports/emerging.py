"""What is emerging: groups among the excerpts on no theme that are spoken of lately, before the weekly run looks.

The rules are those of a rising theme: more than chance explains when measured against all feedback of the time, of
several voices, none of them most of it, and of several sources where all the feedback makes that likely. Nothing is
stored: the weekly run decides what becomes a theme.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from synth.gate import cite
from synth.model import Citation, Filters
from synth.parts import Parts
from synth.reports.chance import discoveries, mid_p
from synth.reports.moves import CHANCE, FALSE, MENTIONS, PEOPLE, WORTH
from synth.reports.series import Window
from synth.store.counting import count, days
from synth.store.excerpts import ExcerptView, load_views
from synth.themes.finding.discovery import discover
from synth.themes.naming.naming import Group, name_themes
from synth.themes.reading import active_themes
from synth.themes.soil import Soil, load_soil

LATELY = timedelta(days=14)  # up to the newest feedback
BEFORE = timedelta(weeks=8)  # ahead of that
MOST = 5  # that are shown
QUOTES = 3
SEED = 0


@dataclass(frozen=True, slots=True)
class Emerging:
    """A group that is spoken of lately: its name, who speaks of it, and how it compares with the weeks before."""

    name: str
    definition: str
    key_phrases: tuple[str, ...]
    excerpts: tuple[str, ...]  # all of them, newest first
    window: Window  # documents: the last two weeks against the eight before
    people: int
    sources: Mapping[str, int]  # documents of the last two weeks
    since: datetime  # when it was first said
    p: float
    quotes: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """The excerpts of a group that have a date, split where the last two weeks begin."""

    rows: tuple[int, ...]  # of the soil
    before: tuple[ExcerptView, ...]
    lately: tuple[ExcerptView, ...]


def find_emerging(parts: Parts, workspace: str) -> list[Emerging]:
    """The groups that emerge, the least likely by chance first; none in a store without ten weeks behind it."""
    with parts.database.read() as session:
        newest = days(session, workspace)[1]
        if newest is None:
            return []
        start = newest - LATELY
        soil = load_soil(session, parts, workspace, unassigned=True)
        soil, views = _recent(session, workspace, soil, start - BEFORE)
        totals = (_total(session, workspace, start - BEFORE, start), _total(session, workspace, start, None))
        taken = [theme.name for theme in active_themes(session, workspace)]
    groups = [_split(soil, views, rows, start) for rows in _group(soil)]
    risen = _risen(groups, *totals)
    return _tell(parts, soil, risen, taken)


def _recent(session: Session, workspace: str, soil: Soil, since: datetime) -> tuple[Soil, dict[str, ExcerptView]]:
    """The part of the soil that was said since then, and its excerpts."""
    views = load_views(session, workspace, soil.ids)
    kept = [
        row
        for row, id in enumerate(soil.ids)
        if (view := views.get(id)) and view.created_at and view.created_at >= since
    ]
    recent = soil.take(kept)
    return recent, {id: views[id] for id in recent.ids}


def _total(session: Session, workspace: str, since: datetime, until: datetime | None) -> int:
    return int(count(session, workspace, Filters(since, until)))


def _group(soil: Soil) -> list[list[int]]:
    """Rows of the soil that say the same, language by language."""
    found: list[list[int]] = []
    for rows in soil.by_language():
        mine = soil.take(rows)
        labels = discover(mine.vectors, texts=mine.texts, voices=mine.voices, seed=SEED).labels
        found += [[rows[at] for at in np.flatnonzero(labels == label)] for label in range(labels.max(initial=-1) + 1)]
    return found


def _split(soil: Soil, views: Mapping[str, ExcerptView], rows: Sequence[int], start: datetime) -> _Said:
    said = [views[soil.ids[row]] for row in rows]
    lately = tuple(view for view in said if view.created_at and view.created_at >= start)
    before = tuple(view for view in said if view.created_at and view.created_at < start)
    return _Said(tuple(rows), before, lately)


def _risen(groups: Sequence[_Said], before_of: int, after_of: int) -> list[tuple[_Said, Window, float]]:
    """The groups whose rise stands, with how sure it is; one loud author or one source raises none."""
    windows = [
        Window(_documents(said.lately), after_of, _documents(said.before), before_of, BEFORE // LATELY)
        for said in groups
    ]
    chances = [mid_p(each.after, each.after_of, each.before, each.before_of, "up") for each in windows]
    stand = discoveries(chances, FALSE)
    risen = [
        (said, window, p)
        for said, window, p, stands in zip(groups, windows, chances, stand, strict=True)
        if stands and window.after >= MENTIONS and window.change.ratio >= WORTH and _is_of_many(said, groups)
    ]
    return sorted(risen, key=lambda each: (each[2], each[0].rows))[:MOST]


def _is_of_many(said: _Said, groups: Sequence[_Said]) -> bool:
    voices = Counter(view.person or view.document_id for view in said.lately)
    if len(voices) < PEOPLE or max(voices.values()) * 2 > sum(voices.values()):
        return False
    sources = {view.source for view in said.lately}
    everything = [view.source for each in groups for view in each.lately]
    share = sum(source in sources for source in everything) / len(everything)
    return len(sources) > 1 or share ** len(said.lately) > CHANCE


def _documents(views: Sequence[ExcerptView]) -> int:
    return len({view.document_id for view in views})


def _tell(
    parts: Parts, soil: Soil, risen: Sequence[tuple[_Said, Window, float]], taken: Sequence[str]
) -> list[Emerging]:
    """The groups with their names, each in contrast to the others and to what else is on no theme."""
    held = {row for said, _, _ in risen for row in said.rows}
    others = [text for row, text in enumerate(soil.texts) if row not in held]
    groups = [Group(soil.take(said.rows).texts, soil.take(said.rows).vectors) for said, _, _ in risen]
    namings = name_themes(groups, background=others, embed=parts.embedder.embed, taken=taken)
    found = []
    for (said, window, p), naming in zip(risen, namings, strict=True):
        views = {view.id: view for view in (*said.before, *said.lately)}
        central = [views[soil.ids[said.rows[place]]] for place in naming.exemplars]
        lately = [view for view in central if view in said.lately] or list(said.lately)
        quotes = tuple(citation for view in lately[:QUOTES] if (citation := cite(view, view.text)))
        times = sorted(view.created_at for view in views.values() if view.created_at)
        newest = sorted(views.values(), key=lambda view: (view.created_at or times[0], view.id), reverse=True)
        found.append(
            Emerging(
                name=naming.name,
                definition=naming.definition,
                key_phrases=naming.key_phrases,
                excerpts=tuple(view.id for view in newest),
                window=window,
                people=len({view.person or view.document_id for view in said.lately}),
                sources=Counter(view.source for view in said.lately),
                since=times[0],
                p=p,
                quotes=quotes,
            )
        )
    return found
