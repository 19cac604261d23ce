"""Runs that wait for a person, runs that are refused, runs that are taken back whole."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update

from synth.engine import WORKSPACE, Engine
from synth.errors import Conflict, NotFound
from synth.store import tables
from synth.themes.guarding import find_faults
from synth.themes.proposal import Proposal
from synth.themes.publishing import hold
from synth.themes.running import propose
from synth.themes.updating import weekly_run_is_due
from tests.factories import PEOPLE, Row, feedback_rows, rows_of, take_rows, value_of

ROUTES: list[Row] = [
    {"id": f"n{n}", "text": f"The route planner sends us zig-zag through traffic, take {n}", "author": PEOPLE[n % 12]}
    for n in range(24)
]
MEMBERS = "SELECT excerpt_id, theme_id, confidence, origin, run_id FROM assignments ORDER BY excerpt_id"
THEMES = """SELECT id, name, definition, key_phrases, exemplars, edge, area, centroid, threshold FROM themes
            WHERE state = 'active' ORDER BY id"""


def test_the_database_plans_with_the_themes_there_are(told: Engine) -> None:
    database = told.parts.database
    with database.read() as session:
        if database.dialect == "sqlite":
            measured = text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'assignments' LIMIT 1")
            placed = int(str(session.scalar(measured)).split()[0])
        else:
            placed = int(session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'assignments'")) or 0)
    assert placed == value_of(told, "SELECT count(*) FROM assignments") > 0


def run(engine: Engine, scope: str = "all") -> str:
    """The run that a discovery makes."""
    job = engine.discover(WORKSPACE, scope=scope)
    engine.drain()
    return str(engine.job(WORKSPACE, job)["result"]["run"])


def in_force(engine: Engine) -> tuple[object, object]:
    return rows_of(engine, MEMBERS), rows_of(engine, THEMES)


def state(engine: Engine, run_id: str) -> str:
    return str(engine.run(WORKSPACE, run_id)["state"])


def decide(engine: Engine, theme: str) -> None:
    """Somebody renames a theme."""
    row = {"workspace_id": WORKSPACE, "id": "D1", "actor": "Ana", "kind": "rename", "theme_id": theme}
    with engine.parts.database.write() as session:
        session.execute(insert(tables.Decision), [{**row, "created_at": engine.parts.now(), "undone_at": None}])


def throw_together(engine: Engine, name_origin: str = "human") -> tuple[str, str]:
    """Put all of T2 on T1, whose name is now a person's; returns both."""
    with engine.parts.database.write() as session:
        session.execute(update(tables.Assignment).where(tables.Assignment.theme_id == "T2").values(theme_id="T1"))
        session.execute(update(tables.Theme).where(tables.Theme.id == "T1").values(name_origin=name_origin))
    return "T1", "T2"


def changes(engine: Engine, cause: str) -> int:
    return int(value_of(engine, "SELECT count(*) FROM assignment_changes WHERE cause = :cause", cause=cause))


