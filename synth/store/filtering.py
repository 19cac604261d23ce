"""Which documents and excerpts meet the filters of a question, a page or a command; and filters as they are typed."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, get_args

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import SelectBase

from synth.errors import BadInput, NotFound
from synth.model import Condition, Filters, Operator
from synth.store import tables
from synth.store.attributes import key_of
from synth.store.conditions import (
    OF_EXCERPTS,
    conditions_of_documents,
    conditions_of_excerpts,
    field_names,
)
from synth.store.excerpts import account_of_document, spoken
from synth.store.rows import one_of, read_ids

_WRITTEN = re.compile(r"\s*(?P<key>[^=!<>]*[^=!<>\s])\s*(?P<operator>!=|<=|>=|=)\s*(?P<value>\S|\S.*\S)\s*", re.DOTALL)
_OPERATORS: Mapping[str, Operator] = {operator: operator for operator in get_args(Operator)}
Document, Person, Account = tables.Document, tables.Person, tables.Account


def select_documents(workspace: str, filters: Filters, *columns: Any, singly: bool = False) -> Select[*tuple[Any, ...]]:
    """The documents that meet the filters; columns default to the id.

    Source, person and account are joined where the columns or the filters speak of them: a join that nothing asks for
    is what most of a count would wait for. Who adds columns or conditions of these later names them in `columns`.
    `singly` is for few documents, each of which is held against the filters.
    """
    shown, clauses = columns or (Document.id,), conditions_of_documents(workspace, filters, singly=singly)
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
    query = select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, spoken())
    return query.where(*conditions_of_excerpts(workspace, filters))


def _documents_of(workspace: str, filters: Filters, *, singly: bool) -> Select[*tuple[Any, ...]] | None:
    """The documents whose excerpts can meet the filters, None where these ask nothing of a document.

    An excerpt that is on a theme shows that its document is; that none of the others is, only the document shows.
    """
    others = tuple(each for each in filters.where if each.key not in OF_EXCERPTS or each.operator == "!=")
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


def merge(filters: Filters, more: Sequence[Condition]) -> Filters:
    """The filters with further conditions."""
    return Filters(filters.since, filters.until, tuple(dict.fromkeys((*filters.where, *more))))


def parse_condition(written: str) -> Condition:
    """A condition as it is typed: KEY=VALUE, KEY!=VALUE, KEY<=NUMBER, KEY>=NUMBER; raises BadInput otherwise."""
    match = _WRITTEN.fullmatch(written)
    if match:
        return Condition(match["key"], match["value"], _OPERATORS[match["operator"]])
    raise BadInput(f"'{written}' is not a filter; write KEY=VALUE, KEY!=VALUE, KEY<=NUMBER or KEY>=NUMBER.")


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
    mine = (attribute.workspace_id == workspace) & (attribute.key == key_of(key))
    of_documents = select(attribute.document_id).where(mine)
    of_owners = (
        select(owner.id).where(owner.workspace_id == workspace, owner.attributes[key].as_string().is_not(None))
        for owner in (Person, Account)
    )
    return any(session.scalar(query.limit(1)) is not None for query in (of_documents, *of_owners))
