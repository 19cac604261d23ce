"""Conditions as SQL: the one place where what a question, a page or a command filters by becomes a WHERE clause."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from synth.errors import BadInput
from synth.model import Condition, Filters
from synth.store import tables
from synth.store.attributes import key_of, shortened
from synth.store.excerpts import account_of_document
from synth.store.tables import Account, Document, Person

MOOD = 0.05  # VADER's own border below which a text sounds negative
PRAISE = 0.25  # from here on a text sounds positive: what lies between is mostly politeness
CLEAR = 0.5  # from here on a tone is clear; what lies between is mostly courtesy
_OF_THEMES = ("theme", "area")
OF_EXCERPTS = (*_OF_THEMES, "sentiment", "suspicious")
_NUMBERS = ("rating", "revenue")
_OWN: Mapping[str, SQLColumnExpression[Any]] = {
    "language": tables.Document.language,
    "rating": tables.Document.rating,
    "document": tables.Document.id,
    "import": tables.Document.import_id,
}
_TRUTHS = {"true": "1", "false": "0"}  # as SQLite gives them


def conditions_of_documents(workspace: str, filters: Filters, *, singly: bool = False) -> list[ColumnElement[bool]]:
    """The WHERE clauses of the filters over the joined tables of `select_documents`."""
    clauses: list[ColumnElement[bool]] = []
    if filters.since is not None:
        clauses.append(Document.created_at >= filters.since)
    if filters.until is not None:
        clauses.append(Document.created_at < filters.until)
    where, owned = list(filters.where), _owners()
    for key in dict.fromkeys(each.key for each in where if each.key in owned and each.operator == "="):
        of_key = [each for each in where if each.key == key and each.operator == "="]
        clauses.append(_owned(workspace, of_key, *owned[key]))
        where = [each for each in where if each not in of_key]
    return clauses + _combined(where, lambda condition: _clause(workspace, condition, singly=singly))


def conditions_of_excerpts(workspace: str, filters: Filters) -> list[ColumnElement[bool]]:
    """The WHERE clauses of those conditions that excerpts themselves must meet."""
    mine = [condition for condition in filters.where if condition.key in OF_EXCERPTS]
    return _combined(mine, lambda each: _of_excerpt(workspace, each, tables.Excerpt))


def field_names() -> tuple[str, ...]:
    """The keys of a filter that every workspace has; all others are imported columns."""
    return (*_owners(), *_OWN, *OF_EXCERPTS)


def _combined(
    where: Sequence[Condition], clause: Callable[[Condition], ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """One clause per key and operator: any of the values that are asked for, none of those that are ruled out."""
    ordered = sorted(where, key=_key_and_operator)
    clauses = []
    for (_, operator), group in groupby(ordered, key=_key_and_operator):
        each = [clause(condition) for condition in group]
        clauses.append(or_(*each) if operator == "=" else and_(*each))
    return clauses


def _key_and_operator(condition: Condition) -> tuple[str, str]:
    return condition.key, condition.operator


def _clause(workspace: str, condition: Condition, *, singly: bool) -> ColumnElement[bool]:
    """What must hold of a document. Who owns the value is looked up first: joined, it is looked up once a document."""
    if condition.key in OF_EXCERPTS:
        held = _is_among(*_documents_holding(workspace, condition), singly=singly)
        return held if condition.operator == "=" else not_(held)
    if condition.operator == "!=":
        return not_(func.coalesce(_clause(workspace, replace(condition, operator="="), singly=singly), false()))
    owner = _owners().get(condition.key)
    if condition.key in _OWN:
        return _compared(_OWN[condition.key], condition)
    if owner is None:
        return _has_attribute(workspace, condition, singly=singly)
    return _owned(workspace, [condition], *owner)


def _owned(
    workspace: str, any_of: Sequence[Condition], key: SQLColumnExpression[Any], own: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """True of a document whose source, person or account meets any of the conditions, which are of one key."""
    table = own.class_
    meets = or_(*(_compared(own, each) for each in any_of))
    meant = select(table.id).where(table.workspace_id == workspace, meets).correlate(None)
    return _speaks_for(meant) if table is Account else key.in_(meant)


def _speaks_for(accounts: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """True of a document that speaks for one of the accounts: its own, else its person's, who is found from these."""
    people = select(Person.id).where(Person.account_id.in_(accounts)).correlate(None)
    of_its_person = Document.account_id.is_(None) & Document.person_id.in_(people)
    return or_(Document.account_id.in_(accounts), of_its_person)


def _is_among(
    documents: Select[*tuple[Any, ...]], id: SQLColumnExpression[Any], *, singly: bool
) -> ColumnElement[bool]:
    """True of a document whose id is in that column of the query: looked up by itself, or in the list of them all."""
    return documents.where(id == Document.id).correlate(Document).exists() if singly else Document.id.in_(documents)


def _documents_holding(
    workspace: str, condition: Condition
) -> tuple[Select[*tuple[Any, ...]], SQLColumnExpression[Any]]:
    """The documents with an excerpt on the theme or in the area, that sounds so, or is suspicious or not."""
    if condition.key in _OF_THEMES:
        document = tables.Assignment.document_id.expression
        return _assigned(workspace, condition, document), document
    said = aliased(tables.Excerpt)
    query = select(said.document_id).where(said.workspace_id == workspace, _holds(workspace, condition, said))
    return query, said.document_id


