"""What people move teaches placement, when it is worth it on decisions that were held back, and not before."""

from typing import Any

import numpy as np
import pytest

from synth.engine import WORKSPACE, Engine
from synth.themes.curating.teaching import Ground, Moves, teach_row
from synth.themes.finding.placement import PlacementModel, place
from tests.factories import rows_of, value_of

SAME = np.arange(2)


def unit(rows: Any) -> np.ndarray:
    rows = np.asarray(rows, np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def model() -> PlacementModel:
    return PlacementModel(unit([[1, 0, 0], [0, 1, 0]]), np.asarray([0.5, 0.5], np.float32))


def corrected(count: int, decisions: int) -> Moves:
    """Excerpts that lie nearer to the second theme, which people moved to the first one."""
    rng = np.random.default_rng(1)
    vectors = unit(np.asarray([0.65, 0.7, 0.3]) + 0.02 * rng.normal(size=(count, 3)))
    return Moves(vectors, np.zeros(count, np.int64), np.arange(count) % decisions)


def ground() -> Ground:
    rng = np.random.default_rng(2)
    rows = np.repeat(np.arange(2), 20)
    return Ground(unit(np.eye(3)[rows] + 0.05 * rng.normal(size=(40, 3))), rows.astype(np.int64))


def test_moves_that_agree_are_learned_from_and_hold_for_what_comes_next() -> None:
    moves = corrected(12, 4)
    taught = teach_row(model(), 0, moves, ground(), SAME)
    assert taught.better
    assert taught.figures["right_before"] < 0.2 < 0.8 < taught.figures["right_after"]
    assert taught.figures["others_after"] >= taught.figures["others_before"] - 0.02
    learned = PlacementModel(
        np.stack([taught.centroid, model().centroids[1]]), np.asarray([taught.threshold, 0.5], np.float32)
    )
    assert set(place(corrected(5, 5).vectors, learned).labels) == {0}


@pytest.mark.parametrize(("count", "decisions"), [(3, 3), (12, 1), (12, 2)])
def test_too_little_to_measure_changes_nothing(count: int, decisions: int) -> None:
    assert not teach_row(model(), 0, corrected(count, decisions), ground(), SAME).better


def test_moves_that_contradict_each_other_are_not_better() -> None:
    moves = corrected(12, 12)
    at_odds = Moves(moves.vectors, np.arange(12, dtype=np.int64) % 2, moves.decision)
    assert not teach_row(model(), 0, at_odds, ground(), SAME).better


def test_a_lesson_that_spoils_other_excerpts_is_not_better() -> None:
    crowd = Ground(corrected(30, 3).vectors, np.ones(30, np.int64))
    taught = teach_row(model(), 0, corrected(12, 4), crowd, SAME)
    assert taught.figures["others_after"] < taught.figures["others_before"]
    assert not taught.better


def test_moves_are_learned_from_by_a_job_and_undoing_them_forgets_it(told: Engine) -> None:
    theme = told.themes(WORKSPACE)["themes"][0]["id"]
    query = "SELECT excerpt_id FROM assignments WHERE theme_id != :id ORDER BY excerpt_id LIMIT 3"
    moved = [row[0] for row in rows_of(told, query, id=theme)]
    for excerpt in moved:
        told.decide(WORKSPACE, "Maren", {"kind": "move", "excerpts": [excerpt], "to": theme})
    told.drain()
    lessons = dict(rows_of(told, "SELECT theme_id, state FROM lessons"))
    assert lessons[theme] == "not better"  # three moves are too few to tell from luck
    told.decide(WORKSPACE, "Maren", {"kind": "teach", "theme": theme, "taught": False})
    told.drain()
    assert dict(rows_of(told, "SELECT theme_id, state FROM lessons"))[theme] == "off"
    for number in (4, 3, 2, 1):
        told.undo(WORKSPACE, "Maren", f"D{number}")
    told.drain()
    assert value_of(told, "SELECT count(*) FROM lessons") == 0
