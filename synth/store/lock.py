"""The lock on the home folder: one process owns it, and everybody else can read who that is.

The lock itself is the operating system's (`flock`, or its Windows counterpart), so it ends with the process that holds
it, however that process ends. `owner.json` beside it only says who holds it; without the lock it means nothing.
"""

import errno
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from synth.errors import BadInput, HomeInUse

_LOCK, _OWNER = "lock", "owner.json"
_TRIES, _PAUSE = 4, 0.03  # `read_owner` holds the lock for an instant; that must not look like an owner


@dataclass(frozen=True)
class Owner:
    """The process that holds a home folder. `url` and `token` are there once it listens; `since` is a local time."""

    command: str
    pid: int
    since: str
    url: str | None = None
    token: str | None = None


class HomeLock:
    """The right to use one home folder; lives until `release()` or until the process ends."""

    def __init__(self, home: Path, lock: FileLock, owner: Owner) -> None:
        self.home = home
        self.owner = owner
        self._lock = lock

    @classmethod
    def acquire(cls, home: Path, *, command: str) -> "HomeLock":
        """Take the folder, making it when it is missing; raises HomeInUse at once when another process has it."""
        home = home.absolute()
        with _explained(home):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _file_lock(home)
            if not _take(lock):
                raise HomeInUse(_refusal(home, read_owner(home)))
            owner = Owner(command, os.getpid(), datetime.now().astimezone().isoformat(timespec="seconds"))
            try:
                _write_owner(home, owner)
            except BaseException:
                lock.release()
                raise
        return cls(home, lock, owner)

    def publish(self, url: str, token: str) -> None:
        """Tell this user's commands, and nobody else, where the process listens and which credential opens it."""
        self.owner = replace(self.owner, url=url, token=token)
        with _explained(self.home):
            _write_owner(self.home, self.owner)

    def release(self) -> None:
        """Give the folder back; doing it twice does nothing."""
        if not self._lock.is_locked:
            return
        try:
            (self.home / _OWNER).unlink(missing_ok=True)
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def read_owner(home: Path) -> Owner | None:
    """Who holds the folder now; None when nobody does, whatever an earlier owner left behind."""
    home = home.absolute()
    if not (home / _LOCK).is_file():
        return None
    lock = _file_lock(home)
    with _explained(home):
        if not _is_held(lock):
            return None
        return _read(home / _OWNER)


def _file_lock(home: Path) -> FileLock:
    """A lock the system releases: no fall-back to lock files, which outlive a process that was killed."""
    return FileLock(home / _LOCK, blocking=False, thread_local=False, fallback_to_soft=False, mode=0o600)


def _take(lock: FileLock) -> bool:
    for _ in range(_TRIES):
        try:
            lock.acquire(blocking=False)
        except Timeout:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _is_held(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False


def _read(path: Path) -> Owner | None:
    """None while the owner has not written its name yet, or when the file is not one of ours."""
    try:
        return Owner(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write_owner(home: Path, owner: Owner) -> None:
    draft = home / f".{_OWNER}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(owner), file)
        draft.replace(home / _OWNER)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _refusal(home: Path, owner: Owner | None) -> str:
    if owner is None:
        return f"'{home}' is in use by another process. Stop it first."
    since = owner.since[:16].replace("T", " ")
    who = f"'{home}' is in use by `{owner.command}` (process {owner.pid}, since {since})."
    return f"{who} Use it at {owner.url}, or stop it first." if owner.url else f"{who} Stop it first."


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    """Turn what the system says about the folder into a sentence that says what to do."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise BadInput(f"'{home}' is not a folder. Set SYNTH_HOME to a folder.") from None
    except PermissionError:
        raise BadInput(f"'{home}' cannot be written to. Set SYNTH_HOME to a folder of yours.") from None
    except OSError as error:
        raise BadInput(_sentence(home, error)) from error


def _sentence(home: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk of '{home}'. Free some, or set SYNTH_HOME to another disk."
    if error.errno == errno.EROFS:
        return f"'{home}' is on a disk that is mounted read-only. Set SYNTH_HOME to another folder."
    if error.errno in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
        return f"The disk of '{home}' cannot lock files. Set SYNTH_HOME to a folder on a local disk."
    return f"'{home}' cannot be used ({error.strerror or error}). Set SYNTH_HOME to another folder."
