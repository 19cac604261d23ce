"""Stores for tests on both databases: SQLite in a folder, PostgreSQL in a database that is dropped in the end."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SERVER = "postgresql+psycopg://postgres@127.0.0.1/postgres"


@contextmanager
def database_url(kind: str, folder: Path, needs: Callable[[str], None]) -> Iterator[str]:
    """The address of an empty database: `sqlite` in the folder, or `postgresql` where it answers."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'synth.db'}"
        return
    needs("postgresql")
    with throwaway_postgres() as url:
        yield url


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """The address of a PostgreSQL database of its own."""
    name = f"synth_test_{secrets.token_hex(6)}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
