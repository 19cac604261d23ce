"""Themes over time: permanent ids, names that survive, runs that are whole, arrivals that find their place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from synth.engine import WORKSPACE, Engine
from synth.errors import NotFound
from synth.store import tables
from synth.themes.publishing import publish
from synth.themes.running import propose
from tests.factories import (
    CALENDAR,
    PEOPLE,
    exported,
    feedback_rows,
    open_home,
    rows_of,
    take_in,
    take_rows,
    value_of,
    write_transcript,
)


def discover(engine: Engine) -> None:
    engine.discover(WORKSPACE)
    engine.drain()


def themes_of(engine: Engine) -> dict[str, str]:
    return {theme["id"]: theme["name"] for theme in engine.themes(WORKSPACE)["themes"]}


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    """All that a discovery decides, byte for byte."""
    columns = "id, name, definition, key_phrases, exemplars, edge, state, area, centroid, threshold"
    members = rows_of(engine, "SELECT excerpt_id, theme_id, confidence FROM assignments ORDER BY excerpt_id")
    return [*rows_of(engine, f"SELECT {columns} FROM themes ORDER BY id"), *members]


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Engine]:
    """Another home that took the same file in."""
    opened = open_home(tmp_path / "elsewhere" / "home")
    take_rows(opened, feedback_rows(4))
    yield opened
    opened.close()


def test_the_same_feedback_gives_the_same_themes_to_the_byte(told: Engine, twin: Engine) -> None:
    assert themes_of(told)
    assert stored(told) == stored(twin)


def test_the_themes_are_what_the_feedback_is_about_and_their_numbers_add_up(told: Engine) -> None:
    listed = told.themes(WORKSPACE)
    names = " ".join(themes_of(told).values()).lower()
    assert all(word in names for word in ("photo", "calendar", "invoice"))
    assert listed["excerpts"] == value_of(told, "SELECT count(*) FROM excerpts")
    assigned = value_of(told, "SELECT count(*) FROM assignments")
    assert (listed["unassigned"], listed["coverage"]) == (
        listed["excerpts"] - assigned,
        round(assigned / listed["excerpts"], 4),
    )
    for theme in listed["themes"]:
        query = """SELECT count(DISTINCT d.id), count(DISTINCT d.person_id) FROM assignments a
                   JOIN excerpts e ON e.id = a.excerpt_id JOIN documents d ON d.id = e.document_id
                   WHERE a.theme_id = :theme"""
        assert rows_of(told, query, theme=theme["id"]) == [(theme["mentions"], theme["people"])]
        assert theme["share"] == round(theme["mentions"] / 72, 4)
        members = {row["excerpt_id"] for row in exported(told, "excerpts") if row["theme_id"] == theme["id"]}
        assert {citation["excerpt_id"] for citation in (*theme["exemplars"], *theme["edge"])} <= members


def test_a_new_run_over_the_same_feedback_changes_nothing_but_its_own_record(told: Engine) -> None:
    before, runs = stored(told), value_of(told, "SELECT count(*) FROM runs")
    discover(told)
    assert stored(told) == before
    assert value_of(told, "SELECT count(*) FROM runs") == runs + 1
    assert rows_of(told, "SELECT * FROM assignment_changes WHERE cause = 'R2'") == []
    assert {row[0] for row in rows_of(told, "SELECT event FROM lineage WHERE run_id = 'R2'")} == {"kept"}
    run = told.run(WORKSPACE, "R2")
    assert (run["state"], run["figures"]["stability"], run["figures"]["excerpts"]) == ("published", 1.0, 72)
    assert {"seed", "versions"} <= run["parameters"].keys()


def test_a_name_a_person_gave_survives_every_run(told: Engine) -> None:
    with told.parts.database.write() as session:
        mine = tables.Theme.id == "T1"
        session.execute(update(tables.Theme).where(mine).values(name="Doubled visits", name_origin="human"))
    discover(told)
    take_rows(
        told,
        [{**row, "id": f"more {row['id']}", "text": f"{row['text']} today"} for row in feedback_rows(2)],
        name="more.csv",
    )
    discover(told)
    assert themes_of(told)["T1"] == "Doubled visits"


def test_more_feedback_keeps_ids_and_a_new_subject_gets_a_new_one(told: Engine) -> None:
    before = themes_of(told)
    rows = [
        {
            "id": f"n{n}",
            "text": f"The route planner sends us zig-zag through traffic, take {n}",
            "author": PEOPLE[n % 12],
        }
        for n in range(24)
    ]
    take_rows(told, rows, name="routes.csv")
    discover(told)
    after = themes_of(told)
    assert {"T1", "T2", "T3"} <= set(before) & set(after)
    fresh = set(after) - set(before)
    assert any("route" in after[theme].lower() for theme in fresh)
    assert all(int(theme[1:]) > max(int(old[1:]) for old in before) for theme in fresh)
    lineage = told.theme(WORKSPACE, min(fresh))["lineage"]
    assert [event["event"] for event in lineage] == ["born"]


def test_an_id_is_never_given_twice_and_a_retired_theme_can_still_be_read(told: Engine) -> None:
    before = themes_of(told)
    with told.parts.database.write() as session:
        gone = session.query(tables.Assignment.excerpt_id).filter_by(theme_id="T1")
        session.query(tables.IndexChange).delete()
        session.query(tables.Excerpt).filter(tables.Excerpt.id.in_(gone.scalar_subquery())).delete()
    discover(told)
    assert "T1" not in themes_of(told)
    assert told.theme(WORKSPACE, "T1")["state"] == "retired"
    rows = [
        {**row, "id": f"new {row['id']}", "text": f"{row['text']} again"}
        for row in feedback_rows(4)
        if "alendar" in str(row["text"])
    ]
    take_rows(told, rows, name="calendar.csv")
    discover(told)
    again = {theme: name for theme, name in themes_of(told).items() if "calendar" in name.lower()}
    assert again
    assert not set(again) & set(before)
    assert not [name for name in again.values() if name.endswith("(2)")]  # the retired theme's name is free


def test_a_theme_a_person_put_excerpts_on_is_not_retired_and_those_stay(told: Engine) -> None:
    kept = value_of(told, "SELECT min(excerpt_id) FROM assignments WHERE theme_id = 'T1'")
    with told.parts.database.write() as session:
        session.query(tables.Assignment).filter_by(excerpt_id=kept).update({"origin": "human"})
        gone = session.query(tables.Assignment.excerpt_id).filter(
            tables.Assignment.theme_id == "T1", tables.Assignment.origin != "human"
        )
        session.query(tables.Excerpt).filter(tables.Excerpt.id.in_(gone.scalar_subquery())).delete()
    discover(told)
    assert told.theme(WORKSPACE, "T1")["state"] == "active"
    assert rows_of(told, "SELECT theme_id, origin FROM assignments WHERE excerpt_id = :id", id=kept) == [
        ("T1", "human")
    ]


def test_a_run_is_published_whole_or_not_at_all(told: Engine) -> None:
    take_rows(
        told,
        [{"id": f"x{n}", "text": f"{CALENDAR[n % 6]} and more {n}", "author": "A"} for n in range(9)],
        name="x.csv",
    )
    before = stored(told), value_of(told, "SELECT count(*) FROM runs")
    proposal = propose(told.parts, WORKSPACE, "all")
    assert proposal is not None

    def publish_and_fail() -> None:
        with told.parts.database.write() as session:
            publish(session, told.parts, WORKSPACE, proposal)
            session.flush()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        publish_and_fail()
    assert (stored(told), value_of(told, "SELECT count(*) FROM runs")) == before
    assert rows_of(told, "SELECT value FROM counters WHERE kind = 'run'") == [(before[1],)]


def test_a_run_is_made_once_though_its_job_is_done_twice(told: Engine) -> None:
    from synth.store import ledger
    from synth.themes.updating import discover_themes

    told.discover(WORKSPACE)
    with told.parts.database.write() as session:
        held = ledger.claim(session, now=told.parts.now())
    assert held is not None
    discover_themes(told.parts, held)
    with pytest.raises(ledger.LeaseLost):
        discover_themes(told.parts, held)
    assert value_of(told, "SELECT count(*) FROM runs") == 2


def test_what_arrives_is_placed_where_it_clearly_belongs_and_nowhere_else(told: Engine) -> None:
    photo = next(theme for theme in told.themes(WORKSPACE)["themes"] if "photo" in theme["name"].lower())
    rows = [
        {"id": "a", "text": photo["exemplars"][0]["quote"]},
        {"id": "b", "text": "Hedgehogs sleep all winter under the garden shed"},
    ]
    take_rows(told, rows, name="arrived.csv")
    placed = {row["external_id"]: row for row in exported(told, "excerpts") if row["source"] == "arrived"}
    assert placed["a"]["theme_id"] == photo["id"]
    assert 0 < placed["a"]["confidence"] <= 1
    assert placed["b"]["theme_id"] == ""
    assert rows_of(told, "SELECT DISTINCT origin FROM assignments WHERE run_id IS NULL") == [("placed",)]


def test_an_interviewers_words_are_on_no_theme_placed_or_discovered(told: Engine, tmp_path: Path) -> None:
    turns = [
        ("Maren", "Does the photo upload get stuck at 99 percent on every job?"),
        ("Jo", f"Yes. {CALENDAR[0]}."),
    ] * 4
    take_in(told, write_transcript(tmp_path / "talk.vtt", turns), kind="research", interviewers=["Maren"])
    spoken = "SELECT count(*) FROM assignments a JOIN excerpts e ON e.id = a.excerpt_id WHERE e.role = 'interviewer'"
    assert value_of(told, "SELECT count(*) FROM excerpts WHERE role = 'interviewer'") == 4
    assert value_of(told, spoken) == 0
    discover(told)
    assert value_of(told, spoken) == 0


def test_too_little_feedback_has_no_themes_and_says_so(engine: Engine) -> None:
    take_rows(engine, feedback_rows(1)[:10])
    discover(engine)
    listed = engine.themes(WORKSPACE)
    assert (listed["themes"], listed["run"], listed["coverage"], listed["unassigned"]) == ([], None, 0.0, 10)
    with pytest.raises(NotFound, match="There is no theme T1"):
        engine.theme(WORKSPACE, "T1")


def test_an_empty_store_can_be_discovered_and_listed(engine: Engine) -> None:
    discover(engine)
    assert engine.themes(WORKSPACE)["themes"] == []
    assert engine.insights(WORKSPACE) == {"insights": []}