def _has_attribute(workspace: str, condition: Condition, *, singly: bool) -> ColumnElement[bool]:
    """What must hold of an imported attribute of the document, else of its person, else of its account.

    All documents, people and accounts that have such a value are found first, from the index of values; whether one has
    another value of its own is asked only of those whose person or account has such a one.
    """
    attribute, key = tables.DocumentAttribute, condition.key
    named = attribute.key == key_of(key)
    mine = (attribute.workspace_id == workspace) & named
    holding = select(attribute.document_id).where(mine, _is_value(attribute, condition))
    its_own = select(attribute.document_id).where(attribute.document_id == Document.id, named)
    told, of_account = Person.attributes[key].as_string(), Account.attributes[key].as_string()
    people = select(Person.id).where(Person.workspace_id == workspace, tables.TOLD).correlate(None)
    accounts = select(Account.id).where(Account.workspace_id == workspace).correlate(None)
    of_its_account = _speaks_for(accounts.where(_compared(of_account, condition)))
    knows_better = func.coalesce(Document.person_id.in_(people.where(told.is_not(None))), false())
    owned = or_(Document.person_id.in_(people.where(_compared(told, condition))), of_its_account & not_(knows_better))
    return or_(
        _is_among(holding, attribute.document_id, singly=singly), owned & not_(its_own.correlate(Document).exists())
    )


def _is_value(attribute: type[tables.DocumentAttribute], condition: Condition) -> ColumnElement[bool]:
    if condition.operator == "=":
        return attribute.folded.in_({shortened(form) for form in _stored_forms(condition.value)})
    return _compared(attribute.value, condition)


def _compared(column: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    """The column against the value, by "=", "<=" or ">=". Case makes no difference."""
    if condition.operator in ("<=", ">="):
        number = column if condition.key in _NUMBERS else _as_number(column)
        bound = _number(condition)
        return number <= bound if condition.operator == "<=" else number >= bound
    if condition.key in _NUMBERS:
        return column == _number(condition)
    return func.lower(column).in_(_stored_forms(condition.value))


def _owners() -> dict[str, tuple[ColumnElement[Any], InstrumentedAttribute[Any]]]:
    """How a document names who owns a value, and the owner's column that holds it."""
    source, person, account = Document.source_id.expression, Document.person_id.expression, account_of_document()
    return {
        "source": (source, tables.Source.name),
        "kind": (source, tables.Source.kind),
        "segment": (account, Account.segment),
        "plan": (account, Account.plan),
        "revenue": (account, Account.revenue),
        "account": (account, Account.name),
        "person": (person, Person.name),
    }


def _stored_forms(value: str) -> set[str]:
    """How the databases write a value in lower case; SQLite lowers ASCII only, numbers and truths have other forms."""
    ascii_only = "".join(letter.lower() if letter.isascii() else letter for letter in value)
    forms = {value.lower(), ascii_only}
    if value.lower() in _TRUTHS:
        return forms | {_TRUTHS[value.lower()]}
    try:
        number = float(value)
    except ValueError:
        return forms
    return forms | ({str(number), str(int(number))} if number.is_integer() else {str(number)})


def _as_number(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """The number an attribute holds; nothing where it holds words."""
    return case((cast(column, String).regexp_match(r"^-?[0-9]+(\.[0-9]+)?$"), cast(column, Float)))


def _number(condition: Condition) -> float:
    try:
        return float(condition.value)
    except ValueError:
        message = f"'{condition.key}{condition.operator}{condition.value}' needs a number after the sign."
        raise BadInput(message) from None


def _of_excerpt(workspace: str, condition: Condition, excerpt: type[tables.Excerpt]) -> ColumnElement[bool]:
    """What must hold of an excerpt itself, or must not."""
    holds = _holds(workspace, condition, excerpt)
    return holds if condition.operator == "=" else not_(func.coalesce(holds, false()))


def _holds(workspace: str, condition: Condition, excerpt: type[tables.Excerpt]) -> ColumnElement[bool]:
    """True of an excerpt on the theme or in the area, that sounds so, or is suspicious or not; raises BadInput."""
    if condition.key in _OF_THEMES:
        return excerpt.id.in_(_assigned(workspace, condition, tables.Assignment.excerpt_id))
    _check_sign(condition)
    if condition.key == "sentiment":
        return _sounds(condition, excerpt.sentiment)
    return _is_suspicious(condition, excerpt.suspicious)


def _assigned(workspace: str, condition: Condition, column: SQLColumnExpression[Any]) -> Select[*tuple[Any, ...]]:
    """A column of the assignments to the theme, or to those of the area."""
    _check_sign(condition)
    mine = select(column).where(tables.Assignment.workspace_id == workspace)
    if condition.key == "area":
        inside = (tables.Theme.workspace_id == workspace) & (tables.Theme.area == condition.value)
        themes = select(tables.Theme.id).where(inside, tables.Theme.state == "active")
        return mine.where(tables.Assignment.theme_id.in_(themes))
    return mine.where(tables.Assignment.theme_id == condition.value)


def _check_sign(condition: Condition) -> None:
    if condition.operator not in ("=", "!="):
        raise BadInput(f"{condition.key} is no number; write {condition.key}=VALUE or {condition.key}!=VALUE.")


def _sounds(condition: Condition, sentiment: InstrumentedAttribute[float | None]) -> ColumnElement[bool]:
    moods = {
        "positive": sentiment >= PRAISE,
        "negative": sentiment <= -MOOD,
        "clearly positive": sentiment >= CLEAR,
        "clearly negative": sentiment <= -CLEAR,
        "neutral": and_(sentiment > -MOOD, sentiment < PRAISE),
    }
    if condition.value.lower() not in moods:
        raise BadInput(f"sentiment={condition.value} is not known; use positive, neutral or negative.")
    return moods[condition.value.lower()]


def _is_suspicious(condition: Condition, reason: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    wanted = {"yes": reason.is_not(None), "no": reason.is_(None)}
    if condition.value.lower() not in wanted:
        raise BadInput(f"suspicious={condition.value} is not known; use suspicious=yes or suspicious=no.")
    return wanted[condition.value.lower()]
