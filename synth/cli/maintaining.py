"""Commands that look after an installation."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from synth.cli import output
from synth.cli.opening import hold_home
from synth.errors import BadInput
from synth.settings import Settings, read_settings

if TYPE_CHECKING:
    from synth.store.database import Database


def migrate() -> None:
    """Bring the schema up to date."""
    settings = read_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    with _database(settings) as database:
        database.migrate()
    print("The database is at the newest schema.")


def backup(path: Path) -> None:
    """Write everything into one file; a server may go on meanwhile, as one state of the database is read."""
    from synth.backup.saving import back_up

    settings = read_settings()
    if not settings.home.is_dir():
        raise BadInput(f"There is no folder {settings.home}; set SYNTH_HOME to the one that is to be saved.")
    with _database(settings) as database:
        manifest = back_up(database, settings.home.resolve(), path)
    rows = sum(table.rows for table in manifest.tables.values())
    uploads = f" and {len(manifest.uploads):,} uploads that wait" if manifest.uploads else ""
    print(f"{path}: {rows:,} rows of {len(manifest.tables)} tables{uploads}, {path.stat().st_size / 1e6:,.1f} MB.")


def restore(path: Path) -> None:
    """Fill an empty home folder and database from a backup."""
    from synth.backup.restoring import restore

    settings = read_settings()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_home(settings, command="synth restore"), _database(settings) as database:
        manifest = restore(database, settings.home.resolve(), path)
    rows = sum(table.rows for table in manifest.tables.values())
    print(f"{rows:,} rows of {len(manifest.tables)} tables are here, as of {manifest.made_at:%d %b %Y %H:%M} UTC.")
    print("Every table was read again and is the same by its hash. `synth serve` builds the vector index.")


def reindex() -> None:
    """Embed again what an earlier embedder left; throw the vector index away and fill it from SQL."""
    settings = read_settings()
    with hold_home(settings, command="synth reindex"):
        from synth.cli.audited import audited
        from synth.cli.local.client import open_local
        from synth.store.indexing import rebuild_all

        with open_local(settings) as client:
            engine = client.engine
            audited(client, engine, client.workspace).renew()
            print(f"{rebuild_all(engine.parts, engine.workspaces()):,} vectors indexed.")


def doctor(*, json: bool) -> None:
    """Check every part; exit code 1 when one needs attention."""
    from synth.checkup import examine

    findings = examine(read_settings())
    if json:
        output.print_json({"ok": all(f.ok for f in findings), "checks": [f.document() for f in findings]})
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'BAD '} {finding.part}: {finding.said}")
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@contextmanager
def _database(settings: Settings) -> Iterator["Database"]:
    from synth.store.database import Database

    database = Database(settings.database())
    try:
        yield database
    finally:
        database.close()
