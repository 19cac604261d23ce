"""An installation of its own: Redis, `chroma run`, a PostgreSQL database, two API servers, two workers.

Everything listens on 127.0.0.1 on ports that were free, lives in one folder, and ends with the installation. Whatever
ends before is started again, as a supervisor would.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from synth.settings import Settings
from tests.chaos.cluster import ENVIRONMENT, Cluster, own_cluster
from tests.chaos.ports import free_port
from tests.databases import SERVER, throwaway_postgres
from tests.running import environment

SERVICES = ("redis", "chroma")
POSTGRES = "postgres"
APIS, WORKERS = ("api-1", "api-2"), ("worker-1", "worker-2")
ALIKE: Mapping[str, Sequence[str]] = dict.fromkeys(WORKERS, ("--concurrency", "2"))  # both do all kinds of work
ENDING = 60.0  # seconds a process gets to end in good order


@dataclass
class Program:
    """One process that is kept running; `held` while it is to stay away."""

    command: Sequence[str]
    environment: Mapping[str, str]
    output: Path
    port: int | None = None
    process: "subprocess.Popen[bytes] | None" = None
    held: bool = False
    starts: int = 0
    user: Mapping[str, Any] = field(default_factory=dict)  # as whom it runs; as we do where it is empty
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start it where it does not run."""
        with self.lock:
            if self.held or (self.process is not None and self.process.poll() is None):
                return
            with self.output.open("ab") as said:
                self.process = subprocess.Popen(
                    self.command, env=dict(self.environment), stdout=said, stderr=said, **self.user
                )
            self.starts += 1

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal; False where it does not run."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                return False
            self.process.send_signal(number)
            return True

    def stop(self) -> bool:
        """Let it end in good order; False where it had to be killed."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        return self._ended()

    def kill(self) -> bool:
        """`kill -9`, waited for."""
        sent = self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        return sent

    def listens(self) -> bool:
        """Whether somebody takes connections on its port."""
        try:
            socket.create_connection(("127.0.0.1", self.port or 0), timeout=1).close()
        except OSError:
            return False
        return True

    def _ended(self) -> bool:
        if self.process is None:
            return True
        try:
            self.process.wait(ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


class Installation:
    """The programs by name, the settings they share, and the thread that starts again what ended."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        lease: float | None = None,
        apis: Sequence[str] = APIS,
        workers: Mapping[str, Sequence[str]] = ALIKE,
        embedder: str = "hashing",
        cluster: Cluster | None = None,
    ) -> None:
        self.folder, self._lease, self._embedder, self._apis = folder, lease, embedder, apis
        self._ports = {name: free_port() for name in (*SERVICES, *apis)}
        self.settings = Settings(
            home=folder / "home",
            database_url=database_url,
            broker_url=f"redis://127.0.0.1:{self._ports['redis']}/0",
            chroma_url=f"http://127.0.0.1:{self._ports['chroma']}",
        )
        self._cluster, self._server = cluster, SERVER if cluster is None else cluster.url
        self.programs = {} if cluster is None else {POSTGRES: self._postgres(cluster)}
        self.programs |= {"redis": self._redis(), "chroma": self._chroma()}
        self.programs |= {name: self._synth(name, "serve", "--port", str(self._ports[name])) for name in apis}
        self.programs |= {name: self._synth(name, "worker", *options) for name, options in workers.items()}
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="supervisor")

    @property
    def addresses(self) -> list[str]:
        """Where the API is asked."""
        return [f"http://127.0.0.1:{self._ports[name]}" for name in self._apis]

    def start_services(self) -> None:
        """Start the broker and the index; returns when they listen."""
        for name in SERVICES:
            self.programs[name].start()
        wait_for(lambda: all(self.programs[each].listens() for each in SERVICES), 60, "no services")

    def start(self) -> None:
        """Start all programs, the services first; returns when the API listens."""
        self.start_services()
        for program in self.programs.values():
            program.start()
        wait_for(lambda: all(self.programs[name].listens() for name in self._apis), 120, "the API does not listen")
        self._keeper.start()

    def start_database(self) -> None:
        """Start the server of its own where there is one, and make its database."""
        if self._cluster is not None:
            self.programs[POSTGRES].start()
            self.await_database()
            self._cluster.make_database()

    def await_database(self) -> None:
        """Wait until the database server answers."""
        wait_for(self._answers, 60, "the database does not answer")

    def set_clock(self, name: str, off: timedelta) -> None:
        """Let the clock of a program be off by so much from now on."""
        written = self._clock(name).with_suffix(".new")
        written.write_text(f"{off.total_seconds()}", "utf-8")
        written.replace(self._clock(name))

    def end_backends(self, most: int) -> int:
        """End up to so many connections to the database from the side of the server; returns how many.

        There are none while the server itself is away.
        """
        name = make_url(str(self.settings.database_url)).database
        server = create_engine(self._server, isolation_level="AUTOCOMMIT")
        query = """SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
            WHERE datname = :name AND application_name <> 'chaos' AND pid <> pg_backend_pid()
            ORDER BY random() LIMIT :most) AS chosen"""
        try:
            with server.connect() as connection:
                return int(connection.execute(text(query), {"name": name, "most": most}).scalar() or 0)
        except OperationalError:
            return 0
        finally:
            server.dispose()

    def close(self) -> None:
        """End every program."""
        self._ended.set()
        if self._keeper.ident is not None:
            self._keeper.join()
        for program in reversed(self.programs.values()):
            program.held = True
            program.stop()

    def _clock(self, name: str) -> Path:
        return self.folder / f"{name}.clock"

    def _answers(self) -> bool:
        server = create_engine(self._server)
        try:
            with server.connect():
                return True
        except OperationalError:
            return False
        finally:
            server.dispose()

    def _keep(self) -> None:
        while not self._ended.wait(0.1):
            for program in self.programs.values():
                program.start()

    def _postgres(self, cluster: Cluster) -> Program:
        program = self._program(POSTGRES, cluster.command, ENVIRONMENT, cluster.port)
        program.user = cluster.user
        return program

    def _redis(self) -> Program:
        command = ["redis-server", "--port", str(self._ports["redis"]), "--bind", "127.0.0.1", "--save", ""]
        return self._program("redis", [*command, "--dir", str(self.folder)], dict(os.environ), self._ports["redis"])

    def _chroma(self) -> Program:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.folder / "chroma")]
        where = ["--host", "127.0.0.1", "--port", str(self._ports["chroma"])]
        return self._program("chroma", [*command, *where], dict(os.environ), self._ports["chroma"])

    def _synth(self, name: str, *arguments: str) -> Program:
        given = {
            "database_url": str(self.settings.database_url),
            "broker_url": str(self.settings.broker_url),
            "chroma_url": str(self.settings.chroma_url),
            "embedder": self._embedder,
            "rate_limit": "0",
            "address_limit": "0",
        }
        command = [sys.executable, "-m", "tests.chaos.entry", *arguments]
        shorter = {"CHAOS_LEASE": f"{self._lease}"} if self._lease else {}
        shorter["CHAOS_CLOCK"] = str(self._clock(name))
        return self._program(name, command, environment(self.settings.home, **given) | shorter, self._ports.get(name))

    def _program(self, name: str, command: Sequence[str], environment: Mapping[str, str], port: int | None) -> Program:
        return Program(command, environment, self.folder / f"{name}.output.txt", port)


@contextmanager
def installed(folder: Path, *, own_server: bool = False, **options: Any) -> Iterator[Installation]:
    """An installation with an empty database, not started yet; ended and dropped afterwards.

    With `own_server` the database is on a server of its own, which is one of the programs.
    """
    with _database(own_server=own_server) as (url, cluster):
        address = make_url(url).update_query_dict({"connect_timeout": "5"}).render_as_string(hide_password=False)
        installation = Installation(folder, address, cluster=cluster, **options)
        try:
            yield installation
        finally:
            installation.close()


@contextmanager
def _database(*, own_server: bool) -> Iterator[tuple[str, Cluster | None]]:
    if own_server:
        with own_cluster() as cluster:
            yield cluster.database_url, cluster
    else:
        with throwaway_postgres() as url:
            yield url, None


def missing_program() -> str | None:
    """A program that is not on this machine; None where all are."""
    chroma = Path(sys.executable).with_name("chroma")
    return "redis-server" if shutil.which("redis-server") is None else None if chroma.is_file() else "chroma"


def wait_for(happened: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until it has happened; raises TimeoutError with `otherwise` where it does not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.2)
