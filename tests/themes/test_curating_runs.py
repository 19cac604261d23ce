"""Decisions survive runs and arrivals: merged stays merged, split stays split, excluded stays hidden."""

from typing import Any

import numpy as np
import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import Conflict
from synth.themes.curating.holding import Part, hold
from tests.factories import CALENDAR, INVOICE, PEOPLE, exported, rows_of, take_rows, value_of

WHO = "Maren"


def decide(engine: Engine, **wanted: Any) -> dict[str, Any]:
    return engine.decide(WORKSPACE, WHO, wanted)


def run(engine: Engine, scope: str = "all") -> None:
    engine.discover(WORKSPACE, scope=scope)
    engine.drain()


def arrive(engine: Engine, texts: tuple[str, ...], name: str) -> None:
    rows = [
        {"id": f"{name} {n}", "text": f"{texts[n % len(texts)]}, says crew {n}", "author": PEOPLE[n % 12]}
        for n in range(2 * len(texts))
    ]
    take_rows(engine, rows, name=f"{name}.csv")


def theme_about(engine: Engine, word: str) -> str:
    return next(each["id"] for each in engine.themes(WORKSPACE)["themes"] if word in each["name"].lower())


def themes_of(engine: Engine, source: str) -> set[str]:
    return {row["theme_id"] for row in exported(engine, "excerpts") if row["source"] == source}


def members(engine: Engine, theme: str) -> set[str]:
    query = "SELECT excerpt_id FROM assignments WHERE theme_id = :theme"
    return {row[0] for row in rows_of(engine, query, theme=theme)}


def shown(engine: Engine) -> set[str]:
    return {theme["id"] for theme in engine.themes(WORKSPACE)["themes"]}


@pytest.mark.parametrize("first", ["calendar", "invoice"])
def test_what_a_person_merged_is_not_found_apart_again(told: Engine, first: str) -> None:
    other = {"calendar": "invoice", "invoice": "calendar"}[first]
    gone, into = theme_about(told, first), theme_about(told, other)
    decide(told, kind="merge", themes=[gone], into=into)
    both = members(told, into)
    run(told)
    arrive(told, CALENDAR if first == "calendar" else INVOICE, "more")
    run(told)
    assert shown(told) == {into, theme_about(told, "photo")}
    assert both <= members(told, into)
    assert themes_of(told, "more") <= {into, ""}


def test_what_arrives_like_a_merged_theme_goes_where_it_was_merged_to(told: Engine) -> None:
    gone, into = theme_about(told, "calendar"), theme_about(told, "invoice")
    decide(told, kind="merge", themes=[gone], into=into)
    take_rows(told, [{"id": "again", "text": CALENDAR[0], "author": "Z"}], name="again.csv")
    assert themes_of(told, "again") == {into}


def test_what_a_person_split_is_not_put_together_again(told: Engine) -> None:
    whole = theme_about(told, "calendar")
    [piece] = decide(told, kind="split", theme=whole, words=["round 2", "round 3"])["decision"]["created"]
    parts = members(told, whole), members(told, piece)
    run(told)
    arrive(told, CALENDAR, "more")
    run(told)
    assert {whole, piece} <= shown(told)
    assert parts[0] <= members(told, whole)
    assert parts[1] <= members(told, piece)


def test_an_excluded_theme_takes_in_what_is_like_it_unseen_through_runs(told: Engine) -> None:
    theme = theme_about(told, "calendar")
    decide(told, kind="exclude", theme=theme)
    arrive(told, CALENDAR, "more")
    run(told)
    listed = told.themes(WORKSPACE)
    assert theme not in shown(told)
    assert told.theme(WORKSPACE, theme)["state"] == "excluded"
    assert not [each for each in listed["themes"] if "calendar" in each["name"].lower()]
    assert themes_of(told, "more") <= {theme, ""}
    counted = value_of(told, "SELECT count(*) FROM excerpts") - len(members(told, theme))
    assert listed["excerpts"] == counted


