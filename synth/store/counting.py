"""Every number the product shows: one SQL query each, over documents, people, accounts or revenue."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, distinct, func, null, select
from sqlalchemy.orm import Session

from synth.model import Filters, ThemeCount, Unit
from synth.store import tables
from synth.store.excerpts import account_of_document
from synth.store.filtering import Account, Document, is_open, select_documents
from synth.store.rows import one_of

UNITS: tuple[Unit, ...] = ("mentions", "people", "accounts", "revenue")
Heads = Literal["mentions", "people", "accounts"]  # what can be counted group by group
BOTH: tuple[Heads, ...] = ("mentions", "people")  # what every answer shows
HEADS: tuple[Heads, ...] = ("mentions", "people", "accounts")


def count(
    session: Session, workspace: str, filters: Filters, unit: Unit = "mentions", *, among: Collection[str] | None = None
) -> float:
    """How many documents, distinct people or accounts, or how much yearly revenue of distinct accounts.

    `among` narrows the count to the named documents.
    """
    return float(session.scalar(_counted(session, workspace, filters, unit, among)) or 0)


def count_units(
    session: Session, workspace: str, filters: Filters, *, among: Collection[str] | None = None
) -> dict[Unit, float]:
    """The same filters counted in every unit."""
    counted = count_heads(session, workspace, filters, HEADS, among=among)
    return {**counted, "revenue": count(session, workspace, filters, "revenue", among=among)}


def count_heads(
    session: Session,
    workspace: str,
    filters: Filters,
    units: Sequence[Heads],
    *,
    among: Collection[str] | None = None,
) -> dict[Unit, float]:
    """The same filters counted in several units, in one statement."""
    amounts = [_amount(unit).label(unit) for unit in units]
    row = session.execute(_within(session, select_documents(workspace, filters, *amounts), among)).one()
    return {unit: float(row[place]) for place, unit in enumerate(units)}


def count_by(
    session: Session, workspace: str, filters: Filters, key: SQLColumnExpression[Any], unit: Heads = "mentions"
) -> dict[Any, float]:
    """The same count for each value of a column of `select_documents`, largest first."""
    amount = _amount(unit).label("amount")
    query = select_documents(workspace, filters, key.label("key"), amount).group_by(key)
    rows = session.execute(query.order_by(amount.desc(), key)).all()
    return {row.key: float(row.amount) for row in rows}


def count_themes(
    session: Session, workspace: str, filters: Filters, *, among: Collection[str] | None = None
) -> list[ThemeCount]:
    """Active themes with how many documents speak to each, most first."""
    query = _theme_amounts(workspace)
    if not is_open(filters):
        query = query.where(_from_one_of(select_documents(workspace, filters)))
    if among is not None:
        query = query.where(one_of(session, tables.Assignment.document_id, among))
    return _named(session, workspace, {row.theme_id: row.amount for row in session.execute(query)})


def count_people_by_theme(session: Session, workspace: str, filters: Filters) -> dict[str, int]:
    """Theme id to the distinct people whose documents are within the filters and speak to it."""
    theme = tables.Assignment.theme_id
    query = select_documents(workspace, filters, theme, _amount("people").label("people"))
    query = query.join(tables.Assignment, tables.Assignment.document_id == Document.id).group_by(theme)
    return {row.theme_id: row.people for row in session.execute(query)}


def count_stretches(session: Session, workspace: str, filters: Filters, starts: Sequence[datetime]) -> list[int]:
    """The documents within the filters from each of the times on until the next, in one statement.

    The times ascend; the last stretch ends where the filters do, and what was said before the first is in none.
    """
    place = _place(starts).label("place")
    placed = select_documents(workspace, filters, place, Document.id).subquery()
    query = select(placed.c.place, func.count()).group_by(placed.c.place)
    return _in_places(len(starts), session.execute(query).all())


def count_themes_by_stretch(
    session: Session, workspace: str, filters: Filters, starts: Sequence[datetime]
) -> tuple[dict[str, str], dict[str, list[int]]]:
    """The same for every active theme that has any, by its id, most first; with the names of these."""
    theme, document = tables.Assignment.theme_id, tables.Assignment.document_id
    spoken = select_documents(workspace, filters, _place(starts).label("place"), theme, document)
    pairs = spoken.join(tables.Assignment, document == Document.id).distinct().subquery()
    query = select(pairs.c.theme_id, pairs.c.place, func.count().label("amount"))
    rows = session.execute(query.group_by(pairs.c.theme_id, pairs.c.place)).all()
    held: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        held.setdefault(row.theme_id, []).append((row.place, row.amount))
    named = _named(session, workspace, {id: sum(amount for _, amount in each) for id, each in held.items()})
    return {each.id: each.name for each in named}, {each.id: _in_places(len(starts), held[each.id]) for each in named}


def _place(starts: Sequence[datetime]) -> ColumnElement[int]:
    """Which stretch a document is in, counted from 0; -1 before the first."""
    later = ((Document.created_at >= start, place) for place, start in reversed(list(enumerate(starts))))
    return case(*later, else_=-1)


def _in_places(length: int, counted: Iterable[Any]) -> list[int]:
    amounts = dict(tuple(pair) for pair in counted)
    return [amounts.get(place, 0) for place in range(length)]


def count_all(session: Session, workspace: str, filters: Filters) -> tuple[dict[Unit, float], list[ThemeCount]]:
    """Mentions, people and themes within the filters, which are applied once: that is most of the work."""
    if is_open(filters):
        return count_heads(session, workspace, filters, BOTH), count_themes(session, workspace, filters)
    within = select_documents(workspace, filters, Document.id, Document.person_id).cte("within")
    whole = select(
        null().label("theme_id"), func.count(within.c.id).label("amount"), func.count(distinct(within.c.person_id))
    )
    themes = _theme_amounts(workspace).where(_from_one_of(select(within.c.id)))
    first, *rows = sorted(
        session.execute(whole.union_all(themes.add_columns(null()))).all(), key=lambda row: row.theme_id is not None
    )
    heads: dict[Unit, float] = {"mentions": float(first[1]), "people": float(first[2])}
    return heads, _named(session, workspace, {row.theme_id: row.amount for row in rows})


def _named(session: Session, workspace: str, amounts: Mapping[str, int]) -> list[ThemeCount]:
    """The active ones among the themes, by their amounts."""
    active = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state == "active"
    )
    named = {row.id: row.name for row in session.execute(active)}
    counted = [ThemeCount(id, named[id], amount) for id, amount in amounts.items() if id in named]
    return sorted(counted, key=lambda theme: (-theme.mentions, theme.id))


def days(session: Session, workspace: str) -> tuple[datetime | None, datetime | None]:
    """The times of the oldest and the newest document."""
    first, last = (
        session.scalar(select(end).where(Document.workspace_id == workspace))
        for end in (func.min(Document.created_at), func.max(Document.created_at))
    )
    return first, last


def _counted(
    session: Session, workspace: str, filters: Filters, unit: Unit, among: Collection[str] | None
) -> Select[*tuple[Any, ...]]:
    if unit == "revenue":
        accounts = _within(session, select_documents(workspace, filters, account_of_document()), among).distinct()
        return select(func.coalesce(func.sum(Account.revenue), 0.0)).where(Account.id.in_(accounts))
    return _within(session, select_documents(workspace, filters, _amount(unit)), among)


def _within(
    session: Session, query: Select[*tuple[Any, ...]], among: Collection[str] | None
) -> Select[*tuple[Any, ...]]:
    return query if among is None else query.where(one_of(session, Document.id, among))


def _amount(unit: Unit) -> ColumnElement[Any]:
    if unit == "people":
        return func.count(distinct(Document.person_id))
    if unit == "accounts":
        return func.count(distinct(account_of_document()))
    return func.count(Document.id)


def _theme_amounts(workspace: str) -> Select[*tuple[Any, ...]]:
    """Documents by theme: which documents are meant is asked apart."""
    theme = tables.Assignment.theme_id
    return (
        select(theme, func.count(distinct(tables.Assignment.document_id)).label("amount"))
        .where(tables.Assignment.workspace_id == workspace)
        .group_by(theme)
    )


def _from_one_of(documents: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """True of an assignment whose document is among what may be most of them.

    Written so that no index by document is used: the assignments are then read theme by theme, and need no sorting.
    """
    return func.coalesce(tables.Assignment.document_id, "").in_(documents)
