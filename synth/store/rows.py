"""Bulk writing that says the same thing on SQLite and PostgreSQL."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from synth.store.tables import Counter

if TYPE_CHECKING:
    from synth.store.database import Database

Element = TypeVar("Element")
IN_LIMIT = 500  # values in one IN (…): well below every database's limit on parameters


def insert_new(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key is there already are left as they are. All rows name the same columns."""
    if rows and session.get_bind().dialect.name == "sqlite":
        session.execute(sqlite.insert(_table_of(table)).on_conflict_do_nothing(), list(rows))
    elif rows:
        session.execute(_of_arrays(_table_of(table), rows[0]).on_conflict_do_nothing(), _arrays(rows))


def insert_all(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet. All rows name the same columns."""
    if rows and session.get_bind().dialect.name == "sqlite":
        session.execute(insert(_table_of(table)), list(rows))
    elif rows:
        session.execute(_of_arrays(_table_of(table), rows[0]), _arrays(rows))


def _of_arrays(table: Table, columns: Iterable[str]) -> postgresql.Insert:
    """One statement for any number of rows, a list for each column: PostgreSQL would take a statement for each row."""
    types = {name: table.c[name].type for name in columns}
    lists = [func.unnest(bindparam(f"all_{name}", type_=postgresql.ARRAY(type))) for name, type in types.items()]
    return postgresql.insert(table).from_select(list(types), select(*lists))


def _arrays(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {f"all_{name}": [row[name] for row in rows] for name in rows[0]}


def _table_of(table: type[DeclarativeBase]) -> Table:
    target = table.__table__
    assert isinstance(target, Table)
    return target


def chunks(values: Sequence[Element], size: int = IN_LIMIT) -> Iterator[Sequence[Element]]:
    """The values in runs of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def one_of(session: Session, column: SQLColumnExpression[Any], values: Collection[str]) -> ColumnElement[bool]:
    """True where the column is one of any number of texts: they travel as one parameter, not as one each."""
    written = json.dumps(sorted(values))
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(written).table_valued("value")
    else:
        each = func.json_array_elements_text(cast(bindparam(None, written, Text), postgresql.JSON)).table_valued(
            "value"
        )
    return column.in_(select(each.c.value))


def read_ids(session: Session, query: Select[*tuple[Any, ...]]) -> list[str]:
    """The ids that a query of one column gives, in any order: they travel as one text, not as a row each."""
    id = query.subquery().c[0]
    written: str | None = session.scalar(select(func.aggregate_strings(id, " ")))
    return written.split() if written else []


def next_numbers(session: Session, workspace: str, kind: str, count: int) -> list[int]:
    """`count` numbers never given out before in this workspace, ascending from 1; others wait until it ends."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    raised = make(Counter).values(workspace_id=workspace, kind=kind, value=count)
    raised = raised.on_conflict_do_update(
        index_elements=[Counter.workspace_id, Counter.kind], set_={"value": Counter.value + count}
    )
    last: int = session.execute(raised.returning(Counter.value)).scalar_one()
    return list(range(last - count + 1, last + 1))


def take_number(database: "Database", workspace: str, kind: str) -> int:
    """A number as above, in a transaction of its own: for what many do at once. One that nobody uses then is left out.

    It need not be on the disk before what is written under it, and PostgreSQL writes in order.
    """
    with database.write() as session:
        if database.dialect != "sqlite":
            session.execute(text("SET LOCAL synchronous_commit = off"))
        return next_numbers(session, workspace, kind, 1)[0]
