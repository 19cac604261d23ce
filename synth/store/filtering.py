"""Filters as SQL: the one place where a condition of a question, a page or a command becomes a WHERE clause."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, get_args

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    String,
    Table,
    and_,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.selectable import SelectBase

from synth.errors import BadInput, NotFound
from synth.model import Condition, Filters, Operator
from synth.store import tables
from synth.store.attributes import shortened
from synth.store.excerpts import account_of_document, spoken
from synth.store.rows import one_of, read_ids

MOOD = 0.05  # VADER's own border below which a text sounds negative
PRAISE = 0.25  # from here on a text sounds positive: what lies between is mostly politeness
CLEAR = 0.5  # from here on a tone is clear; what lies between is mostly courtesy
_OF_THEMES = ("theme", "area")
_OF_EXCERPTS = (*_OF_THEMES, "sentiment", "suspicious")
_NUMBERS = ("rating", "revenue")
_WRITTEN = re.compile(r"\s*(?P<key>[^=!<>]*[^=!<>\s])\s*(?P<operator>!=|<=|>=|=)\s*(?P<value>\S|\S.*\S)\s*", re.DOTALL)
_OPERATORS: Mapping[str, Operator] = {operator: operator for operator in get_args(Operator)}
_OWN: Mapping[str, SQLColumnExpression[Any]] = {
    "language": tables.Document.language,
    "rating": tables.Document.rating,
    "document": tables.Document.id,
    "import": tables.Document.import_id,
}
_TRUTHS = {"true": "1", "false": "0"}  # as SQLite gives them
Document, Person, Account = tables.Document, tables.Person, tables.Account


def select_documents(workspace: str, filters: Filters, *columns: Any, singly: bool = False) -> Select[*tuple[Any, ...]]:
    """The documents that meet the filters; columns default to the id.

    Source, person and account are joined where the columns or the filters speak of them: a join that nothing asks for
    is what most of a count would wait for. Who adds columns or conditions of these later names them in `columns`.
    `singly` is for few documents, each of which is held against the filters.
    """
    shown, clauses = columns or (Document.id,), conditions(workspace, filters, singly=singly)
    named = {table for each in (*shown, *clauses) for table in _tables_of(each)}
    query = select(*shown).select_from(Document)
    if "sources" in named:
        query = query.join(tables.Source, tables.Source.id == Document.source_id)
    if named & {"people", "accounts"}:
        query = query.outerjoin(Person, Person.id == Document.person_id)
    if "accounts" in named:
        query = query.outerjoin(Account, Account.id == account_of_document())
    return query.where(Document.workspace_id == workspace, *clauses)


def _tables_of(shown: Any) -> set[str]:
    """The names of the tables that a column, a clause or a mapped class speaks of, but for those of its subqueries."""
    if isinstance(shown, type) and issubclass(shown, tables.Base):
        return {shown.__tablename__}
    written = shown.__clause_element__() if hasattr(shown, "__clause_element__") else shown
    spoken_of = (getattr(each, "table", None) for each in _outside_of_subqueries(written))
    return {table.name for table in spoken_of if isinstance(table, Table)}


def _outside_of_subqueries(element: Any) -> Iterator[Any]:
    yield element
    for inner in element.get_children():
        if not isinstance(inner, SelectBase):
            yield from _outside_of_subqueries(inner)


def select_excerpt_ids(workspace: str, filters: Filters, *, singly: bool = False) -> Select[*tuple[Any, ...]]:
    """Ids of the excerpts of those documents that count as evidence: not the interviewer's words.

    With `singly` the document of each excerpt is held against the filters, which pays where few excerpts are looked at;
    otherwise all documents that the filters let through are found first.
    """
    query, mine = _spoken_excerpts(workspace, filters), _documents_of(workspace, filters, singly=singly)
    if mine is None:
        return query
    if singly:
        return query.where(mine.where(Document.id == tables.Excerpt.document_id).correlate(tables.Excerpt).exists())
    return query.where(tables.Excerpt.document_id.in_(mine))


def _spoken_excerpts(workspace: str, filters: Filters) -> Select[*tuple[Any, ...]]:
    """Ids of what people said, as far as the excerpts themselves must meet the filters."""
    of_excerpts = [condition for condition in filters.where if condition.key in _OF_EXCERPTS]
    query = select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, spoken())
    return query.where(*_combined(of_excerpts, lambda each: _of_excerpt(workspace, each, tables.Excerpt)))


def _documents_of(workspace: str, filters: Filters, *, singly: bool) -> Select[*tuple[Any, ...]] | None:
    """The documents whose excerpts can meet the filters, None where these ask nothing of a document.

    An excerpt that is on a theme shows that its document is; that none of the others is, only the document shows.
    """
    others = tuple(each for each in filters.where if each.key not in _OF_EXCERPTS or each.operator == "!=")
    asked = Filters(filters.since, filters.until, others)
    return None if is_open(asked) else select_documents(workspace, asked, singly=singly)


def excerpt_ids(
    session: Session, workspace: str, filters: Filters, *, among: Collection[str] | None = None
) -> list[str]:
    """Those ids, ascending; only those in `among`, where it is given."""
    query = select_excerpt_ids(workspace, filters, singly=among is not None)
    if among is not None:
        query = query.where(one_of(session, tables.Excerpt.id, among))
    return sorted(read_ids(session, query))


def is_open(filters: Filters) -> bool:
    """True when the filters let everything through."""
    return filters.since is None and filters.until is None and not filters.where


def conditions(workspace: str, filters: Filters, *, singly: bool = False) -> list[ColumnElement[bool]]:
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


def parse_condition(written: str) -> Condition:
    """A condition as it is typed: KEY=VALUE, KEY!=VALUE, KEY<=NUMBER, KEY>=NUMBER; raises BadInput otherwise."""
    match = _WRITTEN.fullmatch(written)
    if match:
        return Condition(match["key"], match["value"], _OPERATORS[match["operator"]])
    raise BadInput(f"'{written}' is not a filter; write KEY=VALUE, KEY!=VALUE, KEY<=NUMBER or KEY>=NUMBER.")


def field_names() -> tuple[str, ...]:
    """The keys of a filter that every workspace has; all others are imported columns."""
    return (*_owners(), *_OWN, *_OF_EXCERPTS)


def check_names(session: Session, workspace: str, filters: Filters) -> None:
    """Raise NotFound for a theme that does not exist, BadInput for a key that nothing in the workspace has."""
    for condition in filters.where:
        if condition.key == "theme":
            if session.get(tables.Theme, (workspace, condition.value)) is None:
                raise NotFound(f"There is no theme {condition.value}; `synth themes` lists those there are.")
        elif condition.key == "area":
            if session.get(tables.Area, (workspace, condition.value)) is None:
                raise NotFound(f"There is no area {condition.value}; `synth themes` lists those there are.")
        elif condition.key not in field_names() and not _is_attribute(session, workspace, condition.key):
            known = ", ".join(sorted(field_names()))
            raise BadInput(f"Nothing here has a '{condition.key}' to filter by; use {known}, or an imported column.")


def _is_attribute(session: Session, workspace: str, key: str) -> bool:
    attribute = tables.DocumentAttribute
    of_documents = select(attribute.document_id).where(attribute.workspace_id == workspace, attribute.key == key)
    of_owners = (
        select(owner.id).where(owner.workspace_id == workspace, owner.attributes[key].as_string().is_not(None))
        for owner in (Person, Account)
    )
    return any(session.scalar(query.limit(1)) is not None for query in (of_documents, *of_owners))


def _clause(workspace: str, condition: Condition, *, singly: bool) -> ColumnElement[bool]:
    """What must hold of a document. Who owns the value is looked up first: joined, it is looked up once a document."""
    if condition.key in _OF_EXCERPTS:
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
    mine = (attribute.workspace_id == workspace) & (attribute.key == key)
    holding = select(attribute.document_id).where(mine, _is_value(attribute, condition))
    its_own = select(attribute.document_id).where(attribute.document_id == Document.id, attribute.key == key)
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


def merge(filters: Filters, more: Sequence[Condition]) -> Filters:
    """The filters with further conditions."""
    return Filters(filters.since, filters.until, tuple(dict.fromkeys((*filters.where, *more))))
