"""Who speaks and where from: finds or makes the rows of people, accounts and sources, once per name."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.intake.batch import Batch
from synth.model import ParsedDocument
from synth.store import tables
from synth.store.rows import chunks, insert_new


class Directory:
    """The numbers of the people, accounts and sources that one import has met."""

    def __init__(self) -> None:
        self._people: dict[str, int] = {}
        self._accounts: dict[str, int] = {}
        self._sources: dict[str, int] = {}

    def sources(
        self, session: Session, batch: Batch, documents: Iterable[ParsedDocument], now: datetime
    ) -> Mapping[str, int]:
        """Source name to its number."""
        names = {document.source or batch.source for document in documents}
        new = names - self._sources.keys()
        common = {"workspace_id": batch.workspace, "kind": batch.kind, "created_at": now}
        insert_new(session, tables.Source, [{"name": name, **common} for name in sorted(new)])
        self._sources |= _numbers(session, tables.Source, batch.workspace, new)
        return self._sources

    def accounts(self, session: Session, workspace: str, documents: Iterable[ParsedDocument]) -> Mapping[str, int]:
        """Account name to its number; segment, plan and revenue are brought up to date where a document tells them."""
        told: dict[str, dict[str, Any]] = {}
        for document in documents:
            if document.account:
                fields = {"segment": document.segment, "plan": document.plan, "revenue": document.revenue}
                known = {key: value for key, value in fields.items() if value is not None}
                told.setdefault(document.account, {}).update(known)
        self._add(session, tables.Account, workspace, told.keys(), self._accounts)
        for name, fields in told.items():
            if fields:
                mine = tables.Account.id == self._accounts[name]
                session.execute(update(tables.Account).where(mine).values(**fields))
        return self._accounts

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
        self._add(session, tables.Person, workspace, employers.keys(), self._people)
        for name, account in employers.items():
            if account:
                mine = (tables.Person.id == self._people[name]) & tables.Person.account_id.is_(None)
                session.execute(update(tables.Person).where(mine).values(account_id=accounts[account]))
        return self._people

    def _add(
        self,
        session: Session,
        table: type[tables.Person] | type[tables.Account],
        workspace: str,
        names: Collection[str],
        known: dict[str, int],
    ) -> None:
        new = set(names) - known.keys()
        insert_new(
            session, table, [{"workspace_id": workspace, "name": name, "attributes": {}} for name in sorted(new)]
        )
        known |= _numbers(session, table, workspace, new)


def _numbers(
    session: Session,
    table: type[tables.Person] | type[tables.Account] | type[tables.Source],
    workspace: str,
    names: Collection[str],
) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(sorted(names)):
        query = select(table.name, table.id).where(table.workspace_id == workspace, table.name.in_(part))
        found |= {row.name: row.id for row in session.execute(query)}
    return found
