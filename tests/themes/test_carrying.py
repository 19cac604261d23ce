"""Last run's themes carried into this one: what stays, what is born, what waits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from synth.themes.finding.carrying import PIECE, Carried, carry

Labels = NDArray[np.int64]


def rows(*runs: tuple[int, int]) -> Labels:
    """(label, how often) one after the other."""
    return np.concatenate([np.full(count, label, np.int64) for label, count in runs])


def along(axes: Labels) -> NDArray[np.float32]:
    """A unit vector along the axis of each row."""
    return np.eye(8, dtype=np.float32)[axes]


def carried(settled: Labels, found: Labels, **given: object) -> Carried:
    return carry(along(found.clip(0)), settled, found, themes=int(settled.max()) + 1, **given)  # type: ignore[arg-type]


def test_what_is_new_joins_the_theme_that_lives_in_its_cluster() -> None:
    labels = carried(rows((0, 10), (1, 10), (-1, 4)), rows((5, 10), (3, 10), (3, 3), (5, 1))).labels
    assert labels.tolist() == rows((0, 10), (1, 10), (1, 3), (0, 1)).tolist()


def test_a_cluster_of_new_rows_is_born_and_takes_the_few_old_ones_in_it_along() -> None:
    settled, found = rows((0, 100), (-1, 30)), rows((0, 97), (1, 3), (1, 30))
    result = carried(settled, found)
    assert result.labels.tolist() == rows((0, 97), (1, 33)).tolist()
    assert [(birth.cluster, birth.parents) for birth in result.born] == [(1, ())]


def test_births_move_no_more_of_what_is_settled_than_they_may_and_the_newest_come_first() -> None:
    settled = rows((0, 100), (-1, 20), (-1, 5))
    found = rows((0, 90), (1, 3), (2, 7), (1, 20), (2, 5))
    result = carried(settled, found, moved=0.04)
    assert [birth.cluster for birth in result.born] == [1]
    assert (result.labels[:100] == 0).sum() == 97
    assert (result.labels[-5:] == 0).all()  # what was not born stays with the theme it would have left


def test_two_themes_in_one_cluster_stay_two_and_new_rows_go_to_the_nearer() -> None:
    settled, found = rows((0, 10), (1, 10), (-1, 2)), rows((0, 22))
    vectors = along(np.concatenate([rows((0, 10), (1, 10)), np.array([1, 0])]))
    labels = carry(vectors, settled, found, themes=2).labels
    assert labels.tolist() == [*rows((0, 10), (1, 10)).tolist(), 1, 0]


def test_what_a_discovery_leaves_out_keeps_its_theme() -> None:
    assert carried(rows((0, 10), (1, 2)), rows((0, 10), (-1, 2))).labels.tolist() == rows((0, 10), (1, 2)).tolist()


def test_what_a_person_placed_stays_and_what_they_took_off_stays_off() -> None:
    settled, found = rows((0, 100), (-1, 30)), rows((0, 98), (1, 2), (1, 30))
    fixed = np.zeros(130, bool)
    fixed[[99, 129]] = True
    labels = carried(settled, found, fixed=fixed).labels
    assert (labels[98], labels[99], labels[128], labels[129]) == (1, 0, 1, -1)


def test_a_birth_that_takes_a_piece_of_a_theme_not_to_be_touched_waits() -> None:
    settled, found = rows((0, 100), (1, 10), (-1, 40)), rows((0, 100), (1, 7), (2, 3), (2, 40))
    assert [birth.cluster for birth in carried(settled, found).born] == [2]
    result = carried(settled, found, untouched={1})
    assert result.born == ()
    assert [(birth.cluster, birth.parents) for birth in result.waiting] == [(2, (1,))]
    assert (result.labels == settled)[:110].all()


def test_less_than_a_piece_may_leave_a_theme_that_is_not_to_be_touched() -> None:
    left = int(100 * PIECE) - 1
    settled, found = rows((0, 1000), (1, 100), (-1, 40)), rows((0, 1000), (1, 100 - left), (2, left), (2, 40))
    assert [birth.cluster for birth in carried(settled, found, untouched={1}).born] == [2]


def test_without_a_cluster_all_that_is_settled_stays() -> None:
    settled = rows((0, 5), (-1, 3))
    assert carry(along(rows((0, 8))), settled, np.full(8, -1), themes=1).labels.tolist() == settled.tolist()


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 4)), min_size=1, max_size=60))
def test_no_more_than_its_share_ever_moves_and_no_theme_is_lost(pairs: list[tuple[int, int]]) -> None:
    settled, found = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    result = carry(along(found.clip(0)), settled, found, themes=4, moved=0.1)
    old = settled >= 0
    assert (result.labels[old] != settled[old]).sum() <= 0.1 * old.sum()
    assert set(settled[old].tolist()) <= set(result.labels.tolist())
    assert set(result.labels.tolist()) - set(range(-1, 4)) == {4 + n for n in range(len(result.born))}
