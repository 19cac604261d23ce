"""What the engine is made of; built once in `engine`, passed to whoever needs several of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.delivery.outgoing import Outgoing
    from synth.embedding import Embedder
    from synth.llm import Drafter
    from synth.store.database import Database
    from synth.store.everybody import DatabaseAsRead
    from synth.store.restricting import Reader
    from synth.store.shards import VectorIndex
    from synth.store.stamp import Kept
    from synth.store.vectors import VectorStore
    from synth.store.zones import Zones
    from synth.telemetry.metrics import Metrics
    from synth.tracing import Tracing
    from synth.transcribing import Transcriber


@dataclass(frozen=True, slots=True)
class Parts:
    """The clients and the few settings that work below the doors needs."""

    home: Path
    database: "Database"
    everybody: "DatabaseAsRead"  # the same as those without the research role see it
    embedder: "Embedder"
    vectors: "VectorStore"
    kept: "Kept"
    index: "VectorIndex"
    drafter: "Drafter"
    metrics: "Metrics"
    tracing: "Tracing"
    outgoing: "Outgoing"
    clock: Callable[[], datetime]
    zones: "Zones"
    regions: tuple[str, ...]
    transcriber: "Transcriber | None" = None  # of recordings, where an endpoint is set

    @property
    def asks_a_model(self) -> bool:
        """Whether a language model is configured; without one the extractive drafter writes."""
        return self.drafter.name != "extractive"

    def for_everybody(self) -> "Parts":
        """The same parts, reading only what those without the research role see."""
        return replace(self, database=self.everybody)

    def zone(self, workspace: str) -> str:
        """The time zone of a workspace: its days and weeks begin by it."""
        return self.zones.of(workspace)

    def for_reader(self, reader: "Reader") -> "Parts":
        """The same parts, reading only what somebody may read."""
        return replace(self, database=self.everybody.for_reader(reader))

    def left_out(self) -> str:
        """The sources that whoever reads with these parts does not see now, as it is stored beside what is told."""
        return self.database.left_out()

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return self.clock().astimezone(UTC)
