"""A PostgreSQL server of its own, whose postmaster may be ended: never the one of the machine.

It lives in a temporary folder, listens on a free port of 127.0.0.1 and on no socket, and belongs to a user without
rights where this process is root's, because PostgreSQL refuses to run as root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.chaos.ports import free_port

UNPRIVILEGED = ("postgres", "nobody")
NAME = "synth"  # of the role and the database
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The command that starts the server, as whom, and where it answers."""

    command: Sequence[str]
    port: int
    user: Mapping[str, Any]
    url: str  # as its owner
    database_url: str  # of the installation's database, as a role that no wall lets through

    def make_database(self) -> None:
        """Make the role and its database, once the server runs."""
        server = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE ROLE {NAME} LOGIN"))
            connection.execute(text(f"CREATE DATABASE {NAME} OWNER {NAME}"))
        server.dispose()


def missing_server() -> str | None:
    """Why there can be no server of its own; None where there can."""
    if _programs() is None:
        return "there is no initdb on this machine"
    if os.geteuid() == 0 and _somebody() is None:
        return "there is no user without rights to run it as"
    return None


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A server with an empty database, not started yet; its folder is deleted afterwards."""
    programs = _programs()
    assert programs is not None
    user = _as_somebody()
    folder = Path(tempfile.mkdtemp(prefix="chaos-postgres-", dir="/tmp"))
    if user:
        os.chown(folder, user["user"], user["group"])
    try:
        made = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        subprocess.run(list(map(str, made)), check=True, capture_output=True, cwd=folder, env=ENVIRONMENT, **user)
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
        }
        command = [str(programs / "postgres"), "-D", str(folder / "data")]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        urls = (f"postgresql+psycopg://{role}@127.0.0.1:{port}/{role}" for role in ("postgres", NAME))
        yield Cluster(command, port, user, *urls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of the newest server's programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if (here := shutil.which("initdb")) is not None:
        return Path(here).parent
    return max(found, key=lambda path: int(path.parent.name), default=None)


def _somebody() -> pwd.struct_passwd | None:
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next((known[name] for name in UNPRIVILEGED if name in known), None)


def _as_somebody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    found = _somebody()
    assert found is not None
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
