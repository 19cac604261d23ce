"""Who speaks and where from: finds or makes the rows of people, accounts and sources, once per name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from synth.intake.batch import Batch
from synth.model import ParsedDocument
from synth.store import tables
from synth.store.rows import chunks, insert_new

_TOLD = ("segment", "plan", "revenue")  # what a document tells of an account


class Directory:
    """The numbers of the people, accounts and sources that one import has met, and what is stored of them.

    What is written is written in the order of the names: two imports of the same people do not wait for each other.
    """

    def __init__(self) -> None:
        self._people: dict[str, int] = {}
        self._unplaced: set[str] = set()  # people without an account
        self._accounts: dict[str, int] = {}
        self._told: dict[str, dict[str, Any]] = {}  # of accounts
        self._sources: dict[str, int] = {}

    def sources(
        self, session: Session, batch: Batch, documents: Iterable[ParsedDocument], now: datetime
    ) -> Mapping[str, int]:
        """Source name to its number."""
        names = {document.source or batch.source for document in documents}
        new = sorted(names - self._sources.keys())
        common = {"workspace_id": batch.workspace, "kind": batch.kind, "created_at": now}
        insert_new(session, tables.Source, [{"name": name, **common} for name in new])
        self._sources |= {row.name: row.id for row in _stored(session, tables.Source, batch.workspace, new)}
        return self._sources

    def accounts(self, session: Session, workspace: str, documents: Iterable[ParsedDocument]) -> Mapping[str, int]:
        """Account name to its number; segment, plan and revenue are brought up to date where a document tells them."""
        told: dict[str, dict[str, Any]] = {}
        for document in documents:
            if document.account:
                fields = {key: getattr(document, key) for key in _TOLD}
                known = {key: value for key, value in fields.items() if value is not None}
                told.setdefault(document.account, {}).update(known)
        new = sorted(told.keys() - self._accounts.keys())
        common: dict[str, Any] = {"workspace_id": workspace, "attributes": {}, **dict.fromkeys(_TOLD)}
        insert_new(session, tables.Account, [{**common, "name": name, **told[name]} for name in new])
        of_account = [getattr(tables.Account, key) for key in _TOLD]
        for row in _stored(session, tables.Account, workspace, new, *of_account):
            self._accounts[row.name] = row.id
            self._told[row.name] = {key: getattr(row, key) for key in _TOLD}
        self._tell(
            session, {name: fields for name, fields in told.items() if not fields.items() <= self._told[name].items()}
        )
        return self._accounts

    def _tell(self, session: Session, changed: Mapping[str, Mapping[str, Any]]) -> None:
        """Write what is told anew of accounts; what is not told of one stays as it is."""
        if not changed:
            return
        table = cast("Table", tables.Account.__table__)
        fields = {
            table.c[key]: func.coalesce(bindparam(f"new_{key}", type_=table.c[key].type), table.c[key]) for key in _TOLD
        }
        written = update(table).where(table.c.id == bindparam("number")).values(fields)
        session.execute(
            written,
            [
                {"number": self._accounts[name], **{f"new_{key}": changed[name].get(key) for key in _TOLD}}
                for name in sorted(changed)
            ],
        )
        for name, told in changed.items():
            self._told[name] |= told

    def people(
        self,
        session: Session,
        workspace: str,
        documents: Iterable[ParsedDocument],
        accounts: Mapping[str, int],
    ) -> Mapping[str, int]:
        """Person name to their number; a person without an account gets the first one a document names."""
        employers: dict[str, str | None] = {}
        for document in documents:
            if document.person:
                employers[document.person] = employers.get(document.person) or document.account
        employed = {name: accounts[account] for name, account in employers.items() if account}
        new = sorted(employers.keys() - self._people.keys())
        common = {"workspace_id": workspace, "attributes": {}}
        insert_new(session, tables.Person, [{**common, "name": name, "account_id": employed.get(name)} for name in new])
        for row in _stored(session, tables.Person, workspace, new, tables.Person.account_id):
            self._people[row.name] = row.id
            if row.account_id is None:
                self._unplaced.add(row.name)
        self._place(session, {name: employed[name] for name in employed.keys() & self._unplaced})
        return self._people

    def _place(self, session: Session, employed: Mapping[str, int]) -> None:
        """Give people an account who have none."""
        if not employed:
            return
        table = cast("Table", tables.Person.__table__)
        mine = (table.c.id == bindparam("number")) & table.c.account_id.is_(None)
        session.execute(
            update(table).where(mine).values(account_id=bindparam("account")),
            [{"number": self._people[name], "account": employed[name]} for name in sorted(employed)],
        )
        self._unplaced -= employed.keys()


def _stored(
    session: Session,
    table: type[tables.Person] | type[tables.Account] | type[tables.Source],
    workspace: str,
    names: Sequence[str],
    *more: InstrumentedAttribute[Any],
) -> Iterator[Row[Any]]:
    """The name, the number, and what more is asked of each that is stored."""
    for part in chunks(names):
        query = select(table.name, table.id, *more).where(table.workspace_id == workspace, table.name.in_(part))
        yield from session.execute(query)
