"""Stores for tests on both databases: SQLite in a folder, PostgreSQL in a database that is dropped in the end.

`SYNTH_TEST_DATABASE=postgresql` puts every home folder of every test on PostgreSQL: each has a database of its own
there, named after the folder, copied with the folder and dropped after the test.

The databases belong to a role that is no superuser, which row-level security would not hold.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Engine as Server
from sqlalchemy.exc import IntegrityError, ProgrammingError

from synth.settings import Settings
from synth.store.database import Database

SERVER = os.environ.get("SYNTH_TEST_SERVER", "postgresql+psycopg://postgres@127.0.0.1/postgres")
ROLE = "synth_test"  # stays on the server
ON_POSTGRES = os.environ.get("SYNTH_TEST_DATABASE", "sqlite") == "postgresql"

_made: dict[str, None] = {}  # names of the databases of home folders, in the order they were made


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
    _create(name)
    try:
        yield _address(name)
    finally:
        _drop(name)


@contextmanager
def kept_postgres(name: str) -> Iterator[str]:
    """The address of the PostgreSQL database of this name, which is made where it is missing, and stays."""
    with _server().connect() as connection:
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :name"
        known = connection.execute(text(owner), {"name": name}).scalar()
    if known is None:
        _create(name)
    yield _address(name) if known in (None, ROLE) else unbound(_address(name))  # as whoever made it


def unbound(address: str) -> str:
    """The same database as the superuser reaches it, whom no row-level security holds."""
    return make_url(address).set(username="postgres").render_as_string(hide_password=False)


def use_postgres() -> None:
    """From here on every home folder without a database setting has its database on PostgreSQL."""
    _migrated()  # before any test, so that it is there for all of them
    plain = Settings.database

    def database(settings: Settings) -> str:
        return plain(settings) if settings.database_url else home_url(settings.home)

    Settings.database = database  # type: ignore[method-assign]


def home_url(home: Path) -> str:
    """The address of the database of this home folder, which is made empty where there is none."""
    if (name := _name(home)) not in _made:
        _create(name)
        _made[name] = None
    return _address(name)


def has_database(home: Path) -> bool:
    """True when this home folder has one."""
    return _name(home) in _made


def migrate_home(home: Path) -> None:
    """Give this home folder a database with every table and no row."""
    _copy(_migrated(), _name(home))


def copy_database(home: Path, to: Path) -> None:
    """Give the copy of a home folder a copy of its database."""
    if has_database(home):
        _copy(_name(home), _name(to))


@contextmanager
def dropping() -> Iterator[None]:
    """Drop the databases of the home folders that were made meanwhile."""
    before = len(_made)
    yield
    for name in list(_made)[before:]:
        _drop(name)
        del _made[name]


@cache
def _migrated() -> str:
    """The name of a database with every table and no row."""
    name = f"synth_test_{secrets.token_hex(6)}"
    _create(name)
    _made[name] = None
    database = Database(_address(name))
    database.migrate()
    database.close()
    return name


def _name(home: Path) -> str:
    return f"synth_home_{blake2b(str(home.resolve()).encode(), digest_size=12).hexdigest()}"


def _address(name: str) -> str:
    return make_url(SERVER).set(username=ROLE, database=name).render_as_string(hide_password=False)


@cache
def _server() -> Server:
    return create_engine(SERVER, isolation_level="AUTOCOMMIT")


def _create(name: str, template: str = "template0") -> None:
    _make_role()
    with _server().connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {ROLE}"))


@cache
def _make_role() -> None:
    """Several processes of tests begin at once: who comes second finds it there."""
    with _server().connect() as connection, suppress(ProgrammingError, IntegrityError):
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS"))


def _copy(name: str, to: str) -> None:
    _create(to, name)
    _made[to] = None


def _drop(name: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
