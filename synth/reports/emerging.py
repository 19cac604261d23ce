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
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.gate import cite
from synth.model import Citation, Filters
from synth.parts import Parts
from synth.reports.chance import discoveries, mid_p
from synth.reports.moves import FALSE, MENTIONS, WORTH, is_of_many
from synth.reports.series import Window
from synth.store import tables
from synth.store.counting import count, days
from synth.store.excerpts import ExcerptView, load_views
from synth.themes.finding.discovery import discover
from synth.themes.naming.naming import Group, name_themes
from synth.themes.reading import active_themes
from synth.themes.soil import Soil, load_soil

LATELY = timedelta(days=14)  # up to the newest feedback
BEFORE = timedelta(weeks=8)  # ahead of that
LOOKED_AT = 2_000  # excerpts of these ten weeks, the newest, among which groups are sought
UNASSIGNED = 1 / 2  # of a group's excerpts, from which on it is on no theme
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
    """The groups that emerge, the least likely by chance first; none in a store without ten weeks behind it.

    What is on a theme takes part in the search, so that a group is told from what is there; it is not in a group.
    """
    with parts.database.read() as session:
        newest = days(session, workspace)[1]
        if newest is None:
            return []
        start = newest - LATELY
        totals = (_total(session, workspace, start - BEFORE, start), _total(session, workspace, start, None))
        views = _recent(session, workspace, start - BEFORE) if totals[0] else {}
        if sum(_is_free(view) and _is_since(view, start) for view in views.values()) < MENTIONS:
            return []
        soil = load_soil(session, parts, workspace, unassigned=False)
        soil = soil.take([row for row, id in enumerate(soil.ids) if id in views])
        taken = [theme.name for theme in active_themes(session, workspace)]
    groups = [_split(soil, views, rows, start) for rows in _group(soil, views)]
    risen = _risen(groups, *totals)
    return _tell(parts, soil, risen, taken)


def _recent(session: Session, workspace: str, since: datetime) -> dict[str, ExcerptView]:
    """The newest excerpts that were said since then."""
    ids = (
        select(tables.Excerpt.id)
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .where(tables.Excerpt.workspace_id == workspace, tables.Document.created_at >= since)
        .order_by(tables.Document.created_at.desc(), tables.Excerpt.id)
        .limit(LOOKED_AT)
    )
    return dict(load_views(session, workspace, list(session.scalars(ids))))


def _is_free(view: ExcerptView) -> bool:
    return view.theme_id is None


def _is_since(view: ExcerptView, moment: datetime) -> bool:
    return view.created_at is not None and view.created_at >= moment


def _total(session: Session, workspace: str, since: datetime, until: datetime | None) -> int:
    return int(count(session, workspace, Filters(since, until)))


def _group(soil: Soil, views: Mapping[str, ExcerptView]) -> list[list[int]]:
    """Rows of the soil that say the same and are on no theme, as most that says it, language by language."""
    found: list[list[int]] = []
    for rows in soil.by_language():
        mine = soil.take(rows)
        labels = discover(mine.vectors, texts=mine.texts, voices=mine.voices, seed=SEED).labels
        alike = [[rows[at] for at in np.flatnonzero(labels == label)] for label in range(labels.max(initial=-1) + 1)]
        for group in alike:
            free = [row for row in group if _is_free(views[soil.ids[row]])]
            found += [free] if len(free) >= UNASSIGNED * len(group) else []
    return found


def _split(soil: Soil, views: Mapping[str, ExcerptView], rows: Sequence[int], start: datetime) -> _Said:
    said = [views[soil.ids[row]] for row in rows]
    lately = tuple(view for view in said if _is_since(view, start))
    before = tuple(view for view in said if not _is_since(view, start))
    return _Said(tuple(rows), before, lately)


def _risen(groups: Sequence[_Said], before_of: int, after_of: int) -> list[tuple[_Said, Window, float]]:
    """The groups whose rise stands, with how sure it is; one loud author or one source raises none."""
    windows = [
        Window(_documents(said.lately), after_of, _documents(said.before), before_of, BEFORE // LATELY)
        for said in groups
    ]
    chances = [mid_p(each.after, each.after_of, each.before, each.before_of, "up") for each in windows]
    stand = discoveries(chances, FALSE)
    everywhere = [view.source for said in groups for view in said.lately]
    risen = [
        (said, window, p)
        for said, window, p, stands in zip(groups, windows, chances, stand, strict=True)
        if stands and window.after >= MENTIONS and window.change.ratio >= WORTH and _is_of_many(said, everywhere)
    ]
    return sorted(risen, key=lambda each: (each[2], each[0].rows))[:MOST]


def _is_of_many(said: _Said, everywhere: Sequence[str]) -> bool:
    voices = [view.person or view.document_id for view in said.lately]
    return is_of_many(voices, [view.source for view in said.lately], everywhere)


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
