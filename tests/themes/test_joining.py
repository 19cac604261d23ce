"""Merges are proposed for themes that can no longer be told apart; a person decides on them."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.themes.finding.levels import CONFUSED, find_confused
from tests.factories import rows_of, value_of

WHO = "Ana"


def run(engine: Engine) -> None:
    engine.discover(WORKSPACE)
    engine.drain()


def confuse(engine: Engine) -> tuple[str, str]:
    """Make T1 and T2 hold the same: every second round of both changes sides; returns the two, larger first."""
    with engine.parts.database.write() as session:
        session.execute(
            text(
                """UPDATE assignments SET theme_id = CASE theme_id WHEN 'T1' THEN 'T2' ELSE 'T1' END
                   WHERE theme_id IN ('T1', 'T2')
                   AND excerpt_id IN (SELECT id FROM excerpts WHERE (seq - 1) / 18 % 2 = 0)"""
            )
        )
    sizes = {row[0]: row[1] for row in rows_of(engine, "SELECT theme_id, count(*) FROM assignments GROUP BY 1")}
    into, gone = sorted(("T1", "T2"), key=lambda theme: (-sizes[theme], theme))
    return into, gone


def waiting(engine: Engine) -> dict[str, Any] | None:
    found = [each for each in engine.runs(WORKSPACE).rows if each["state"] == "proposed"]
    return engine.run(WORKSPACE, found[0]["id"]) if found else None


def merges(engine: Engine) -> list[dict[str, Any]]:
    asked = waiting(engine)
    return [each for each in asked["changes"] if each["kind"] == "merged"] if asked else []


def test_two_themes_that_became_confusable_are_proposed_as_one_and_nothing_is_done(told: Engine) -> None:
    into, gone = confuse(told)
    run(told)
    [merge] = merges(told)
    assert (merge["key"], merge["into"]) == (gone, into)
    assert merge["confused"] >= CONFUSED
    asked = waiting(told)
    assert asked is not None
    assert asked["figures"]["events"]["merged"] == 1
    assert asked["figures"]["confused"] == {gone: merge["confused"]}
    assert {"T1", "T2"} <= {theme["id"] for theme in told.themes(WORKSPACE)["themes"]}


def test_an_accepted_merge_is_a_decision_that_survives_the_next_run_and_can_be_undone(told: Engine) -> None:
    into, gone = confuse(told)
    run(told)
    asked = waiting(told)
    assert asked is not None
    told.accept_run(WORKSPACE, asked["id"], WHO, [gone])
    told.drain()
    assert told.theme(WORKSPACE, gone)["state"] == "merged"
    [decision] = told.decisions(WORKSPACE).rows
    assert (decision["kind"], decision["theme_id"], decision["actor"]) == ("merge", into, WHO)
    run(told)
    assert told.theme(WORKSPACE, gone)["state"] == "merged"
    told.undo(WORKSPACE, WHO, decision["id"])
    assert told.theme(WORKSPACE, gone)["state"] == "active"


def test_no_merge_is_proposed_of_themes_that_can_be_told_apart(told: Engine) -> None:
    run(told)
    assert merges(told) == []


def test_two_themes_that_a_person_said_are_not_the_same_are_not_proposed_as_one(told: Engine) -> None:
    into, gone = confuse(told)
    told.decide(WORKSPACE, WHO, {"kind": "apart", "theme": into, "other": gone})
    run(told)
    assert merges(told) == []


@pytest.mark.parametrize("mark", [{"kind": "pin", "pinned": True}, {"kind": "exclude", "excluded": True}])
def test_nothing_is_proposed_about_a_pinned_or_an_excluded_theme(told: Engine, mark: dict[str, Any]) -> None:
    into, _ = confuse(told)
    told.decide(WORKSPACE, WHO, {**mark, "theme": into})
    run(told)
    assert merges(told) == []


def test_a_pair_kept_apart_does_not_hide_another() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(90, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.arange(90) % 3  # three labels over the same noise: all are confused
    [(one, other, share)] = find_confused(vectors, labels)
    [(left, right, _)] = find_confused(vectors, labels, apart=[(one, other)])
    assert share >= CONFUSED
    assert {left, right} != {one, other}


def test_a_change_the_run_does_not_have_is_refused_and_nothing_is_done(told: Engine) -> None:
    _, gone = confuse(told)
    run(told)
    asked = waiting(told)
    assert asked is not None
    for keys, said in ([["T99"], "has no change T99"], [[], "Choose at least one change"]):
        with pytest.raises(BadInput, match=said):
            told.accept_run(WORKSPACE, asked["id"], WHO, keys)
    assert told.run(WORKSPACE, asked["id"])["state"] == "proposed"
    assert told.theme(WORKSPACE, gone)["state"] == "active"
    assert value_of(told, "SELECT count(*) FROM decisions") == 0
