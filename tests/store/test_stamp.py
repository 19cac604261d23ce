"""What is kept in memory is what would be counted now, after everything that is written."""

import gc
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from weakref import ReferenceType, ref

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synth.answers.behind import list_behind
from synth.engine import WORKSPACE, Engine
from synth.model import NO_FILTERS
from synth.overview import read_overview
from synth.parts import Parts
from synth.profile import read_profile
from synth.reports.series import Series, gather_series
from synth.reports.spans import Span
from synth.store import stamp
from synth.store.counting import count_people_by_theme
from synth.store.reading import FIRST_PAGE
from synth.store.stamp import BESIDE, Kept, WritingSession, read_stamp, taking_in
from synth.store.tables import Base, Theme
from tests.factories import feedback_rows, submit_file, take_in, take_rows, value_of, write_csv, write_transcript
from tests.statements import counting

WEEK = Span(date(2026, 11, 9), date(2026, 11, 16), "UTC")


def read_all(parts: Parts) -> list[Any]:
    """What the pages with most numbers show."""
    seen = read_overview(parts, WORKSPACE).counted
    shown: list[Any] = [seen, list_behind(parts, WORKSPACE, "", NO_FILTERS, FIRST_PAGE).numbers]
    for theme in seen.themes.themes[:2]:
        profile = read_profile(parts, WORKSPACE, theme.id, NO_FILTERS)
        shown.append((profile.theme, profile.saying, profile.trend))
    return _rounded(shown)


def _rounded(shown: list[Any]) -> list[Any]:
    """The same without the last digits: PostgreSQL adds up in the order in which it finds the rows."""
    written = json.dumps(shown, default=lambda part: asdict(part) if is_dataclass(part) else str(part))
    rounded: list[Any] = json.loads(written, parse_float=lambda number: round(float(number), 12))
    return rounded


@contextmanager
def comparing(engine: Engine) -> Iterator[list[bool]]:
    """Whether what is kept was what would be counted, after each transaction that is committed meanwhile."""
    found: list[bool] = []

    def compare(_: Session) -> None:
        found.append(read_all(engine.parts) == read_all(replace(engine.parts, kept=Kept())))

    event.listen(WritingSession, "after_commit", compare)
    try:
        yield found
    finally:
        event.remove(WritingSession, "after_commit", compare)


def test_what_is_kept_is_right_after_every_transaction(told: Engine, tmp_path: Path) -> None:
    with comparing(told) as found:
        take_rows(told, [{**row, "id": f"new {row['id']}"} for row in feedback_rows(1)])
        talk = [("Ina", "What gets in your way?"), ("Otto", "The photo upload gets stuck near the van, every day.")]
        take_in(told, write_transcript(tmp_path / "talk.txt", talk))
        told.decide(WORKSPACE, "Ann", {"kind": "merge", "themes": ["T2"], "into": "T1"})
        told.undo(WORKSPACE, "Ann", "D1")
        told.discover(WORKSPACE)
        told.drain()
        told.erase(WORKSPACE, "Ann", "person", "Person A", "asked for")
        told.drain()
    assert len(found) > 20
    assert all(found)


def test_who_asks_is_put_right_at_once(told: Engine, tmp_path: Path) -> None:
    """No job is new where one to draw the areas waits already; the numbers change all the same."""
    talk = [("Ina", "The photo upload gets stuck at the end"), ("Otto", "The photo upload gets stuck, every day.")]
    take_in(told, write_transcript(tmp_path / "talk.txt", talk))
    document = value_of(told, "SELECT DISTINCT document_id FROM turns")
    for speaker, role in (("Otto", "interviewer"), ("Ina", "interviewer"), ("Otto", "participant")):
        with comparing(told) as found:
            told.set_role(WORKSPACE, document, speaker, role)
        assert found
        assert all(found)


def stamp_of(engine: Engine) -> int:
    with engine.parts.database.read() as session:
        return read_stamp(session)


