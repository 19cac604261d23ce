"""Rosters: tables of accounts or people in which nobody says anything, as a CRM exports them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.intake.formats import TableFormat, detect
from synth.intake.redacting.privacy import Privacy
from synth.intake.tabular.columns import is_hidden
from synth.intake.tabular.rows import Row
from synth.intake.tabular.synonyms import fold_name
from synth.intake.tabular.tables import TablePreview, preview, read_rows
from synth.intake.tabular.values import NumberStyle, choose_number_style, is_empty, read_amount, write_cell
from synth.model import Refusal
from synth.store import tables
from synth.store.rows import chunks, insert_new

Of = Literal["people", "accounts"]
_FIELDS = ("person", "account", "segment", "plan", "revenue")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says: of a person or else of an account, with what is known of the account.

    Every other column is an attribute of the one the roster is about.
    """

    person: str | None
    account: str | None
    fields: Mapping[str, Any]  # of the account
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Roster:
    """The entries of a table about people or accounts, and the rows that name nobody."""

    of: Of
    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...] = field(default=())


def read_roster(
    path: Path, filename: str, *, mapping: Mapping[str, str], hidden: Collection[str] = ()
) -> Roster | None:
    """The roster in a table that has names of people or accounts, something about them, and no text; else None."""
    detected = detect(path, name=filename)
    if detected not in get_args(TableFormat):
        return None
    form = cast("TableFormat", detected)
    table = preview(path, format=form, name=filename)
    if not is_roster(table, mapping):
        return None
    columns = _columns(table, mapping)
    dropped = frozenset(map(fold_name, hidden))
    of: Of = "people" if "person" in columns else "accounts"
    rows = list(read_rows(path, format=form, name=filename))
    style = choose_number_style([_cell(row, columns.get("revenue", "")) for row in rows if isinstance(row, Row)])
    read = [_entry(of, columns, dropped, style, row) if isinstance(row, Row) else row for row in rows]
    return Roster(
        of,
        tuple(each for each in read if isinstance(each, Entry)),
        tuple(each for each in read if isinstance(each, Refusal)),
    )


def write_roster(session: Session, workspace: str, roster: Roster, privacy: Privacy) -> tuple[int, int]:
    """Bring people or accounts up to date; returns how many rows brought something new, and how many did not."""
    accounts: dict[str, dict[str, Any]] = {}
    people: dict[str, dict[str, Any]] = {}
    for entry in roster.entries:
        person, account = privacy.hide_name(entry.person), privacy.hide_name(entry.account)
        if account:
            accounts.setdefault(account, {"attributes": {}}).update(privacy.hide_fields(entry.fields))
        if person:
            people.setdefault(person, {"attributes": {}}).update({"account": account} if account else {})
        told = people[person] if person else accounts[account or ""]
        told["attributes"] |= privacy.hide_attributes(entry.attributes)
    changed = _write(session, tables.Account, workspace, accounts)
    if roster.of == "people":
        numbers = _numbers(session, workspace, accounts)
        for told in people.values():
            told.update({"account_id": numbers[told.pop("account")]} if "account" in told else {})
        changed = _write(session, tables.Person, workspace, people)
    return changed, len(roster.entries) - changed


def is_roster(table: TablePreview, mapping: Mapping[str, str]) -> bool:
    """True for a table that names people or accounts, says something about them, and has no text."""
    columns = _columns(table, mapping)
    names = "person" in columns or "account" in columns
    return names and "text" not in columns and len(table.columns) > 1


def _columns(table: TablePreview, mapping: Mapping[str, str]) -> dict[str, str]:
    """Field to column, as recognised or as given; a field given no column has none."""
    return {field: column for field, column in {**table.mapping, **mapping}.items() if column}


def _entry(
    of: Of, columns: Mapping[str, str], hidden: Collection[str], style: NumberStyle, row: Row
) -> Entry | Refusal:
    def value(field: str) -> str | None:
        return None if is_hidden(columns.get(field, ""), hidden) else _cell(row, columns.get(field, "")) or None

    person, account = value("person") if of == "people" else None, value("account")
    if (person if of == "people" else account) is None:
        return Refusal(row.number, f"row names no {'person' if of == 'people' else 'account'}; give it a name")
    revenue = value("revenue")
    told = {"segment": value("segment"), "plan": value("plan"), "revenue": revenue and read_amount(revenue, style)}
    used = {columns[field] for field in _FIELDS if field in columns}
    attributes = {
        column: _cell(row, column) for column in row.cells if column not in used and not is_hidden(column, hidden)
    }
    return Entry(
        person,
        account,
        {key: known for key, known in told.items() if known is not None},
        {column: cell for column, cell in attributes.items() if cell},
    )


def _cell(row: Row, column: str) -> str:
    cell = row.cells.get(column)
    return "" if cell is None or is_empty(cell) else write_cell(cell).strip()


def _numbers(session: Session, workspace: str, accounts: Collection[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for part in chunks(sorted(accounts)):
        query = select(tables.Account.name, tables.Account.id).where(
            tables.Account.workspace_id == workspace, tables.Account.name.in_(part)
        )
        numbers |= {row.name: row.id for row in session.execute(query)}
    return numbers


def _write(
    session: Session,
    table: type[tables.Account] | type[tables.Person],
    workspace: str,
    named: Mapping[str, Mapping[str, Any]],
) -> int:
    """Insert who is new and update whom the roster says something new of; returns how many were either."""
    changed = 0
    for part in chunks(sorted(named)):
        query = select(table).where(table.workspace_id == workspace, table.name.in_(part))
        found = cast("Iterable[tables.Account | tables.Person]", session.scalars(query))
        known = {stored.name: stored for stored in found}
        fresh: Sequence[str] = [name for name in part if name not in known]
        insert_new(session, table, [{"workspace_id": workspace, "name": name, "attributes": {}} for name in fresh])
        changed += len(fresh)
        for name in part:
            stored = known.get(name)
            attributes = {**(stored.attributes if stored else {}), **named[name]["attributes"]}
            wanted = {**named[name], "attributes": attributes}
            if stored and all(getattr(stored, key) == value for key, value in wanted.items()):
                continue
            mine = (table.workspace_id == workspace) & (table.name == name)
            session.execute(update(table).where(mine).values(**wanted))
            changed += stored is not None
    return changed
