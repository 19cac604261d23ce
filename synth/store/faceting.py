"""How a set of excerpts spreads over sources, segments, tones, themes and time: counted in one statement."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, String, case, cast, distinct, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.store import tables
from synth.store.conditions import MOOD, PRAISE
from synth.store.excerpts import account_of_document
from synth.store.filtering import select_excerpt_ids
from synth.store.rows import one_of

KEYS: Final = ("source", "theme", "segment", "plan", "language", "rating", "sentiment")
Account, Document, Excerpt, Person = tables.Account, tables.Document, tables.Excerpt, tables.Person


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time by its name, its end exclusive."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Spread:
    """How many excerpts of how many people there are, and how many have each value of each key, the most first.

    Times stand under `time`, in their order. What is not known of an excerpt is left out.
    """

    excerpts: int
    people: int
    facets: Mapping[str, Mapping[str, int]]


def matched(
    session: Session, workspace: str, filters: Filters, among: Collection[str] | ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    """The conditions on excerpts of what people said, within the filters, and among ids or by a condition."""
    within = select_excerpt_ids(workspace, filters, singly=True).whereclause
    mine = among if isinstance(among, ColumnElement) else one_of(session, Excerpt.id, among)
    return [mine] if within is None else [mine, within]


def count_facets(
    session: Session, workspace: str, clauses: Sequence[ColumnElement[bool]], buckets: Sequence[Bucket]
) -> Spread:
    """How the excerpts that meet the conditions spread; the buckets are of ascending time and touch each other."""
    within = _within(clauses, buckets).cte("within")
    people = select(literal("people"), cast(literal(""), String), func.count(distinct(within.c.person)))
    keys = ("source", "account", "language", "rating", "sentiment", "time")
    groups = [_group(key, within.c[key]) for key in keys]
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for key, value, held in session.execute(union_all(people, *groups, _by_theme(workspace, within))):
        counted[key][value] = held
    sources, accounts = _sources(session, workspace), _accounts(session, workspace)
    facets = {
        "source": _most(counted["source"], sources),
        "theme": _most(counted["theme"]),
        "segment": _most(counted["account"], {id: segment for id, (segment, _) in accounts.items()}),
        "plan": _most(counted["account"], {id: plan for id, (_, plan) in accounts.items()}),
        "language": _most(counted["language"]),
        "rating": _ratings(counted["rating"]),
        "sentiment": _most(counted["sentiment"]),
        "time": {each.name: counted["time"][each.name] for each in buckets if each.name in counted["time"]},
    }
    return Spread(sum(counted["source"].values()), counted["people"].get("", 0), facets)


def _within(clauses: Sequence[ColumnElement[bool]], buckets: Sequence[Bucket]) -> Select[*tuple[Any, ...]]:
    """The excerpts of the set with what they are grouped by: the conditions are looked at once."""
    times = [(Document.created_at < bucket.until, bucket.name) for bucket in buckets]
    known = [(Document.created_at < buckets[0].since, null())] if buckets else []
    tone = case(
        (Excerpt.sentiment >= PRAISE, "positive"),
        (Excerpt.sentiment <= -MOOD, "negative"),
        (Excerpt.sentiment.is_not(None), "neutral"),
    )
    return (
        select(
            Excerpt.id.label("excerpt"),
            Document.person_id.label("person"),
            Document.source_id.label("source"),
            account_of_document().label("account"),
            Document.language.label("language"),
            Document.rating.label("rating"),
            tone.label("sentiment"),
            (case(*known, *times) if times else null()).label("time"),
        )
        .join(Document, Document.id == Excerpt.document_id)
        .outerjoin(Person, Person.id == Document.person_id)
        .where(*clauses)
    )


def _group(key: str, column: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(literal(key), cast(column, String), func.count()).group_by(column)


def _by_theme(workspace: str, within: CTE) -> Select[*tuple[Any, ...]]:
    """By the active themes: an excerpt is on one at most."""
    assigned, theme = tables.Assignment, tables.Theme
    active = select(theme.id).where(theme.workspace_id == workspace, theme.state == "active")
    query = select(literal("theme"), assigned.theme_id, func.count())
    return (
        query.join(within, within.c.excerpt == assigned.excerpt_id)
        .where(assigned.workspace_id == workspace, assigned.theme_id.in_(active))
        .group_by(assigned.theme_id)
    )


def _sources(session: Session, workspace: str) -> dict[str, str | None]:
    query = select(tables.Source.id, tables.Source.name).where(tables.Source.workspace_id == workspace)
    return {str(row.id): row.name for row in session.execute(query)}


def _accounts(session: Session, workspace: str) -> dict[str, tuple[str | None, str | None]]:
    query = select(Account.id, Account.segment, Account.plan).where(Account.workspace_id == workspace)
    return {str(row.id): (row.segment, row.plan) for row in session.execute(query)}


def _most(counted: Mapping[str, int], names: Mapping[str, str | None] | None = None) -> dict[str, int]:
    """The values by their names, the most first; a filter does not tell capitals from small letters, nor does this."""
    amounts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for value, held in counted.items():
        name = names.get(value) if names is not None else value
        if name is not None:
            amounts[spelled.setdefault(name.casefold(), name)] += held
    return dict(sorted(amounts.items(), key=lambda each: (-each[1], each[0])))


def _ratings(counted: Mapping[str, int]) -> dict[str, int]:
    """The best first, written as they are filtered by."""
    known = sorted(((float(value), held) for value, held in counted.items() if value is not None), reverse=True)
    return {f"{value:g}": held for value, held in known}
