"""The themes as people see them: each with its counts, and how much of the feedback they cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, case, distinct, func, select
from sqlalchemy.orm import Session

from synth.errors import NotFound
from synth.gate import cite
from synth.model import Citation, Condition, Filters
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count
from synth.store.excerpts import ExcerptView, account_of_document, load_views
from synth.store.filtering import merge, select_documents
from synth.themes.finding.levels import choose_shown
from synth.themes.reading import active_themes

Level = Literal["all", "shown", "areas"]
"""all: every active theme · shown: those a person reads first · areas: the level above, without themes"""


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """A theme with its numbers: documents, people and accounts that speak to it, and its share of all documents."""

    id: str
    name: str
    definition: str
    key_phrases: tuple[str, ...]
    mentions: int
    people: int
    accounts: int
    revenue: float  # a year, of those accounts
    share: float
    exemplars: tuple[Citation, ...]
    edge: tuple[Citation, ...]
    sentiment: float | None
    state: str
    area: str | None
    parent: str | None  # the theme it is a part of
    pinned: bool
    name_origin: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of a theme; `sentiment` is the mean of its excerpts."""

    mentions: int = 0
    people: int = 0
    sentiment: float | None = None
    accounts: int = 0
    revenue: float = 0.0


@dataclass(frozen=True, slots=True)
class AreaSummary:
    """Themes that lie close together, with the documents and people that speak to any of them."""

    id: str
    name: str
    themes: tuple[str, ...]  # largest first
    mentions: int
    people: int


@dataclass(frozen=True, slots=True)
class ThemeList:
    """All active themes, largest first, and what they leave out."""

    themes: tuple[ThemeSummary, ...]
    areas: tuple[AreaSummary, ...]  # largest first
    shown: frozenset[str]  # the themes of the level a person reads; the others come behind "show all"
    excerpts: int
    unassigned: int  # excerpts on no theme
    run: Mapping[str, Any] | None

    @property
    def coverage(self) -> float:
        """The share of excerpts that are on a theme."""
        return 1 - self.unassigned / self.excerpts if self.excerpts else 0.0


@dataclass(frozen=True, slots=True)
class LineageEvent:
    """One line in the life of a theme."""

    run_id: str  # of the run, or of the decision of a person
    event: str
    others: tuple[str, ...]
    overlap: float
    size: int
    at: datetime


def list_themes(session: Session, workspace: str, filters: Filters = Filters()) -> ThemeList:  # noqa: B008 - frozen
    """The active themes with their counts within the filters."""
    counts = _counts(session, workspace, filters)
    documents = session.scalar(select(func.count()).select_from(select_documents(workspace, filters).subquery())) or 0
    themes = active_themes(session, workspace)
    views = load_views(session, workspace, [id for theme in themes for id in (*theme.exemplars, *theme.edge)])
    summaries = [_summary(theme, counts.get(theme.id, Tally()), documents, views) for theme in themes]
    excerpts, unassigned = coverage(session, workspace)
    ordered = sorted(summaries, key=lambda theme: (-theme.mentions, int(theme.id[1:])))
    shown = choose_shown({theme.id: theme.mentions for theme in ordered}, {theme.id: theme.area for theme in ordered})
    areas = _areas(session, workspace, filters, ordered)
    return ThemeList(tuple(ordered), areas, shown, excerpts, unassigned, last_run(session, workspace))


def keep_themes(session: Session, parts: Parts, workspace: str) -> ThemeList:
    """The same of all feedback, counted once until the workspace changes."""
    return parts.kept.read("themes", session, workspace, lambda: list_themes(session, workspace))


def keep_theme(session: Session, parts: Parts, workspace: str, id: str) -> ThemeSummary:
    """One theme, active or not, counted once until something changes; raises NotFound."""
    return parts.kept.read(f"theme {id}", session, workspace, lambda: _read_theme(session, parts, workspace, id))


