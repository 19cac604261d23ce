"""What a decision does to the numbers: each theme it touches, before and after."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.model import Condition, Filters, Unit
from synth.store import tables
from synth.store.counting import count
from synth.store.everybody import as_read
from synth.themes.listing import coverage

COUNTED: tuple[Unit, ...] = ("mentions", "people", "accounts")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted of a theme; `share` is of all documents."""

    mentions: int
    people: int
    accounts: int
    share: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Some themes at one moment: names and numbers of those in force, and how many excerpts are on none."""

    names: dict[str, str]
    numbers: dict[str, Numbers]
    unassigned: int


@dataclass(frozen=True, slots=True)
class ThemeEffect:
    """A theme's numbers before and after; None while it is not shown among the themes."""

    id: str
    name: str
    before: Numbers | None
    after: Numbers | None


@dataclass(frozen=True, slots=True)
class Effect:
    """All that a decision changes in numbers."""

    excerpts: int  # that are on another theme afterwards
    themes: tuple[ThemeEffect, ...]
    unassigned_before: int
    unassigned_after: int


def take_picture(session: Session, workspace: str, themes: Collection[str]) -> Picture:
    """Count the named themes as they are now, over what whoever decides may read."""
    with as_read(session):
        return _take_picture(session, workspace, themes)


def _take_picture(session: Session, workspace: str, themes: Collection[str]) -> Picture:
    query = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.id.in_(themes), tables.Theme.state == "active"
    )
    names = {row.id: row.name for row in session.execute(query)}
    documents = count(session, workspace, Filters())
    numbers = {theme: _count(session, workspace, theme, documents) for theme in names}
    return Picture(names, numbers, coverage(session, workspace)[1])


def compare(before: Picture, after: Picture, excerpts: int) -> Effect:
    """The effect that lies between two pictures, themes in the order of their numbers."""
    ids = sorted(before.names.keys() | after.names.keys(), key=lambda theme: int(theme[1:]))
    themes = [
        ThemeEffect(id, after.names.get(id) or before.names[id], before.numbers.get(id), after.numbers.get(id))
        for id in ids
    ]
    return Effect(excerpts, tuple(themes), before.unassigned, after.unassigned)


def _count(session: Session, workspace: str, theme: str, documents: float) -> Numbers:
    mine = Filters(where=(Condition("theme", theme),))
    mentions, people, accounts = (int(count(session, workspace, mine, unit)) for unit in COUNTED)
    return Numbers(mentions, people, accounts, round(mentions / documents, 4) if documents else 0.0)
