"""The same engine on PostgreSQL: the same job, the same counts as on SQLite."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import SynthError
from synth.settings import Settings
from synth.store import ledger, tables
from synth.store.database import Database
from synth.store.indexing import difference
from synth.store.walls import within
from tests.databases import throwaway_postgres
from tests.factories import feedback_rows, new_home, submit_file, take_rows, write_csv, write_transcript

QUESTIONS = ("How many people mention the photo upload?", "What do people say about calendar sync?", "pricing in Peru?")


@pytest.fixture(scope="module")
def database(needs: Callable[[str], None]) -> Iterator[str]:
    """A database of its own, dropped in the end."""
    needs("postgresql")
    with throwaway_postgres() as url:
        yield url


@pytest.fixture(scope="module")
def both(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """The same feedback and the same interview in a store on SQLite and in one on PostgreSQL."""
    opened = []
    for name in ("sqlite", "postgresql"):
        home = new_home(tmp_path_factory.mktemp(name) / "home")
        url = database if name == "postgresql" else f"sqlite:///{home / 'synth.db'}"
        engine = open_engine(Settings(home=home, database_url=url), embedder=HashingEmbedder())
        take_rows(engine, feedback_rows())
        turns = [("Maren Holt", "What slows you down?"), ("Ana", "The photo upload gets stuck on every single job.")]
        submit_file(
            engine, write_transcript(home.parent / "talk.vtt", turns), kind="research", interviewers=["Maren Holt"]
        )
        engine.drain()
        opened.append(engine)
    yield opened[0], opened[1]
    for engine in opened:
        engine.close()


@pytest.mark.timeout(60)
def test_processes_that_start_at_once_migrate_once(needs: Callable[[str], None]) -> None:
    needs("postgresql")
    with throwaway_postgres() as url, ThreadPoolExecutor(3) as pool:
        stores = [Database(url) for _ in range(3)]
        list(pool.map(Database.migrate, stores))
        assert [store.is_current() for store in stores] == [True] * 3
        for store in stores:
            store.close()


def test_the_engine_runs_on_postgresql(both: tuple[Engine, Engine]) -> None:
    assert [engine.parts.database.dialect for engine in both] == ["sqlite", "postgresql"]


@pytest.mark.parametrize("what", ["documents", "excerpts", "insights"])
def test_exports_are_the_same(both: tuple[Engine, Engine], what: str) -> None:
    lite, post = ([_lasting(line) for line in engine.export(WORKSPACE, what)] for engine in both)
    assert lite == post
    assert lite


def test_insights_are_reviewed_rewritten_and_made_on_both(both: tuple[Engine, Engine]) -> None:
    for engine in both:
        id = engine.insights(WORKSPACE)["insights"][0]["id"]
        engine.change_insight(WORKSPACE, "Ann", id, {"state": "reviewed"})
        assert engine.change_insight(WORKSPACE, "Ann", id, {"title": "Mine"})["state"] == "draft"
        history = engine.insight_history(WORKSPACE, id)["history"]
        assert [event["action"] for event in history] == ["drafted", "reviewed", "edited", "withdrawn"]
        answer = engine.ask(WORKSPACE, "What do people say about duplicate events?")
        assert engine.kept_answer(WORKSPACE, answer.id)
        assert engine.make_insight(WORKSPACE, "Ann", {"answer_id": answer.id})["claims"]


def test_saved_questions_are_asked_and_followed_on_both(both: tuple[Engine, Engine]) -> None:
    told = []
    for engine in both:
        saved = engine.save_question(WORKSPACE, "Ann", question="What do people say about duplicate events?")
        engine.tend(WORKSPACE)
        engine.drain()
        assert engine.see_question(WORKSPACE, "Ann", saved["id"])["followed"]
        runs = engine.saved_runs(WORKSPACE, saved["id"])["runs"]
        told.append([(run["week"], run["counted"]) for run in runs])
    assert told[0] == told[1] != []


def test_themes_and_their_counts_are_the_same(both: tuple[Engine, Engine]) -> None:
    lite, post = (engine.themes(WORKSPACE) for engine in both)
    assert [_theme(theme) for theme in lite["themes"]] == [_theme(theme) for theme in post["themes"]]
    assert (lite["coverage"], lite["excerpts"]) == (post["coverage"], post["excerpts"])
    assert lite["themes"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_have_the_same_counts(both: tuple[Engine, Engine], question: str) -> None:
    lite, post = (engine.ask(WORKSPACE, question) for engine in both)
    assert (lite.status, lite.counts, lite.themes) == (post.status, post.counts, post.themes)
    assert [claim.text for claim in lite.claims] == [claim.text for claim in post.claims]


@pytest.mark.parametrize(
    "where",
    [
        ("segment=Enterprise",),
        ("segment!=Enterprise", "rating<=2"),
        ("team=north",),
        ("revenue>=3000",),
        ("source=feedback", "sentiment=negative"),
        ("person=person a", "person=PERSON B"),
        ("kind=research",),
        ("theme=T1",),
        ("team>=3",),
    ],
)
def test_filters_let_the_same_through(both: tuple[Engine, Engine], where: tuple[str, ...]) -> None:
    lite, post = (_found(engine, where) for engine in both)
    assert lite == post


def test_words_are_found(both: tuple[Engine, Engine]) -> None:
    found = both[1].search(WORKSPACE, '"duplicate events"', limit=10)["results"]
    assert found
    assert all("uplicate events" in result["text"] for result in found)


def test_the_index_equals_the_database(both: tuple[Engine, Engine]) -> None:
    assert not difference(both[1].parts, WORKSPACE)


def test_the_same_file_twice_adds_nothing(both: tuple[Engine, Engine]) -> None:
    state = take_rows(both[1], feedback_rows())
    assert (state.taken, state.already) == (0, 54)


def test_what_postgresql_cannot_hold_is_taken_without_it(both: tuple[Engine, Engine]) -> None:
    for engine in both:
        row = {"id": "odd", "text": "A text with a zero\x00 byte and half a pair in it", "team": "a\x00b"}
        state = take_rows(engine, [row], name="odd.csv")
        assert state.taken + state.refused == 1


def test_workers_at_the_same_time_do_each_job_once(both: tuple[Engine, Engine], tmp_path: Path) -> None:
    post = both[1]
    rows = [{"id": f"many{number}", "text": f"The map loads slowly on tour {number}"} for number in range(700)]
    import_id = submit_file(post, write_csv(tmp_path / "many.csv", rows))
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: post.drain(patience=5), range(4)))
    state = post.import_state(WORKSPACE, import_id)
    assert state.finished
    assert (state.taken, [stage.dead for stage in state.stages]) == (700, [0] * len(state.stages))
    assert not difference(post.parts, WORKSPACE)


def test_a_job_queued_by_many_at_once_is_one_job(both: tuple[Engine, Engine]) -> None:
    post = both[1]

    def queue(_: int) -> str:
        with within(WORKSPACE), post.parts.database.write() as session:
            return ledger.enqueue(session, WORKSPACE, "repair", {}, key="the same", now=post.parts.now())

    with ThreadPoolExecutor(8) as doors:
        assert len(set(doors.map(queue, range(24)))) == 1
    post.drain()
    with post.parts.database.read() as session:
        assert session.scalar(select(func.count()).where(tables.Job.state != "done")) == 0


def test_a_question_saved_and_asked_by_many_at_once_is_one_with_one_answer(both: tuple[Engine, Engine]) -> None:
    post = both[1]

    def save(_: int) -> str:
        with within(WORKSPACE):
            return str(post.save_question(WORKSPACE, "Ann", question="Who likes invoices?")["id"])

    def ask(id: str) -> dict[str, Any]:
        with within(WORKSPACE):
            return post.run_saved_question(WORKSPACE, "Ann", id)

    with ThreadPoolExecutor(4) as doors:
        (id,) = set(doors.map(save, range(4)))
        asked = list(doors.map(ask, [id] * 6))
    assert len({each["last"]["week"] for each in asked}) == 1
    assert len(post.saved_runs(WORKSPACE, id)["runs"]) == 1
    with post.parts.database.read() as session:
        mine = tables.Citation.owner == f"{id}.{asked[0]['last']['week']}"
        cited = session.scalars(select(tables.Citation.excerpt_id).where(mine)).all()
    assert len(cited) == len(set(cited))


def _found(engine: Engine, where: tuple[str, ...]) -> set[str] | str:
    """The ids of the documents that meet the filters, or what is said against these."""
    try:
        given = engine.filters(where=where)
        return {
            result["external_id"] or "" for result in engine.search(WORKSPACE, "photo", given, limit=200)["results"]
        }
    except SynthError as error:
        return str(error)


def _theme(theme: dict[str, Any]) -> dict[str, Any]:
    return {name: theme[name] for name in ("id", "name", "mentions", "people", "share", "key_phrases")}


def _lasting(line: str) -> dict[str, Any]:
    """A row of an export without what the hour and the import make of it."""
    row: dict[str, Any] = json.loads(line)
    passing = {"ingested_at", "import", "updated_at", "checked_at", *(["created_at"] if "claims" in row else [])}
    row.get("provenance", {}).pop("counted_at", None)
    return {name: value for name, value in row.items() if name not in passing}


@pytest.mark.parametrize("way", ["words", "meaning"])
@pytest.mark.parametrize("where", [(), ("segment=Enterprise",), ("sentiment=negative",)])
def test_facets_are_the_same(both: tuple[Engine, Engine], way: Any, where: tuple[str, ...]) -> None:
    lite, post = (engine.facets(WORKSPACE, "photo upload", engine.filters(where=where), way=way) for engine in both)
    assert lite == post
    assert lite["excerpts"] > 0
