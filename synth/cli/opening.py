"""Whom a command asks: a server named by `--url`, the server that holds the home folder, or the engine itself."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from synth.cli.client import Client
from synth.errors import BadInput

if TYPE_CHECKING:
    from synth.settings import Settings


@contextmanager
def open_client(url: str | None, *, command: str) -> Iterator[Client]:
    """The server at `url`; else the server that holds the home folder; else the engine itself, holding the folder."""
    from synth.settings import read_settings
    from synth.store.lock import read_owner

    if url:
        token = os.environ.get("SYNTH_TOKEN")
        if not token:
            raise BadInput("Set SYNTH_TOKEN to a token of that server; POST /v1/tokens makes one.")
        if os.environ.get("SYNTH_WORKSPACE"):
            raise BadInput("The token says which workspace of that server this is for; leave --workspace out.")
        with _remote(url, token) as client:
            yield client
        return
    settings = read_settings()
    owner = read_owner(settings.home) if settings.embedded else None
    if owner and owner.url and owner.token:
        with _local_token(settings, owner.token) as token, _remote(owner.url, token) as client:
            yield client
        return
    with hold_home(settings, command=command):
        from synth.cli.audited import audited
        from synth.cli.local.client import open_local

        with open_local(settings) as client:
            yield audited(client, client.engine, client.workspace)


@contextmanager
def hold_home(settings: "Settings", *, command: str) -> Iterator[None]:
    """Own the home folder where only one process may; raises HomeInUse at once, before anything heavy is imported."""
    from synth.store.lock import HomeLock

    with HomeLock.acquire(settings.home, command=command) if settings.embedded else nullcontext():
        yield


@contextmanager
def _local_token(settings: "Settings", published: str) -> Iterator[str]:
    """A credential of the workspace that is meant: the one the server published is for the first one.

    For another one it is made here and ended afterwards: whoever can read the database may do either.
    """
    from synth.cli.workspaces import open_local_access
    from synth.settings import FIRST_WORKSPACE

    if settings.workspace == FIRST_WORKSPACE:
        yield published
        return
    with open_local_access(settings) as token:
        yield token


@contextmanager
def _remote(url: str, token: str) -> Iterator[Client]:
    from synth.cli.remote.client import RemoteClient

    client = RemoteClient(url, token)
    try:
        yield client
    finally:
        client.close()


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files meant: a folder stands for the files directly and deeper in it, hidden ones left out, in order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and not _is_hidden(file, path))
            if not inside:
                raise BadInput(f"There is no file in {path}.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise BadInput(f"There is no file {path}; check the path.")
    return found


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)