def _read_theme(session: Session, parts: Parts, workspace: str, id: str) -> ThemeSummary:
    """Beside workers it is taken from the list of all: counts go stale together there, and somebody reads the list."""
    listed = keep_themes(session, parts, workspace).themes if parts.kept.late else ()
    if found := next((theme for theme in listed if theme.id == id), None):
        return found
    theme = find_theme(session, workspace, id)
    documents = parts.kept.read("documents", session, workspace, lambda: int(count(session, workspace, Filters())))
    counts = _counts(session, workspace, merge(Filters(), [Condition("theme", id)])).get(id, Tally())
    views = load_views(session, workspace, [*theme.exemplars, *theme.edge])
    return _summary(theme, counts, documents, views)


def find_theme(session: Session, workspace: str, id: str) -> tables.Theme:
    """One theme, nothing of it counted; raises NotFound."""
    theme = session.get(tables.Theme, (workspace, id))
    if theme is None:
        raise NotFound(f"There is no theme {id}; `synth themes` lists those there are.")
    return theme


def lineage(session: Session, workspace: str, theme_id: str) -> list[LineageEvent]:
    """What runs and people did to a theme, oldest first; a run that was rolled back is as if it had not been."""
    run, decision = tables.Run, tables.Decision
    undone = tables.Lineage.event.in_(("restored", "retired"))
    query = (
        select(
            tables.Lineage,
            func.coalesce(run.started_at, case((undone, decision.undone_at), else_=decision.created_at)).label("at"),
        )
        .outerjoin(run, (run.workspace_id == workspace) & (run.id == tables.Lineage.run_id))
        .outerjoin(decision, (decision.workspace_id == workspace) & (decision.id == tables.Lineage.run_id))
        .where(
            tables.Lineage.workspace_id == workspace,
            tables.Lineage.theme_id == theme_id,
            func.coalesce(run.state, "") != "rolled_back",
        )
        .order_by(tables.Lineage.seq)
    )
    return [
        LineageEvent(row.run_id, row.event, tuple(row.others), row.overlap, row.size, at)
        for row, at in session.execute(query)
    ]


def coverage(session: Session, workspace: str) -> tuple[int, int]:
    """How many excerpts can speak to a theme, and how many of them are on none.

    Those on an excluded theme are neither: a person said that they are not to be counted among the themes. Each part is
    counted in an index of its own; what interviewers say is little, and is taken off.
    """
    excerpt, assigned = tables.Excerpt, tables.Assignment
    excluded = select(tables.Theme.id).where(tables.Theme.workspace_id == workspace, tables.Theme.state == "excluded")
    asked = select(excerpt.id).where(excerpt.workspace_id == workspace, excerpt.role == "interviewer")
    all_of_it = select(func.count()).select_from(excerpt).where(excerpt.workspace_id == workspace)
    on_themes = select(func.count()).select_from(assigned).where(assigned.workspace_id == workspace)
    of_people = assigned.excerpt_id.not_in(asked)
    parts = (
        all_of_it,
        all_of_it.where(excerpt.role == "interviewer"),
        on_themes,
        on_themes.where(assigned.excerpt_id.in_(asked)),
        on_themes.where(assigned.theme_id.in_(excluded), of_people),
    )
    counted = session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    excerpts, by_interviewers, placed, placed_of_interviewers, on_excluded = counted
    spoken = excerpts - by_interviewers
    return spoken - on_excluded, spoken - (placed - placed_of_interviewers)


def last_run(session: Session, workspace: str) -> dict[str, Any] | None:
    """The newest published run: its id, figures and when."""
    query = select(tables.Run).where(tables.Run.workspace_id == workspace, tables.Run.state == "published")
    run = session.scalar(query.order_by(tables.Run.finished_at.desc(), tables.Run.started_at.desc()).limit(1))
    if run is None:
        return None
    at = run.started_at.isoformat()
    return {"id": run.id, "state": run.state, "scope": run.scope, "started_at": at, "figures": run.figures}


