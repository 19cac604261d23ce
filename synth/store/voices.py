"""The lists behind the numbers of people, accounts and sources: who they are, and how much each of them said."""

from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.model import Filters
from synth.store import tables
from synth.store.counting import count
from synth.store.excerpts import account_of_document
from synth.store.filtering import Account, Document, Person, select_documents
from synth.store.reading import Listed, Page, Shown
from synth.wire.values import moment, whole

Voice = Literal["people", "accounts", "sources"]
_said = func.count(Document.id)


def count_voices(session: Session, workspace: str, by: str, filters: Filters) -> int:
    """How many there are whose documents are within the filters; raises BadInput."""
    _check(by)
    if by == "sources":
        query = select_documents(workspace, filters, func.count(distinct(Document.source_id)))
        return int(session.scalar(query) or 0)
    return int(count(session, workspace, filters, "people" if by == "people" else "accounts"))


def list_voices(session: Session, workspace: str, by: str, filters: Filters, page: Page) -> Listed:
    """A page of those whose documents are within the filters, who said most first; raises BadInput."""
    _check(by)
    query, key = {"people": _people, "accounts": _accounts, "sources": _sources}[by](workspace, filters)
    if page.after is not None:
        query = query.having(_after(key, page))
    rows = session.execute(query.order_by(_said.desc(), key).limit(page.limit + 1)).all()
    shown = rows[: page.limit]
    ends = (str(shown[-1].mentions), str(shown[-1].number)) if len(rows) > page.limit else None
    return Listed([_show(row._mapping) for row in shown], ends)


def _check(by: str) -> None:
    if by not in get_args(Voice):
        raise BadInput(f"'{by}' cannot be listed; choose {', '.join(get_args(Voice))}.")


def _people(workspace: str, filters: Filters) -> tuple[Select[Any], ColumnElement[Any]]:
    columns = (Person.name, Account.name.label("account"), Account.segment, *_common(Person.id))
    query = select_documents(workspace, filters, *columns).where(Person.id.is_not(None))
    return query.group_by(Person.id, Account.id), Person.id.expression


def _accounts(workspace: str, filters: Filters) -> tuple[Select[Any], ColumnElement[Any]]:
    people = func.count(distinct(Document.person_id)).label("people")
    columns = (Account.name, Account.segment, Account.plan, Account.revenue, people, *_common(Account.id))
    query = select_documents(workspace, filters, *columns).where(account_of_document().is_not(None))
    return query.group_by(Account.id), Account.id.expression


def _sources(workspace: str, filters: Filters) -> tuple[Select[Any], ColumnElement[Any]]:
    source = tables.Source
    people = func.count(distinct(Document.person_id)).label("people")
    query = select_documents(workspace, filters, source.name, source.kind, people, *_common(source.id))
    return query.group_by(source.id), source.id.expression


def _common(key: Any) -> tuple[Any, ...]:
    """Beside what each is called: how much they said, from when to when, and their number, by which pages go on."""
    first, last = func.min(Document.created_at).label("first"), func.max(Document.created_at).label("last")
    return _said.label("mentions"), first, last, key.label("number")


def _after(key: ColumnElement[Any], page: Page) -> ColumnElement[bool]:
    try:
        said, last = (int(part or "") for part in page.after or ())
    except ValueError:
        raise BadInput("This cursor was not made here; begin with the first page.") from None
    return or_(_said < said, and_(_said == said, key > last))


def _show(row: Any) -> Shown:
    shown = {key: value for key, value in row.items() if key != "number"}
    if shown.get("revenue") is not None:
        shown["revenue"] = whole(shown["revenue"])
    return shown | {"first": moment(shown["first"]), "last": moment(shown["last"])}