def test_reading_asking_and_the_work_of_jobs_leave_what_is_kept(told: Engine) -> None:
    before = stamp_of(told)
    told.visit(WORKSPACE, "Ann")
    told.ask(WORKSPACE, "How many people mention the calendar?")
    told.save_question(WORKSPACE, "Ann", question="What do people say about the calendar?")
    told.draft_insights(WORKSPACE)
    told.drain()
    assert stamp_of(told) == before
    told.decide(WORKSPACE, "Ann", {"kind": "rename", "theme": "T1", "name": "Photos"})
    assert stamp_of(told) > before


def test_a_transaction_that_fails_or_is_only_tried_changes_nothing(told: Engine) -> None:
    before = stamp_of(told)
    told.preview(WORKSPACE, "Ann", {"kind": "merge", "themes": ["T2"], "into": "T1"})
    with pytest.raises(IntegrityError), told.parts.database.write() as session:
        session.execute(update(Theme).values(name=None))
    assert stamp_of(told) == before


def test_what_is_written_beside_is_a_table() -> None:
    assert set(Base.metadata.tables) > BESIDE


READ: Mapping[str, Callable[[Parts], object]] = {
    "overview": lambda parts: read_overview(parts, WORKSPACE),
    "theme": lambda parts: read_profile(parts, WORKSPACE, "T1", NO_FILTERS),
    "series of a report": lambda parts: gather(parts),
    "people": lambda parts: people(parts),
}


def gather(parts: Parts) -> Series:
    with parts.database.read() as session:
        return gather_series(session, WORKSPACE, WEEK, WEEK.back(5).since)


def people(parts: Parts) -> dict[str, int]:
    with parts.database.read() as session:
        return count_people_by_theme(session, WORKSPACE, NO_FILTERS)


@pytest.mark.parametrize("what", READ)
def test_more_themes_are_counted_in_as_many_statements(told: Engine, what: str) -> None:
    few = read_anew(told, what)
    before = len(told.themes(WORKSPACE)["themes"])
    named = {theme["name"].lower(): theme["id"] for theme in told.themes(WORKSPACE)["themes"]}
    for subject, words in (("photo", ["99 percent", "van"]), ("calendar", ["technician"]), ("invoice", ["old rate"])):
        theme = next(id for name, id in named.items() if subject in name)
        told.decide(WORKSPACE, "Ann", {"kind": "split", "theme": theme, "words": words})
    assert len(told.themes(WORKSPACE)["themes"]) == 2 * before
    assert read_anew(told, what) == few


def read_anew(engine: Engine, what: str) -> int:
    """The statements it takes when nothing is kept."""
    with counting(engine) as asked:
        READ[what](replace(engine.parts, kept=Kept()))
    return len(asked)


@pytest.mark.parametrize("what", ["overview", "theme"])
def test_a_second_look_counts_nothing_again(told: Engine, what: str) -> None:
    first = read_anew(told, what)
    READ[what](told.parts)
    with counting(told) as asked:
        READ[what](told.parts)
    assert len(asked) < first / 2


def test_beside_workers_a_count_may_be_behind_feedback_that_is_taken_in_and_behind_nothing_else(told: Engine) -> None:
    kept, made = Kept(late=True), list[int]()

    def read(seconds: float = 0.05) -> int:
        def make() -> int:
            time.sleep(seconds)
            made.append(len(made))
            return made[-1]

        with told.parts.database.read() as session:
            return kept.read("a count", session, WORKSPACE, make)

    assert read() == 0
    take_rows(told, [{"id": "n", "text": "The photo upload gets stuck."}])  # and themes are looked at again
    assert read() == 1
    with told.parts.database.write() as session, taking_in():
        session.execute(update(Theme).values(pinned=False))
        session.commit()
    assert read() == 1
    with told.parts.database.write() as session:
        session.execute(update(Theme).values(pinned=False))
    assert read() == 2


