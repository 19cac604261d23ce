"""The engine: the only place that builds every part, and the one public door to all that the service can do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from synth import jobs
from synth.embedding import Embedder
from synth.errors import NotFound
from synth.intake.uploads import ImportState, Submission, import_state, submit
from synth.model import Answer, Filters
from synth.parts import Parts
from synth.settings import Settings
from synth.store import tables
from synth.store.database import Database
from synth.store.rows import insert_new

WORKSPACE = "main"
NO_FILTERS = Filters()


def open_engine(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "Engine":
    """Build every part from the settings and bring the schema up to date. The caller holds the lock on the home folder."""
    from synth.embedding.sentences import open_embedder
    from synth.llm.opening import open_drafter
    from synth.store.chroma import ChromaIndex
    from synth.store.vectors import VectorStore

    database = Database(settings.database())
    database.migrate()
    words = embedder or open_embedder(settings.embedder)
    folder = None if settings.chroma_url else settings.home / "chroma"
    parts = Parts(
        home=settings.home.resolve(),
        database=database,
        embedder=words,
        vectors=VectorStore(database, words.version, words.dimension),
        index=ChromaIndex(folder=folder, url=settings.chroma_url, embedder=words.version, dimension=words.dimension),
        drafter=open_drafter(settings),
        clock=clock,
        timezone=settings.timezone,
        regions=settings.redact_regions,
    )
    engine = Engine(parts, settings)
    engine.prepare()
    return engine


class Engine:
    """Everything the doors may call; each method is one step into one room. Safe to share between threads."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self.settings = settings
        self.dispatch: Callable[[str], None] = lambda _: None  # tells a worker of a new job; the sweeper finds it anyway

    def prepare(self) -> None:
        """Make the default workspace where it is missing."""
        now = self.parts.now()
        row = {"id": WORKSPACE, "name": "Main", "timezone": self.settings.timezone, "created_at": now}
        with self.parts.database.write() as session:
            insert_new(session, tables.Workspace, [row])

    def close(self) -> None:
        """Give everything back."""
        self.parts.index.close()
        self.parts.database.close()

    def submit(self, workspace: str, filename: str, content: BinaryIO, submission: Submission) -> str:
        """Take a file in; once this returns, its rows will be stored whatever happens. Returns the id of the import."""
        limit = self.settings.upload_limit
        import_id = submit(self.parts, workspace, filename, content, submission, limit=limit)
        self.wake()
        return import_id

    def import_state(self, workspace: str, import_id: str) -> ImportState:
        """How an import stands."""
        return import_state(self.parts, workspace, import_id)

    def perform(self, job_id: str | None = None) -> str | None:
        """Do one job; see `jobs.perform`."""
        done = jobs.perform(self.parts, job_id)
        self.wake()
        return done

    def drain(self, *, after_each: Callable[[], None] = lambda: None, patience: float = 0.0) -> None:
        """Do all jobs there are, in this thread."""
        jobs.drain(self.parts, after_each=after_each, patience=patience)

    def wake(self) -> None:
        """Tell the workers of every job that is due."""
        for job_id in jobs.due(self.parts):
            self.dispatch(job_id)

    def ask(self, workspace: str, question: str, given: Filters = NO_FILTERS) -> Answer:
        """Answer a question from the feedback."""
        from synth.answers.asking import ask

        return ask(self.parts, workspace, question, given)
