"""What goes wrong below the store, as sentences: a disk that is full, a database that is away or busy."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from synth.errors import Unavailable

NO_SPACE = (
    "There is no space left on the disk of the service, so this was not done and nothing of it was kept. Make room, "
    "then try again."
)
_AWAY = "The database does not answer; try again in a moment."
_BUSY = "The database is busy; try again in a moment."
_OF_SQLITE = {"disk is full": NO_SPACE, "disk I/O error": _AWAY, "unable to open": _AWAY, "is locked": _BUSY}
_FULL = "53100"  # the state PostgreSQL gives a disk that is full
_TOO_LARGE = "54"  # the class of what it refuses because it is too large: trying again changes nothing


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise Unavailable for what passes by itself or when somebody makes room; other faults stay what they are."""
    try:
        yield
    except OperationalError as error:
        if (said := _database(error)) is None:
            raise
        raise Unavailable(said) from error
    except OSError as error:
        if not is_full(error):
            raise
        raise Unavailable(NO_SPACE) from error


def is_full(error: BaseException) -> bool:
    """True of what the system says when a disk, or somebody's share of it, is used up."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _database(error: OperationalError) -> str | None:
    """PostgreSQL calls only that operational, and what is too large; SQLite also what is wrong with a statement."""
    if hasattr(error.orig, "sqlstate"):
        state = getattr(error.orig, "sqlstate", None) or ""
        return NO_SPACE if state == _FULL else None if state.startswith(_TOO_LARGE) else _AWAY
    return next((said for part, said in _OF_SQLITE.items() if part in str(error.orig)), None)