@pytest.mark.parametrize(
    ("latest_of_all", "rest", "meanwhile", "afterwards"), [(300.0, 0, 1, 2), (0.0, 0, 2, 2), (300.0, 1000, 1, 1)]
)
def test_one_count_that_is_merely_late_is_made_again_at_a_time(
    told: Engine, monkeypatch: pytest.MonkeyPatch, latest_of_all: float, rest: float, meanwhile: int, afterwards: int
) -> None:
    """While one is, and in the rest after it, another shows what there was; not for longer than it may."""
    monkeypatch.setattr(stamp, "LATEST", 0.0)
    monkeypatch.setattr(stamp, "LATEST_OF_ALL", latest_of_all)
    monkeypatch.setattr(stamp, "REST", rest)
    kept, begun, go_on = Kept(late=True), threading.Event(), threading.Event()

    def read(name: str, value: int, *, wait: bool = False) -> int:
        def make() -> int:
            time.sleep(0.02)
            if wait:
                begun.set()
                assert go_on.wait(10)
                assert read("a part", 2) == 2, "what it needs itself it does not wait for"
            return value

        with told.parts.database.read() as session:
            return kept.read(name, session, WORKSPACE, make)

    assert [read(name, 1) for name in ("one", "another", "a part")] == [1, 1, 1]
    with taking_in(), told.parts.database.write() as session:
        session.execute(update(Theme).values(pinned=False))
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(read, "one", 2, wait=True)
        assert begun.wait(10)
        assert read("another", 2) == meanwhile
        assert read("a third", 2) == 2, "what was never counted is"
        go_on.set()
        assert one.result() == 2
    assert read("another", 2) == afterwards


def test_what_took_no_time_is_not_shown_late(told: Engine) -> None:
    kept = Kept(late=True)

    def read(value: int) -> int:
        with told.parts.database.read() as session:
            return kept.read("a count", session, WORKSPACE, lambda: value)

    assert read(1) == 1
    with taking_in(), told.parts.database.write() as session:
        session.execute(update(Theme).values(pinned=False))
    time.sleep(0.02)
    assert read(2) == 2


def test_what_several_threads_want_at_once_is_read_once(told: Engine) -> None:
    kept, made = Kept(), list[int]()

    def read(_: int) -> int:
        def make() -> int:
            time.sleep(0.1)
            made.append(1)
            return len(made)

        with told.parts.database.read() as session:
            return kept.read("a count", session, WORKSPACE, make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [1] * 8
    assert made == [1]


def test_of_what_could_not_be_read_not_even_the_name_is_kept() -> None:
    class Name(str):
        __slots__ = ("__weakref__",)

    def read(name: Name, *, fails: bool) -> ReferenceType[Name]:
        with suppress(ZeroDivisionError):
            kept.read_of(name, 1, WORKSPACE, lambda: 1 / (not fails))
        return ref(name)

    kept = Kept()
    failed, made = read(Name("failed"), fails=True), read(Name("made"), fails=False)
    gc.collect()
    assert failed() is None
    assert made() is not None


def test_an_import_moves_one_number_and_a_discovery_both(told: Engine) -> None:
    def numbers() -> list[int]:
        return [value_of(told, f"SELECT coalesce(max(number), 0) FROM changes WHERE id = {id}") for id in (1, 2)]

    rows = [{"id": "n", "text": "The photo upload gets stuck at the van."}]
    submit_file(told, write_csv(told.parts.home.parent / "f.csv", rows))
    before = numbers()
    for _ in range(2):  # reading and embedding
        told.perform()
    assert numbers()[0] > before[0]
    assert numbers()[1] == before[1]
    told.discover(WORKSPACE)
    told.drain()
    assert numbers()[1] > before[1]


def test_what_no_stamp_tells_of_stands_for_a_minute_beside_workers_and_nowhere_else(told: Engine) -> None:
    exact, late, made = Kept(), Kept(late=True), list[int]()

    def read(kept: Kept) -> int:
        with told.parts.database.read() as session:
            return kept.read_lately("a card", session, WORKSPACE, lambda: made.append(0) or len(made))

    assert [read(late), read(late)] == [1, 1]
    assert [read(exact), read(exact)] == [2, 3]
