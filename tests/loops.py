"""Coroutines that a test waits for."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from anyio.from_thread import start_blocking_portal

T = TypeVar("T")


def wait_for(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """What the coroutine gives, run in a thread of its own: in a test's own thread a browser's loop may be running."""
    with start_blocking_portal() as portal:
        return portal.call(function, *args)