def _areas(
    session: Session, workspace: str, filters: Filters, themes: Sequence[ThemeSummary]
) -> tuple[AreaSummary, ...]:
    """The areas that hold an active theme; a document that speaks to two of an area's themes is one mention of it."""
    theme, area = tables.Theme, tables.Area
    query = (
        _select_spoken(
            workspace,
            filters,
            theme.area,
            func.count(distinct(tables.Document.id)).label("mentions"),
            func.count(distinct(tables.Document.person_id)).label("people"),
        )
        .join(theme, (theme.workspace_id == workspace) & (theme.id == tables.Assignment.theme_id))
        .where(theme.state == "active", theme.area.is_not(None))
        .group_by(theme.area)
    )
    counts = {row.area: (row.mentions, row.people) for row in session.execute(query)}
    names = {row.id: row.name for row in session.scalars(select(area).where(area.workspace_id == workspace))}
    held: dict[str, list[str]] = {}
    for each in themes:
        if each.area in names:
            held.setdefault(each.area, []).append(each.id)
    found = [AreaSummary(id, names[id], tuple(held[id]), *counts.get(id, (0, 0))) for id in held]
    return tuple(sorted(found, key=lambda each: (-each.mentions, int(each.id[1:]))))


def _select_spoken(workspace: str, filters: Filters, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Columns of the documents within the filters, of their excerpts and the themes these are on."""
    return (
        select_documents(workspace, filters, *columns)
        .join(tables.Excerpt, tables.Excerpt.document_id == tables.Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
    )


def _counts(session: Session, workspace: str, filters: Filters) -> dict[str, Tally]:
    """Theme id to its numbers."""
    query = _select_spoken(
        workspace,
        filters,
        tables.Assignment.theme_id,
        func.count(distinct(tables.Document.id)).label("mentions"),
        func.count(distinct(tables.Document.person_id)).label("people"),
        func.avg(tables.Excerpt.sentiment).label("sentiment"),
    ).group_by(tables.Assignment.theme_id)
    money = _accounts(session, workspace, filters)
    return {
        row.theme_id: Tally(row.mentions, row.people, row.sentiment, *money.get(row.theme_id, (0, 0.0)))
        for row in session.execute(query)
    }


def _accounts(session: Session, workspace: str, filters: Filters) -> dict[str, tuple[int, float]]:
    """Theme id to how many accounts speak to it, and their yearly revenue; an account counts once."""
    pairs = _select_spoken(workspace, filters, tables.Assignment.theme_id, account_of_document().label("account_id"))
    pair = pairs.where(account_of_document().is_not(None)).distinct().subquery()
    query = (
        select(pair.c.theme_id, func.count().label("accounts"), func.sum(tables.Account.revenue).label("revenue"))
        .join(tables.Account, tables.Account.id == pair.c.account_id)
        .group_by(pair.c.theme_id)
    )
    return {row.theme_id: (row.accounts, row.revenue or 0.0) for row in session.execute(query)}


def _summary(
    theme: tables.Theme,
    counts: Tally,
    documents: int,
    views: Mapping[str, ExcerptView],
) -> ThemeSummary:
    return ThemeSummary(
        id=theme.id,
        name=theme.name,
        definition=theme.definition,
        key_phrases=tuple(theme.key_phrases),
        mentions=counts.mentions,
        people=counts.people,
        accounts=counts.accounts,
        revenue=counts.revenue,
        share=counts.mentions / documents if documents else 0.0,
        exemplars=_cited(theme.exemplars, views),
        edge=_cited(theme.edge, views),
        sentiment=counts.sentiment,
        state=theme.state,
        area=theme.area,
        parent=theme.parent_id,
        pinned=theme.pinned,
        name_origin=theme.name_origin,
        created_at=theme.created_at,
    )


def _cited(ids: Sequence[str], views: Mapping[str, ExcerptView]) -> tuple[Citation, ...]:
    cited = [cite(views[id], views[id].text) for id in ids if id in views]
    return tuple(citation for citation in cited if citation)
