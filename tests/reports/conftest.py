"""A store written row by row, so that every number of a report can be counted by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from synth.store import tables
from tests.factories import copy_home, new_home

NOW = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)  # Tuesday of 2026-W47; the last complete week is 2026-W46
MONDAY = date(2026, 11, 9)
RUN = "R1"


class Store:
    """Writes feedback and themes into the workspace of an engine."""

    now = NOW
    monday = MONDAY

    def __init__(self, engine: Engine, written: int = 0) -> None:
        self.engine = engine
        self._count = written
        self._open: Session | None = None

    def say(
        self,
        text: str,
        *,
        day: date | None,
        theme: str | None = None,
        person: str | None = None,
        account: str | None = None,
        source: str = "tickets",
    ) -> str:
        """One document that is one excerpt, at noon of the day in UTC; returns the id of the document."""
        self._count += 1
        number = f"{self._count:04}"
        created = datetime.combine(day, time(12), UTC) if day else None
        with self._writing() as session:
            document = tables.Document(
                id=f"d{number}",
                workspace_id=WORKSPACE,
                source_id=self._source(session, source),
                external_id=number,
                text=text,
                created_at=created,
                ingested_at=NOW,
                person_id=self._person(session, person, account),
                words_hash=number,
            )
            excerpt = tables.Excerpt(
                id=f"x{number}",
                workspace_id=WORKSPACE,
                document_id=document.id,
                position=0,
                start=0,
                end=len(text),
                text_hash=number,
            )
            vector = self.engine.parts.embedder.embed([text])[0].astype("<f4").tobytes()
            embedder = self.engine.parts.embedder.version
            embedding = tables.Embedding(workspace_id=WORKSPACE, embedder=embedder, text_hash=number, vector=vector)
            session.add_all([document, embedding])
            session.flush()
            session.add(excerpt)
            session.flush()
            if theme:
                session.add(self._assignment(excerpt, theme))
        return f"d{number}"

    def theme(self, id: str, name: str) -> None:
        """A theme whose centre is its name."""
        with self._writing() as session:
            session.add(
                tables.Theme(
                    workspace_id=WORKSPACE,
                    id=id,
                    name=name,
                    name_origin="machine",
                    definition=name,
                    centroid=self.engine.parts.embedder.embed([name])[0].astype("<f4").tobytes(),
                    threshold=0.5,
                    embedder=self.engine.parts.embedder.version,
                    born_run_id=RUN,
                    created_at=NOW,
                )
            )

    def account(self, name: str, segment: str, revenue: float) -> None:
        """A company."""
        with self._writing() as session:
            session.add(tables.Account(workspace_id=WORKSPACE, name=name, segment=segment, revenue=revenue))

    def weeks(
        self,
        theme: str | None,
        text: str,
        mentions: list[int],
        *,
        people: int = 9,
        sources: tuple[str, ...] = ("tickets",),
    ) -> None:
        """So many documents in each week, the last of them the week of MONDAY, people and sources taking turns."""
        with self._writing():
            for back, amount in enumerate(reversed(mentions)):
                for number in range(amount):
                    day = MONDAY - timedelta(weeks=back) + timedelta(days=number % 7)
                    who = f"{theme or 'Some'} person {number % people + 1}" if people else None
                    source = sources[number % len(sources)]
                    self.say(f"{text} ({back}.{number})", day=day, theme=theme, person=who, source=source)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction, also around many documents."""
        if self._open is not None:
            yield self._open
            return
        with self.engine.parts.database.write() as session:
            self._open = session
            try:
                yield session
            finally:
                self._open = None

    def _assignment(self, excerpt: tables.Excerpt, theme: str) -> tables.Assignment:
        return tables.Assignment(
            excerpt_id=excerpt.id, workspace_id=WORKSPACE, document_id=excerpt.document_id, theme_id=theme,
            confidence=0.9, origin="discovered", run_id=RUN, created_at=NOW,
        )  # fmt: skip

    def _source(self, session: Session, name: str) -> int:
        found = session.scalar(select(tables.Source).where(tables.Source.name == name))
        if found is None:
            found = tables.Source(workspace_id=WORKSPACE, name=name, kind="feedback", created_at=NOW)
            session.add(found)
            session.flush()
        return found.id

    def _person(self, session: Session, name: str | None, account: str | None) -> int | None:
        if name is None:
            return None
        found = session.scalar(select(tables.Person).where(tables.Person.name == name))
        if found is None:
            company = session.scalar(select(tables.Account).where(tables.Account.name == account)) if account else None
            found = tables.Person(workspace_id=WORKSPACE, name=name, account_id=company.id if company else None)
            session.add(found)
            session.flush()
        return found.id


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Opens a store with a fixed clock; the zone may be named."""
    opened: list[Engine] = []

    def open_(timezone: str = "UTC", now: datetime = NOW) -> Store:
        home = new_home(tmp_path / f"home{len(opened)}")
        settings = Settings(home=home, timezone=timezone)
        opened.append(open_engine(settings, embedder=HashingEmbedder(), clock=lambda: now))
        return Store(opened[-1])

    yield open_
    for engine in opened:
        engine.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    """An empty store."""
    return open_store()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of twelve weeks with a theme that is new, one that rises, one that fades and two that stay."""
    home = tmp_path_factory.mktemp("written")
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder(), clock=lambda: NOW)
    write_twelve_weeks(Store(engine))
    engine.close()
    return home


@pytest.fixture
def moving(written: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it to read and change."""
    home = tmp_path / "moving"
    copy_home(written, home)
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder(), clock=lambda: NOW)
    store = Store(engine, written=1000)
    yield store
    engine.close()


def write_twelve_weeks(store: Store) -> None:
    """What `written` holds."""
    store.account("Brightline", "Small", 12000)
    store.account("Northwind", "Enterprise", 90000)
    for id, name in (
        ("T1", "Photo upload stuck"),
        ("T2", "Slow board"),
        ("T3", "Duplicate events"),
        ("T4", "Invoice layout"),
        ("T5", "Friendly support"),
    ):
        store.theme(id, name)
    voices = ((9, "Ana", "Brightline"), (10, "Ben", "Northwind"), (12, "Cleo", "Northwind"), (12, "Dev", "Northwind"))
    for day, person, account in voices:
        text = f"The photo upload is stuck at 99 % since the update, says {person}, and nothing helps."
        store.say(text, day=date(2026, 11, day), theme="T1", person=person, account=account)
    both = ("tickets", "reviews")
    slow, twice = (
        "The board is slow when many jobs are on it.",
        "Every visit is in my calendar twice, duplicate events all over.",
    )
    store.weeks("T2", slow, [2, 1, 2, 2, 1, 2, 2, 1, 2, 1, 2, 12], sources=both)
    store.weeks("T3", twice, [8, 9, 8, 9, 8, 9, 9, 9, 9, 8, 1, 0], sources=both)
    store.weeks("T4", "The layout of the invoice is wrong.", [5] * 12, sources=("reviews",))
    store.weeks("T5", "Friendly support, quick help.", [4] * 12, sources=("reviews",))
    store.weeks(None, "Thanks!", [3] * 12)
