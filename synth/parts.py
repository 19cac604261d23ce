"""What the engine is made of; built once in `engine`, passed to whoever needs several of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.delivery.outgoing import Outgoing
    from synth.embedding import Embedder
    from synth.llm import Drafter
    from synth.store.chroma import ChromaIndex
    from synth.store.database import Database
    from synth.store.stamp import Kept
    from synth.store.vectors import VectorStore
    from synth.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Parts:
    """The clients and the few settings that work below the doors needs."""

    home: Path
    database: "Database"
    embedder: "Embedder"
    vectors: "VectorStore"
    kept: "Kept"
    index: "ChromaIndex"
    drafter: "Drafter"
    metrics: "Metrics"
    outgoing: "Outgoing"
    clock: Callable[[], datetime]
    timezone: str
    regions: tuple[str, ...]

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return self.clock().astimezone(UTC)