def test_a_run_is_rolled_back_whole(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    before = in_force(told)
    later = run(told)
    assert in_force(told) != before
    moved = changes(told, later)
    assert told.roll_back_run(WORKSPACE, later)["state"] == "rolled_back"
    assert in_force(told) == before
    assert changes(told, later) == 2 * moved  # what was moved back is history too
    assert told.theme(WORKSPACE, "T4")["state"] == "retired"
    assert told.themes(WORKSPACE)["run"]["id"] == "R1"


def test_what_came_to_a_theme_after_the_run_that_is_taken_back_is_placed_anew(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    later = run(told)
    fresh = [{"id": "late", "text": ROUTES[0]["text"], "author": "Somebody"}]
    take_rows(told, fresh, name="late.csv")
    on = """SELECT a.theme_id FROM assignments a JOIN excerpts e ON e.id = a.excerpt_id
            JOIN documents d ON d.id = e.document_id WHERE d.external_id = 'late'"""
    assert rows_of(told, on) == [("T4",)]
    told.roll_back_run(WORKSPACE, later)
    assert rows_of(told, on) == []


def test_a_run_that_another_builds_on_is_not_rolled_back_before_it(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    first, second = run(told), run(told)
    with pytest.raises(
        Conflict, match=f"{second} was applied after {first} and builds on it; roll back {second} first"
    ):
        told.roll_back_run(WORKSPACE, first)
    told.roll_back_run(WORKSPACE, second)
    assert told.roll_back_run(WORKSPACE, first)["state"] == "rolled_back"


def test_a_run_is_not_rolled_back_under_a_decision_about_its_themes(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    later = run(told)
    decide(told, "T4")
    with pytest.raises(Conflict, match=r"D1 .rename. was decided about T4 after R2; undo it first"):
        told.roll_back_run(WORKSPACE, later)


def test_only_a_run_in_force_is_rolled_back_and_only_one_that_waits_is_accepted(told: Engine) -> None:
    with pytest.raises(NotFound, match="There is no run R9"):
        told.roll_back_run(WORKSPACE, "R9")
    with pytest.raises(Conflict, match="R1 is in force; only a run that waits"):
        told.accept_run(WORKSPACE, "R1", "Ana")
    again = run(told)
    told.roll_back_run(WORKSPACE, again)
    with pytest.raises(Conflict, match=f"{again} is rolled back"):
        told.roll_back_run(WORKSPACE, again)


def test_a_look_at_everything_anew_waits_for_a_person(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    before = in_force(told)
    anew = run(told, "anew")
    assert (state(told, anew), in_force(told)) == ("proposed", before)
    assert told.run(WORKSPACE, anew)["figures"]["events"]["born"] == 1
    assert told.accept_run(WORKSPACE, anew, "Ana")["state"] == "published"
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T4'") == 24
    told.roll_back_run(WORKSPACE, anew)
    assert in_force(told) == before


def test_an_accepted_run_leaves_out_what_was_erased_since(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    anew = run(told, "anew")
    with told.parts.database.write() as session:
        gone = session.query(tables.Document.id).filter(tables.Document.external_id.in_(["n0", "n1"]))
        session.query(tables.IndexChange).delete()
        session.query(tables.Excerpt).filter(tables.Excerpt.document_id.in_(gone.scalar_subquery())).delete()
    told.accept_run(WORKSPACE, anew, "Ana")
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T4'") == 22


def test_a_run_that_waits_is_overtaken_by_the_next_one_in_force(told: Engine) -> None:
    anew = run(told, "anew")
    run(told)
    assert state(told, anew) == "superseded"
    with pytest.raises(Conflict, match="A later run has looked at the themes"):
        told.accept_run(WORKSPACE, anew, "Ana")
    assert value_of(told, "SELECT count(*) FROM run_contents WHERE run_id = :run", run=anew) == 0


def test_a_theme_a_person_has_shaped_is_not_split_before_they_say_so(told: Engine) -> None:
    whole, gone = throw_together(told)
    size = value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = :whole", whole=whole)
    applied = run(told)
    asked = f"R{int(applied[1:]) + 1}"
    assert (state(told, applied), state(told, asked)) == ("published", "proposed")
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = :whole", whole=whole) == size
    assert told.run(WORKSPACE, asked)["figures"]["events"] == {"split": 1, "born": 1}
    told.accept_run(WORKSPACE, asked, "Ana")
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = :whole", whole=whole) == 24
    assert told.theme(WORKSPACE, whole)["lineage"][-1]["event"] == "split"
    assert gone not in {theme["id"] for theme in told.themes(WORKSPACE)["themes"]}


def test_nothing_is_even_proposed_about_a_pinned_theme(told: Engine) -> None:
    throw_together(told)
    with told.parts.database.write() as session:
        session.execute(update(tables.Theme).where(tables.Theme.id == "T1").values(pinned=True))
    run(told)
    assert rows_of(told, "SELECT id FROM runs WHERE state = 'proposed'") == []


def test_an_excluded_theme_stays_excluded_and_keeps_what_is_on_it(told: Engine) -> None:
    held = value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T1'")
    with told.parts.database.write() as session:
        session.execute(update(tables.Theme).where(tables.Theme.id == "T1").values(state="excluded"))
    run(told)
    assert told.theme(WORKSPACE, "T1")["state"] == "excluded"
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T1'") == held


def test_what_a_person_took_off_all_themes_is_put_on_none(told: Engine) -> None:
    taken = value_of(told, "SELECT min(excerpt_id) FROM assignments")
    told.decide(WORKSPACE, "Ada", {"kind": "move", "excerpts": [taken], "to": None})
    run(told)
    assert rows_of(told, "SELECT * FROM assignments WHERE excerpt_id = :taken", taken=taken) == []


def test_a_refused_run_changes_nothing_says_why_and_can_be_accepted(told: Engine) -> None:
    take_rows(told, ROUTES, name="routes.csv")
    proposal, before = proposed(told), in_force(told)
    with told.parts.database.write() as session:
        refused = hold(session, told.parts, WORKSPACE, proposal, "refused", ["Only 40% would keep their theme."])
    assert in_force(told) == before
    assert told.run(WORKSPACE, refused)["figures"]["reasons"] == ["Only 40% would keep their theme."]
    told.accept_run(WORKSPACE, refused, "Ana")
    assert (state(told, refused), "reasons" in told.run(WORKSPACE, refused)["figures"]) == ("published", False)
    assert value_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T4'") == 24


def proposed(engine: Engine) -> Proposal:
    proposal = propose(engine.parts, WORKSPACE, "all")
    assert proposal is not None
    return proposal


def faults(engine: Engine, proposal: Proposal) -> list[str]:
    with engine.parts.database.read() as session:
        return find_faults(session, WORKSPACE, proposal)


def test_the_guard_finds_no_fault_with_a_run_that_keeps_what_is(told: Engine) -> None:
    assert faults(told, proposed(told)) == []


def test_the_guard_refuses_a_run_under_which_too_few_keep_their_theme(told: Engine) -> None:
    proposal = proposed(told)
    moved = replace(proposal, figures={**proposal.figures, "stability": 0.6})
    assert faults(told, moved) == ["Only 60% of the excerpts would keep their theme; 85% have to."]


def test_the_guard_refuses_a_run_that_leaves_much_on_no_theme(told: Engine) -> None:
    proposal = proposed(told)
    half = replace(proposal, figures={**proposal.figures, "assigned": 36})
    assert faults(told, half) == ["The share of excerpts on a theme would fall from 94% to 50%."]


def test_the_guard_refuses_a_jump_in_the_number_of_themes(told: Engine) -> None:
    proposal = proposed(told)
    many = replace(proposal, clusters=proposal.clusters * 4)
    assert faults(told, many) == ["There would be 12 themes instead of 3."]


def test_the_guard_lets_a_store_that_has_grown_have_more_themes(told: Engine) -> None:
    more = [{**row, "id": f"again {row['id']}", "text": f"{row['text']} again"} for row in feedback_rows(4)]
    take_rows(told, more[:70], name="more.csv")
    proposal = proposed(told)
    assert faults(told, replace(proposal, clusters=proposal.clusters * 4)) == []


def test_the_weekly_run_is_due_a_week_after_the_last_where_there_is_something_new(told: Engine) -> None:
    def due(days: float) -> bool:
        later = replace(told.parts, clock=lambda: told.parts.now() + timedelta(days=days))
        with told.parts.database.read() as session:
            return weekly_run_is_due(session, WORKSPACE, later)

    assert not due(8)
    take_rows(told, ROUTES[:3], name="routes.csv")
    assert not due(6)
    assert due(8)
    run(told)
    assert not due(8)


def test_tending_queues_the_weekly_run_once(told: Engine) -> None:
    take_rows(told, ROUTES[:3], name="routes.csv")
    then = told.parts.now() + timedelta(days=8)
    told.parts = replace(told.parts, clock=lambda: then)
    for _ in range(2):
        told.tend(WORKSPACE)
    assert value_of(told, "SELECT count(*) FROM jobs WHERE kind = 'discover'") == 1
