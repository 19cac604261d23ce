"""Rosters: tables of accounts or people in which nobody says anything, as a CRM exports them. They describe who speaks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.intake.formats import TableFormat, detect
from synth.intake.tables import TablePreview, preview
from synth.intake.values import choose_number_style, read_amount
from synth.store import tables
from synth.store.rows import insert_new

MOST = 1_000_000
_ACCOUNT_FIELDS = ("segment", "plan", "revenue")


@dataclass(frozen=True, slots=True)
class Roster:
    """Rows about accounts or people: their name, known fields, and every other column as an attribute."""

    of: str  # people | accounts
    rows: tuple[dict[str, Any], ...]  # each with name, account (of people), fields, attributes


def read_roster(path: Path, filename: str, *, mapping: Mapping[str, str]) -> Roster | None:
    """The roster in a table that has names of people or accounts, something about them, and no text; else None."""
    detected = detect(path, name=filename)
    if detected not in get_args(TableFormat):
        return None
    form = cast("TableFormat", detected)
    if not is_roster(preview(path, format=form, name=filename), mapping):
        return None
    table = preview(path, format=form, rows=MOST, name=filename)
    columns = {**table.mapping, **mapping}
    of = "people" if "person" in columns else "accounts"
    return Roster(of, tuple(_row(of, columns, row) for row in table.rows))


def write_roster(session: Session, workspace: str, roster: Roster) -> tuple[int, int]:
    """Bring people or accounts up to date; returns how many are new or changed, and how many were so already."""
    named = {row["name"]: row for row in roster.rows if row["name"]}
    if roster.of == "accounts":
        return _write(session, tables.Account, workspace, named)
    accounts = {row["account"]: {"name": row["account"], "fields": {}, "attributes": {}} for row in named.values()}
    accounts.pop(None, None)
    numbers = _numbers(session, workspace, accounts)
    for row in named.values():
        row["fields"]["account_id"] = numbers.get(row["account"])
    return _write(session, tables.Person, workspace, named)


def is_roster(table: TablePreview, mapping: Mapping[str, str]) -> bool:
    """True for a table that names people or accounts, says something about them, and has no text."""
    columns = {**table.mapping, **mapping}
    names = "person" in columns or "account" in columns
    return names and "text" not in columns and len(table.columns) > 1


def _row(of: str, columns: Mapping[str, str], row: Mapping[str, str]) -> dict[str, Any]:
    def value(field: str) -> str | None:
        return row.get(columns.get(field, ""), "").strip() or None

    used = {columns[field] for field in ("person", "account", *_ACCOUNT_FIELDS) if field in columns}
    attributes = {key: cell for key, cell in row.items() if key not in used and cell}
    fields: dict[str, Any] = {}
    if of == "accounts":
        fields = {field: value(field) for field in _ACCOUNT_FIELDS if value(field)}
    if "revenue" in fields:
        fields["revenue"] = read_amount(fields["revenue"], choose_number_style([fields["revenue"]]))
    name = value("person" if of == "people" else "account")
    return {"name": name, "account": value("account"), "fields": fields, "attributes": attributes}


def _numbers(session: Session, workspace: str, accounts: Mapping[str, Any]) -> dict[str, int]:
    rows = [{"workspace_id": workspace, "name": name, "attributes": {}} for name in sorted(accounts)]
    insert_new(session, tables.Account, rows)
    query = select(tables.Account.name, tables.Account.id).where(tables.Account.workspace_id == workspace)
    return {row.name: row.id for row in session.execute(query)}


def _write(
    session: Session,
    table: type[tables.Account] | type[tables.Person],
    workspace: str,
    named: Mapping[str, dict[str, Any]],
) -> tuple[int, int]:
    fresh: Sequence[dict[str, Any]] = [{"workspace_id": workspace, "name": n, "attributes": {}} for n in sorted(named)]
    insert_new(session, table, fresh)
    changed = 0
    query = select(table).where(table.workspace_id == workspace)
    for stored in cast("Iterable[tables.Account | tables.Person]", session.scalars(query)):
        row = named.get(stored.name)
        if row is None:
            continue
        wanted = row["fields"] | {"attributes": {**stored.attributes, **row["attributes"]}}
        if any(getattr(stored, key) != value for key, value in wanted.items()):
            session.execute(update(table).where(table.id == stored.id).values(**wanted))
            changed += 1
    return changed, len(named) - changed
