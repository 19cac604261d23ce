"""The log: lines for people or JSON objects, each with the request or the job that it belongs to.

What people said is never logged: ids, kinds, counts and the sentences of errors are.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from structlog.typing import Processor

_ROOMS = ("synth", "api", "workers")
_IDS: ContextVar[Mapping[str, str] | None] = ContextVar("ids", default=None)


def set_up_logging(level: str, format: Literal["text", "json"]) -> None:
    """Our own rooms speak at the level that was set; libraries only when something is wrong."""
    from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

    handler = logging.StreamHandler(sys.stderr)
    rendered = [ProcessorFormatter.remove_processors_meta, *_rendered(format)]
    shared = [_add_ids, add_log_level, add_logger_name]
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=shared, processors=rendered))
    logging.basicConfig(handlers=[handler], force=True)
    for room in _ROOMS:
        logging.getLogger(room).setLevel(level.upper())


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Every line that is logged meanwhile carries these ids."""
    token = _IDS.set({**(_IDS.get() or {}), **ids})
    try:
        yield
    finally:
        _IDS.reset(token)


def _rendered(format: str) -> "list[Processor]":
    """An error is shown with where it happened, never with the values of variables: they hold what people said."""
    from structlog.dev import ConsoleRenderer, plain_traceback
    from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
    from structlog.tracebacks import ExceptionDictTransformer

    stamp = TimeStamper(fmt="iso", utc=True)
    if format == "json":
        return [stamp, ExceptionRenderer(ExceptionDictTransformer(show_locals=False)), JSONRenderer()]
    return [stamp, ConsoleRenderer(colors=False, exception_formatter=plain_traceback)]


def _add_ids(_logger: Any, _method: str, event: Any) -> Any:
    return {**event, **(_IDS.get() or {})}
