"""Commands that look after an installation."""

import sys

from synth.cli import output
from synth.cli.opening import hold_home
from synth.settings import read_settings


def migrate() -> None:
    """Bring the schema up to date."""
    from synth.store.database import Database

    settings = read_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database())
    database.migrate()
    database.close()
    print("The database is at the newest schema.")


def reindex() -> None:
    """Embed again what an earlier embedder left; throw the vector index away and fill it from SQL."""
    settings = read_settings()
    with hold_home(settings, command="synth reindex"):
        from synth.cli.local import open_local
        from synth.engine import WORKSPACE
        from synth.store.indexing import rebuild

        with open_local(settings) as client:
            client.renew()
            print(f"{rebuild(client.engine.parts, WORKSPACE):,} vectors indexed.")


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
