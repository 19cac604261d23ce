"""What an engine asks its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from synth.engine import Engine


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine.parts.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine.parts.database.engine, "before_cursor_execute", note)