def test_an_excerpt_taken_off_all_themes_stays_off_and_is_no_soil(told: Engine) -> None:
    theme = theme_about(told, "calendar")
    off = sorted(members(told, theme))[:5]
    decide(told, kind="move", excerpts=off, to=None)
    run(told)
    run(told, "unassigned")
    assert not members(told, theme) & set(off)
    assert rows_of(told, "SELECT 1 FROM assignments WHERE excerpt_id = :id", id=off[0]) == []
    told.undo(WORKSPACE, WHO, "D1")
    assert set(off) <= members(told, theme)


def test_moved_excerpts_and_a_pinned_theme_stand_through_a_run(told: Engine) -> None:
    theme, other = theme_about(told, "calendar"), theme_about(told, "photo")
    moved = sorted(members(told, other))[:3]
    decide(told, kind="move", excerpts=moved, to=theme)
    decide(told, kind="pin", theme=theme)
    run(told)
    assert set(moved) <= members(told, theme)
    assert theme in shown(told)


def test_undoing_after_a_run_gives_back_what_still_stands_where_the_decision_put_it(told: Engine) -> None:
    gone, into = theme_about(told, "calendar"), theme_about(told, "invoice")
    before = members(told, gone)
    decide(told, kind="merge", themes=[gone], into=into)
    run(told)
    told.undo(WORKSPACE, WHO, "D1")
    assert members(told, gone) == before
    run(told)
    assert {gone, into} <= shown(told)
    assert members(told, gone) >= before


def test_the_members_of_a_kept_theme_are_one_part_and_draw_the_rest_of_their_cluster() -> None:
    vectors = np.eye(12, 3, dtype=np.float32)
    vectors[3:] = vectors[np.arange(9) % 3]
    clusters = [Part((0, 1, 2, 3), (0.9,) * 4), Part((4, 5, 6, 7, 8), (0.8,) * 5)]
    kept = {"T1": {0: 1.0, 1: 1.0}, "T2": {2: 0.7}, "T3": {4: 0.6}}
    parts = hold(clusters, kept, vectors, [str(row) for row in range(12)])
    rows = {part.rows: part for part in parts}
    assert (5, 6, 7, 8) in rows  # mostly undecided: it stays a cluster of its own
    assert rows[(0, 1, 3)].confidence == (1.0, 1.0, 0.5)
    assert {(2,), (4,)} <= rows.keys()


def test_a_cluster_that_too_few_people_are_left_in_is_none() -> None:
    vectors = np.ones((5, 1), np.float32)
    clusters = [Part((0, 1, 2, 3, 4), (0.9,) * 5)]
    voices = ["a", "b", "c", "c", "c"]
    assert hold(clusters, {"T1": {0: 1.0, 1: 1.0}}, vectors, voices) == [Part((0, 1), (1.0, 1.0))]


def test_a_run_that_waits_does_not_outlive_a_decision_about_its_themes(told: Engine) -> None:
    arrive(told, CALENDAR, "more")
    run(told, "anew")
    waiting = told.runs(WORKSPACE).rows[0]
    assert waiting["state"] == "proposed"
    decide(told, kind="rename", theme=theme_about(told, "calendar"), name="Doubled visits")
    assert told.run(WORKSPACE, waiting["id"])["state"] == "proposed"  # it would keep the name
    decide(told, kind="pin", theme=theme_about(told, "invoice"))
    assert told.run(WORKSPACE, waiting["id"])["state"] == "superseded"


def test_a_run_is_not_rolled_back_under_a_decision_about_what_it_found(told: Engine) -> None:
    first, second, *_ = sorted(shown(told))
    decide(told, kind="merge", themes=[first], into=second)
    with pytest.raises(Conflict, match=r"D1 \(merge\) was decided about"):
        told.roll_back_run(WORKSPACE, "R1")
