"""What the commands under `synth workspaces` do: on the database itself, whether a server runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from synth.cli import output
from synth.settings import Settings, read_settings
from synth.store.lock import read_owner

if TYPE_CHECKING:
    from synth.store.database import Database


def list_workspaces(*, json: bool) -> None:
    """The workspaces with what they hold."""
    from synth import workspaces

    with _opened(read_settings()) as database:
        found = workspaces.list_workspaces(database)
    if json:
        output.print_json({"workspaces": found})
        return
    for each in found:
        users, tokens = f"{each['users']:,} users by name", f"{each['tokens']:,} tokens"
        print(f"{each['id']}  {each['name']}: {each['documents']:,} documents, {users}, {tokens}, {each['timezone']}")


def add_workspace(name: str, id: str | None, timezone: str | None, *, json: bool) -> None:
    """A new one, and the way into it."""
    from synth import workspaces

    settings = read_settings()
    zone = timezone or settings.timezone
    with _opened(settings) as database:
        made = workspaces.add_workspace(database, name, id=id, timezone=zone, now=datetime.now(UTC))
    link = _address(settings) + made["link"]
    if json:
        output.print_json(made | {"link": link})
        return
    print(f"The workspace {made['id']} is there. Commands are for it with --workspace {made['id']}.")
    print(f"{link}\nIt signs its administrator in once, within a day.")


def rename_workspace(workspace: str, name: str) -> None:
    """Another name; the id stays."""
    from synth import workspaces

    with _opened(read_settings()) as database:
        named = workspaces.rename_workspace(database, workspace, name, now=datetime.now(UTC))
    print(f"{named['id']} is called {named['name']} now.")


@contextmanager
def open_local_access(settings: Settings) -> Iterator[str]:
    """The secret of a credential of the chosen workspace, for one command; raises NotFound for an unknown one."""
    from synth import access
    from synth.store.walls import within
    from synth.workspaces import check_workspace

    workspace = settings.workspace
    with _opened(settings) as database, within(workspace):
        check_workspace(database, workspace)
        with database.write() as session:
            secret = access.lend_local(session, workspace, datetime.now(UTC))
        try:
            yield secret
        finally:
            with database.write() as session:
                access.give_back_local(session, secret, datetime.now(UTC))


@contextmanager
def _opened(settings: Settings) -> Iterator["Database"]:
    from synth.store.database import Database
    from synth.workspaces import ensure_first

    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database())
    try:
        database.migrate()
        ensure_first(database, settings.timezone, datetime.now(UTC))
        yield database
    finally:
        database.close()


def _address(settings: Settings) -> str:
    """Where links begin: where readers find the pages, else where the server of this machine listens."""
    owner = read_owner(settings.home)
    listening = owner.url if owner and owner.url else f"http://{settings.host}:{settings.port}"
    return (settings.public_url or listening).rstrip("/")
