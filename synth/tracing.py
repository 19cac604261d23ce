"""Traces: one request through the API, the ledger, the workers and the model, as OpenTelemetry spans.

Spans carry ids, kinds, routes and counts; never a word that anybody said or asked. Whoever begins something (a request,
a job) holds a `Tracing`; what happens inside asks for a `child`, which is nothing where nothing is traced.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

Value = str | int | float | bool
_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_PATIENCE = 5.0  # seconds for the collector


@dataclass(slots=True)
class Told:
    """What is told of a span before it ends."""

    name: str
    attributes: dict[str, Value] = field(default_factory=dict)


class Tracing:
    """Begins spans and hands them to an exporter; without one it does nothing. Safe to share between threads."""

    def __init__(self, exporter: "SpanExporter | None" = None) -> None:
        self._provider = _provider(exporter) if exporter else None
        self._tracer = self._provider.get_tracer("synth") if self._provider else None

    @contextmanager
    def span(
        self, name: str, *, parent: str | None = None, kind: Literal["server", "consumer"], **attributes: Value
    ) -> Iterator[Told]:
        """A span under `parent` (a W3C traceparent; what is none is left aside), or the first of a trace."""
        told = Told(name, dict(attributes))
        if self._tracer is None:
            yield told
        else:
            with _started(self._tracer, told, parent, kind):
                yield told

    def close(self) -> None:
        """Hand over what has not been handed over."""
        if self._provider is not None:
            self._provider.shutdown()


@dataclass(frozen=True, slots=True)
class _Active:
    """The innermost span, and who begins those inside it."""

    tracer: "Tracer"
    parent: str


_ACTIVE: ContextVar[_Active | None] = ContextVar("trace", default=None)


@contextmanager
def child(
    name: str, kind: Literal["internal", "client", "producer"] = "internal", **attributes: Value
) -> Iterator[Told]:
    """A span inside the one that is active; nothing where none is."""
    active, told = _ACTIVE.get(), Told(name, dict(attributes))
    if active is None:
        yield told
    else:
        with _started(active.tracer, told, active.parent, kind):
            yield told


def current() -> str | None:
    """The traceparent of the active span, for whoever goes on with its work later; None where nothing is traced."""
    active = _ACTIVE.get()
    return active.parent if active else None


def open_tracing(url: str | None) -> Tracing:
    """Sends spans to the collector at this address (OTLP over HTTP); without an address none are made."""
    if url is None:
        return Tracing()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    endpoint = url if url.endswith("/v1/traces") else f"{url.rstrip('/')}/v1/traces"
    return Tracing(OTLPSpanExporter(endpoint=endpoint, timeout=_PATIENCE))


def _provider(exporter: "SpanExporter") -> "TracerProvider":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "synth"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@contextmanager
def _started(tracer: "Tracer", told: Told, parent: str | None, kind: str) -> Iterator[None]:
    """An error is told by its class: its sentence may repeat what somebody wrote."""
    from opentelemetry.trace import SpanKind, Status, StatusCode

    span = tracer.start_span(told.name, context=_context(parent), kind=SpanKind[kind.upper()])
    token = _ACTIVE.set(_Active(tracer, _written(span)))
    try:
        yield
    except BaseException as error:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        _ACTIVE.reset(token)
        span.update_name(told.name)
        span.set_attributes(_named(told.attributes))
        span.end()


def _context(parent: str | None) -> "Context":
    from opentelemetry import trace
    from opentelemetry.context import Context

    if parent is None or not (found := _PARENT.fullmatch(parent)):
        return Context()
    ids = int(found[1], 16), int(found[2], 16)
    held = trace.SpanContext(*ids, is_remote=True, trace_flags=trace.TraceFlags(int(found[3], 16)))
    return trace.set_span_in_context(trace.NonRecordingSpan(held), Context())


def _written(span: "Span") -> str:
    held = span.get_span_context()
    return f"00-{held.trace_id:032x}-{held.span_id:016x}-{held.trace_flags:02x}"


def _named(attributes: Mapping[str, Value]) -> dict[str, Value]:
    return {f"synth.{name}": value for name, value in attributes.items()}
