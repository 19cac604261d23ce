"""The connection to SQL: one engine, sessions for reading and for writing, migrations."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session

from synth.errors import Broken, Unavailable
from synth.store import walls
from synth.store.faults import told_plainly
from synth.store.stamp import WritingSession

MEASURED = 1_000  # rows of each index
RESTED = 5.0  # seconds from which on a connection is asked whether it is still one
GROWN = 1.5  # times its size from which on a store is measured again
_MIGRATING = 0x73796E7468  # the number of the lock: "synth"
_MIGRATIONS = Path(__file__).parent / "migrations"
MAPPED = 1 << 30  # bytes of a SQLite file that are read in place: copying pages is a quarter of what a question costs
_SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-65536",
    f"mmap_size={MAPPED}",
)  # fmt: skip


_shared: "ContextVar[tuple[Database, str, Session] | None]" = ContextVar("shared", default=None)


class Database:
    """SQLite or PostgreSQL behind one door; lives as long as the process and is safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.dialect = self.engine.dialect.name
        self._measured: dict[str, tuple[int, ...]] = {}

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the store and writes nothing; what it loaded stays readable after it.

        Within `at_once` it is the one that is open. Raises Unavailable where the database is away, as `write` does
        where there is no space.
        """
        shared = _shared.get()
        if shared is not None and shared[:2] == (self, walls.seen()):
            yield shared[2]
            return
        with told_plainly(), self._open() as session:
            yield session

    @contextmanager
    def _open(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False, autoflush=False, info={"stamp": None}) as session:
            yield session

    def left_out(self) -> str:
        """The sources that are not read here, as it is stored beside what is told of the others."""
        return ""

    def say_left_out(self) -> str | None:
        """The sentence for what is left out now; None where nothing is."""
        return None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All that is read in here, by whomever it is called, is read in one session: for what only reads.

        Opening a session costs PostgreSQL three answers; a search would open seven.
        """
        with self.read() as session:
            token = _shared.set((self, walls.seen(), session))
            try:
                yield
            finally:
                _shared.reset(token)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: commits at the end, rolls back on any error. On SQLite writers wait for each other here."""
        engine = self.engine.execution_options(synth_write=True)
        with told_plainly(), WritingSession(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one state of the store from its first reading on, whatever is written meanwhile."""
        with self.engine.execution_options(synth_snapshot=True).connect() as connection:
            yield connection

    def migrate(self, to: str = "head") -> None:
        """Bring the schema to the newest version, or to an earlier one; does nothing when it is there already."""
        try:
            wanted = newest_version() if to == "head" else to
            if self.schema_version() != wanted:
                with self._migrating_alone():
                    if self.schema_version() != wanted:  # another process may have done it meanwhile
                        self._upgrade(to)
                if self.dialect == "sqlite":
                    self._analyse()  # an index without measures is taken to be the best of all
        except OperationalError as error:
            raise Unavailable(f"The database does not answer: {error.orig}. Check SYNTH_DATABASE_URL.") from error
        except DatabaseError as error:
            raise Broken(f"The database cannot be used ({error.orig}). Restore a backup of synth.db.") from error

    @contextmanager
    def _migrating_alone(self) -> Iterator[None]:
        """Several processes start at once on PostgreSQL: one migrates, the others wait for it."""
        if self.dialect == "sqlite":
            yield
            return
        with self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATING})
            connection.commit()  # the lock is the session's; an open transaction would hold up building an index
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATING})

    def _upgrade(self, to: str) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.engine.connect() as connection:
            config.attributes["connection"] = connection
            with walls.everywhere():
                command.upgrade(config, to)

    def is_current(self) -> bool:
        """True when the schema is at the newest version this code knows."""
        return self.schema_version() == newest_version()

    def schema_version(self) -> str | None:
        """The version the schema is at; None without one. Told without Alembic, which loads slowly."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def check(self) -> None:
        """Raise Broken when the file is not a sound database."""
        if self.dialect != "sqlite":
            return
        try:
            with self.engine.connect() as connection:
                verdict = connection.execute(text("PRAGMA quick_check")).scalar()
        except DatabaseError as error:
            verdict = str(error.orig)
        if verdict != "ok":
            raise Broken(f"The database is damaged ({verdict}). Restore a backup of synth.db.")

    def measure(self, workspace: str, *sizes: int) -> None:
        """Let the database look at how its values are spread, some rows of each table: without it, it guesses.

        That is done where a workspace has grown by half since the last time, in any of the numbers that grow with it:
        a store in which nothing is on a theme yet tells nothing of one in which everything is.
        PostgreSQL does this by itself, but a minute late and not at all where its autovacuum is off: one guess after a
        large import was seen to take minutes instead of milliseconds.
        """
        before = self._measured.get(workspace, (0,) * len(sizes))
        if any(size > GROWN * measured for size, measured in zip(sizes, before, strict=True)):
            self._measured[workspace] = sizes
            self._analyse()

    def _analyse(self) -> None:
        if self.dialect != "sqlite":
            with self.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
            return
        with self.engine.execution_options(synth_write=True).begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={MEASURED}")
            connection.exec_driver_sql("ANALYZE")
        self.engine.dispose()  # a connection reads the measures when it is opened

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def newest_version() -> str:
    """The last migration there is."""
    return versions()[-1]


def versions() -> list[str]:
    """The migrations in order; their files are named by their versions."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _engine(url: str) -> Engine:
    """What stands in a row is hidden in errors: they are logged, and logs are not erased."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=10, hide_parameters=True)
        event.listen(engine, "connect", _prepare_postgres)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_look_alive, engine.dialect))
        event.listen(engine, "checkout", _let_us_begin)
        event.listen(engine, "begin", walls.begin)
        return engine
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: Any, _: object) -> None:
    """What is asked is small and lies in memory or on a disk without a head; both are planned for otherwise."""
    connection.execute("SET random_page_cost = 1.1")
    connection.execute("SET jit = off")
    connection.commit()


def _note_rest(_: object, record: Any) -> None:
    record.info["rests"] = time.monotonic()


def _look_alive(dialect: Dialect, connection: Any, record: Any, _: object) -> None:
    """Ask whether the server is still there, unless it just was: each session would wait for one answer more.

    A server that ended the connection has said so: then there is something to read, and it is asked as well. Raising
    this lets the pool open another connection, and do the same with all it has.
    """
    since = record.info.pop("rests", None)
    if since is None:
        return
    try:
        if time.monotonic() - since >= RESTED or _has_word(connection):
            dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _has_word(connection: Any) -> bool:
    """Whether the server said something while nothing was asked of it."""
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin_sqlite` does
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _let_us_begin(connection: Any, *_: object) -> None:
    """The driver must not begin transactions by itself: `walls.begin` does, in one breath with what it may see."""
    connection.autocommit = True


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once: upgrading a read transaction later can fail without waiting."""
    writes = connection.get_execution_options().get("synth_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
