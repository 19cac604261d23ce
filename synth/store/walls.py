"""The second wall: which workspace the statements of whatever runs here may see and write.

PostgreSQL holds to it by row-level security, whatever a statement asks for; SQLite has no such thing. A request is
within the workspace of its credential, a job within its own. What has to see all of them says so; what says nothing
sees nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from sqlalchemy import Connection, text

NOTHING: Final = ""
EVERY: Final = "*"  # no workspace has this id
SETTING: Final = "synth.workspace"
OPEN: Final = frozenset({"alembic_version", "changes", "excerpt_words"})
"""The tables without a wall: none of them names a workspace.

The schema's version and the number of changes say nothing of anybody. The words of excerpts are found by an index that
PostgreSQL does not use behind a policy (its `@@` is not leak-proof), and the excerpts they belong to are behind one.
"""
_seen: ContextVar[str] = ContextVar("workspace", default=NOTHING)


@contextmanager
def within(workspace: str) -> Iterator[None]:
    """What runs here sees and writes this workspace alone."""
    token = _seen.set(workspace)
    try:
        yield
    finally:
        _seen.reset(token)


@contextmanager
def everywhere() -> Iterator[None]:
    """What runs here sees every workspace: what is done for all of them, and finding out whose a credential is."""
    with within(EVERY):
        yield


def seen() -> str:
    """The workspace that is seen here; NOTHING and EVERY are none."""
    return _seen.get()


def begin(connection: Connection) -> None:
    """Begin a transaction on PostgreSQL and say in the same breath what it may see: it costs no time of its own.

    The setting ends with the transaction, so a connection that goes back to the pool sees nothing.
    """
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    quoted = _seen.get().replace("'", "''")
    statement = f"SET LOCAL {SETTING} TO '{quoted}'"
    if connection.connection.dbapi_connection.autocommit:  # type: ignore[union-attr]
        level = " ISOLATION LEVEL REPEATABLE READ" if options.get("synth_snapshot") else ""
        statement = f"BEGIN{level}; {statement}"
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def find_gaps(connection: Connection, tables: Collection[str]) -> list[str]:
    """Those of these tables of PostgreSQL that have no wall and should."""
    named = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT (
            c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
        ORDER BY c.relname"""
    return [name for name in connection.execute(text(named)).scalars() if name in tables and name not in OPEN]


def passes_walls(connection: Connection) -> str | None:
    """The name of the role that is signed in, where PostgreSQL lets it through every wall; otherwise None."""
    asked = "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
    return connection.execute(text(asked)).scalar()


def wall(table: str, column: str = "workspace_id") -> tuple[str, ...]:
    """The statements that put a wall before a table of PostgreSQL; its owner is held to it as well.

    The setting is asked for once a statement, not once a row.
    """
    named = f"(SELECT current_setting('{SETTING}', true))"
    mine = f"({column} = {named} OR {named} = '{EVERY}')"
    return (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY within_workspace ON "{table}" USING {mine} WITH CHECK {mine}',
    )


def unwall(table: str) -> tuple[str, ...]:
    """The statements that take it down."""
    return (
        f'DROP POLICY within_workspace ON "{table}"',
        f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
    )
