"""Whether anything is lost when processes end at random moments: `python -m tests.chaos` (or `make chaos`).

    CHAOS_MINUTES  for how long rows are sent and processes are ended (5)
    KILLS          how many are ended (200)
    ROWS           rows to be sent (10000)
    SEED           of the faults and the rows (1)

Needs redis-server, `chroma`, and the programs of PostgreSQL: it starts a server of its own, and kills it, too. Without
these it uses a database of its own on the server on the standard port, and leaves that server running.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.chaos.cluster import missing_server
from tests.chaos.running import Plan, run


def main() -> int:
    """Run it, print what was found, and say by the exit code whether everything holds."""
    asked = {name: os.environ.get(name, default) for name, default in DEFAULTS.items()}
    if missing := missing_server():
        print(f"The PostgreSQL server is not killed: {missing}.", flush=True)
    plan = Plan(
        seconds=60 * float(asked["CHAOS_MINUTES"]),
        kills=int(asked["KILLS"]),
        rows=int(asked["ROWS"]),
        seed=int(asked["SEED"]),
        own_server=missing is None,
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        outcome = run(plan, Path(os.environ.get("CHAOS_FOLDER", folder)), say=lambda line: print(line, flush=True))
    outcome.show()
    return 0 if outcome.holds else 1


DEFAULTS = {"CHAOS_MINUTES": "5", "KILLS": "200", "ROWS": "10000", "SEED": "1"}

if __name__ == "__main__":
    sys.exit(main())
