"""The engine: the only place that builds every part, and the one public door to all that the service can do.

Its steps stand by subject in the files beside this one; each is one step into one room.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from synth.embedding import Embedder
from synth.engine.administering import AdministrationSteps
from synth.engine.answering import AnswerSteps
from synth.engine.core import WORKSPACE
from synth.engine.delivering import DeliverySteps
from synth.engine.erasing import ErasureSteps
from synth.engine.finding import InsightSteps
from synth.engine.hooking import HookSteps
from synth.engine.releasing import ReleaseSteps
from synth.engine.reporting import ReportSteps
from synth.engine.saved import SavedSteps
from synth.engine.studying import StudySteps
from synth.engine.theming import ThemeSteps
from synth.errors import BadInput
from synth.parts import Parts
from synth.settings import Settings
from synth.store.database import Database
from synth.tracing import Tracing, open_tracing

if TYPE_CHECKING:
    from synth.delivery.outgoing import Outgoing
    from synth.llm.metering import Meter

__all__ = ["WORKSPACE", "Engine", "open_engine"]


class Engine(
    ThemeSteps,
    AnswerSteps,
    SavedSteps,
    InsightSteps,
    ReportSteps,
    DeliverySteps,
    ReleaseSteps,
    StudySteps,
    ErasureSteps,
    AdministrationSteps,
    HookSteps,
):
    """Everything the doors may call. Safe to share between threads."""


def open_engine(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    tracing: Tracing | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "Engine":
    """Build every part from the settings and bring the schema up to date; the caller holds the home folder's lock."""
    from synth.embedding.opening import open_embedder
    from synth.llm.opening import open_drafter
    from synth.store.everybody import DatabaseAsRead
    from synth.store.shards import open_index
    from synth.store.stamp import Kept
    from synth.store.vectors import VectorStore
    from synth.store.zones import Zones
    from synth.telemetry.metrics import Metrics
    from synth.transcribing import open_transcriber

    if settings.broker_url and not settings.chroma_url:
        raise BadInput("SYNTH_BROKER_URL needs SYNTH_CHROMA_URL: processes share an index through `chroma run` only.")
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database())
    database.migrate()
    words = embedder or open_embedder(settings.embedder)
    parts = Parts(
        home=settings.home.resolve(),
        database=database,
        everybody=DatabaseAsRead(database, settings.minimum_people),
        embedder=words,
        vectors=VectorStore(database, words.version, words.dimension),
        kept=Kept(),
        index=open_index(
            folder=settings.home.resolve() / "chroma",
            urls=settings.chroma_urls,
            embedder=words.version,
            dimension=words.dimension,
        ),
        drafter=open_drafter(settings, _meter(settings, database, clock)),
        metrics=Metrics(),
        tracing=tracing or open_tracing(settings.otlp_url),
        outgoing=_outgoing(settings),
        clock=clock,
        zones=Zones(database, settings.timezone),
        regions=settings.redact_regions,
        transcriber=open_transcriber(settings),
    )
    engine = Engine(parts, settings)
    engine.prepare()
    return engine


def _outgoing(settings: Settings) -> "Outgoing":
    from synth.delivery.outgoing import Outgoing

    return Outgoing(
        smtp_url=settings.smtp_url.get_secret_value() if settings.smtp_url else None,
        sender=settings.mail_from,
        public_url=settings.public_url,
        folder=settings.report_folder,
        private=settings.private_webhooks,
    )


def _meter(settings: Settings, database: Database, clock: Callable[[], datetime]) -> "Meter | None":
    if settings.llm_url is None:
        return None
    from synth.llm.metering import StoredMeter

    return StoredMeter(database, settings, clock)
