"""The clock of who reads: times of the day are told in their zone, while days and weeks stay those of the workspace.

The zone is in a cookie: what the browser says by a script, or what was chosen on the account page, which goes first.
Counts, filters and reports go by the days of the workspace, whoever reads them.
"""

from functools import cache
from urllib.parse import unquote
from zoneinfo import available_timezones

from fastapi import Request

COOKIE, CHOSEN = "zone", "zone_chosen"


def read_clock(request: Request, otherwise: str) -> str:
    """The name of the reader's zone; that of the workspace where it is not known."""
    given = (unquote(request.cookies.get(name, "")) for name in (CHOSEN, COOKIE))
    return next((name for name in given if name in zones()), otherwise)


@cache
def zones() -> frozenset[str]:
    """Every zone that this machine knows."""
    return frozenset(available_timezones())
