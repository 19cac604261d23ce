"""Areas: the level above the themes. Drawn from the centres of the themes in force, named like themes, carried on.

What follows every run and every decision that makes or ends themes draws them anew, so they are those of the themes
there are, however these came about. An area that mostly holds the themes it held keeps its id and its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.excerpts import excerpt_text
from synth.store.rows import next_numbers
from synth.themes.atlas import give_places
from synth.themes.finding import levels
from synth.themes.finding.matching import match
from synth.themes.naming.drafting import draft_names
from synth.themes.naming.naming import Group, name_themes
from synth.themes.reading import active_themes

KIND = "areas"
FEWEST_THEMES = 8  # fewer are read without a level above them
LEAST = 2  # themes that make an area; one alone stands on its own
HEARD = 20  # excerpts of each theme that its area is named from, the surest
SAME_CONTENT = 0.5  # Jaccard overlap of its themes from which an area's name stands


@dataclass(frozen=True, slots=True)
class Area:
    """Themes that lie close together; `id` is None before it has one, `name` before it is named."""

    id: str | None
    name: str | None
    themes: tuple[str, ...]


def request_areas(session: Session, parts: Parts, workspace: str) -> None:
    """Have the areas drawn anew once the caller's transaction is in force."""
    ledger.enqueue(session, workspace, KIND, {}, key=KIND, now=parts.now(), again=True)


def draw_areas(parts: Parts, held: ledger.Claim) -> None:
    """The areas job: group the themes in force, name what is new among the groups, and write both down."""
    with parts.database.read() as session:
        names, sizes = _names(session, held.workspace), _sizes(session, held.workspace)
        active = [each for each in active_themes(session, held.workspace) if each.embedder == parts.embedder.version]
        themes = [theme for theme in active if sizes.get(theme.id)]  # what nobody spoke of has no words to name an area
        session.expunge_all()
    areas = _name(parts, held.workspace, _carry(_group(themes, sizes), themes, names), {theme.name for theme in active})
    with parts.database.write() as session:
        _write(session, held.workspace, areas)
        give_places(session, held.workspace, parts.embedder.version, parts.now())
        ledger.finish(session, held, now=parts.now(), result={"areas": len(areas)})


def _names(session: Session, workspace: str) -> dict[str, str]:
    query = select(tables.Area.id, tables.Area.name).where(tables.Area.workspace_id == workspace)
    return {row.id: row.name for row in session.execute(query)}


def _sizes(session: Session, workspace: str) -> dict[str, int]:
    """How many excerpts are on each theme."""
    assignment = tables.Assignment
    query = select(assignment.theme_id, func.count(assignment.excerpt_id).label("size"))
    rows = session.execute(query.where(assignment.workspace_id == workspace).group_by(assignment.theme_id))
    return {row.theme_id: row.size for row in rows}


def _group(themes: Sequence[tables.Theme], sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Theme ids by area, at most `levels.MOST_AREAS`; none where the themes are few."""
    if len(themes) < FEWEST_THEMES:
        return []
    centroids = np.stack([np.frombuffer(theme.centroid, "<f4") for theme in themes])
    branches: dict[int, list[str]] = {}
    weights = [sizes.get(theme.id, 0) for theme in themes]
    for place, branch in levels.cut(centroids, weights, levels.count_areas(len(themes))).items():
        branches.setdefault(branch, []).append(themes[place].id)
    return [tuple(branch) for branch in branches.values() if len(branch) >= LEAST]


def _carry(groups: Sequence[tuple[str, ...]], themes: Sequence[tables.Theme], names: Mapping[str, str]) -> list[Area]:
    """The groups as the areas they carry on; a name stands unless most of the themes changed, or one now bears it."""
    old: dict[str, set[str]] = {}
    for theme in themes:
        if theme.area and theme.area in names:
            old.setdefault(theme.area, set()).add(theme.id)
    carried = {pair.cluster: pair for pair in match(old, {n: set(group) for n, group in enumerate(groups)})}
    taken = {theme.name.casefold() for theme in themes}
    areas = []
    for number, group in enumerate(groups):
        pair = carried.get(number)
        name = names[pair.theme_id] if pair and pair.jaccard >= SAME_CONTENT else None
        areas.append(Area(pair.theme_id if pair else None, None if name and name.casefold() in taken else name, group))
    return areas


def _name(parts: Parts, workspace: str, areas: Sequence[Area], taken: set[str]) -> list[Area]:
    """The areas, those without a name named in contrast to the others; none is called like a theme or another area."""
    wanted = [place for place, area in enumerate(areas) if area.name is None]
    if not wanted:
        return list(areas)
    groups = [_read(parts, workspace, area.themes) for area in areas]
    taken = taken | {area.name for area in areas if area.name}
    namings = name_themes(groups, embed=parts.embedder.embed, taken=taken)
    namings = draft_names(parts.drafter, groups, namings, wanted=wanted, taken=taken, workspace=workspace)
    return [Area(area.id, area.name or naming.name, area.themes) for area, naming in zip(areas, namings, strict=True)]


def _read(parts: Parts, workspace: str, themes: Sequence[str]) -> Group:
    """The surest excerpts of each theme, so that a large one does not speak for all."""
    assignment = tables.Assignment
    rank = func.row_number().over(
        partition_by=assignment.theme_id, order_by=(assignment.confidence.desc(), assignment.excerpt_id)
    )
    mine = (assignment.workspace_id == workspace) & assignment.theme_id.in_(themes)
    surest = select(assignment.excerpt_id, rank.label("rank")).where(mine).subquery()
    query = (
        select(tables.Excerpt.id, excerpt_text().label("text"))
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .join(surest, surest.c.excerpt_id == tables.Excerpt.id)
        .where(surest.c.rank <= HEARD)
        .order_by(tables.Excerpt.id)
    )
    with parts.database.read() as session:
        text_of = {row.id: row.text for row in session.execute(query)}
    matrix = parts.vectors.matrix(workspace)
    rows = matrix.rows(list(text_of))
    return Group([text_of[str(id)] for id in matrix.ids[rows]], matrix.vectors[rows])


def _write(session: Session, workspace: str, areas: Sequence[Area]) -> None:
    """Give every area a row, and every theme its area or none; areas that ended keep their row and their id."""
    born = [area for area in areas if area.id is None]
    fresh = iter(next_numbers(session, workspace, "area", len(born)) if born else [])
    theme = tables.Theme
    mine = theme.workspace_id == workspace
    session.execute(update(theme).where(mine, theme.state == "active").values(area=None))
    for area in areas:
        id = area.id or f"A{next(fresh)}"
        session.merge(tables.Area(workspace_id=workspace, id=id, name=area.name))
        session.execute(update(theme).where(mine, theme.id.in_(area.themes)).values(area=id))
    session.flush()
