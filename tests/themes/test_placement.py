"""Placing vectors on the themes there are."""

import timeit

import numpy as np
import pytest
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.finding.placement import PlacementModel, fit_placement, measure_strength, place

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]


def unit(rows: NDArray[np.float64]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def make_groups(
    groups: int, each: int, *, loose: int = 0, spread: float = 0.6, seed: int = 0
) -> tuple[Vectors, Labels]:
    """Groups of unit vectors in 64 dimensions around random directions, and loose rows of no group."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(groups, 64)))
    labels = np.repeat(np.arange(groups), each)
    members = centres[labels] + spread * unit(rng.normal(size=(len(labels), 64)))
    strangers = rng.normal(size=(loose, 64))
    return unit(np.vstack([members, strangers])), np.append(labels, np.full(loose, -1)).astype(np.int64)


def test_members_return_to_their_theme() -> None:
    vectors, labels = make_groups(8, 50, loose=40)
    placed = place(vectors, fit_placement(vectors, labels))
    assert (placed.labels[labels >= 0] == labels[labels >= 0]).mean() > 0.95


def test_new_vectors_find_their_theme_and_strangers_find_none() -> None:
    vectors, labels = make_groups(8, 100, loose=80)
    known = np.arange(len(labels)) % 2 == 0
    placed = place(vectors[~known], fit_placement(vectors[known], labels[known]))
    expected = labels[~known]
    assert (placed.labels[expected >= 0] == expected[expected >= 0]).mean() > 0.9
    assert (placed.labels[expected < 0] == -1).mean() > 0.9


def test_members_of_a_theme_that_does_not_exist_yet_stay_unplaced() -> None:
    vectors, labels = make_groups(8, 100)
    known = labels < 7
    placed = place(vectors[~known], fit_placement(vectors[known], labels[known]))
    assert (placed.labels == -1).mean() > 0.8


def test_confidence_is_higher_where_the_placement_is_right() -> None:
    vectors, labels = make_groups(12, 60, spread=1.4)
    known = np.arange(len(labels)) % 2 == 0
    placed = place(vectors[~known], fit_placement(vectors[known], labels[known]))
    right = placed.labels == labels[~known]
    assert 0.0 <= placed.confidence.min() <= placed.confidence.max() <= 1.0
    assert placed.confidence[right].mean() > placed.confidence[~right].mean()


def test_a_model_survives_its_bytes() -> None:
    vectors, labels = make_groups(3, 20)
    model = fit_placement(vectors, labels)
    again = PlacementModel.from_bytes(model.to_bytes())
    assert np.array_equal(model.centroids, again.centroids)
    assert np.array_equal(model.thresholds, again.thresholds)


def test_without_themes_nothing_is_placed() -> None:
    vectors, _ = make_groups(2, 10)
    placed = place(vectors, fit_placement(vectors, np.full(20, -1, np.int64)))
    assert set(placed.labels.tolist()) == {-1}
    assert placed.confidence.max() == 0.0


def test_one_theme_alone_takes_its_members() -> None:
    vectors, labels = make_groups(1, 30)
    assert (place(vectors, fit_placement(vectors, labels)).labels == 0).all()


def test_no_vectors_give_an_empty_placement() -> None:
    vectors, labels = make_groups(2, 10)
    assert place(vectors[:0], fit_placement(vectors, labels)).labels.shape == (0,)


def test_a_label_without_members_takes_nothing() -> None:
    vectors, labels = make_groups(2, 20)
    model = fit_placement(vectors, np.where(labels == 1, 2, labels))
    assert 1 not in place(vectors, model).labels


def test_strength_is_zero_for_noise_and_positive_for_members() -> None:
    vectors, labels = make_groups(4, 20, loose=10)
    strength = measure_strength(vectors, labels, fit_placement(vectors, labels))
    assert (strength[labels < 0] == 0).all()
    assert (strength[labels >= 0] > 0).all()


def test_vectors_that_are_not_numbers_are_refused() -> None:
    vectors, labels = make_groups(2, 10)
    vectors[3, 5] = np.nan
    with pytest.raises(BadInput, match="embed those excerpts again"):
        fit_placement(vectors, labels)


def test_vectors_of_another_embedder_are_refused() -> None:
    vectors, labels = make_groups(2, 10)
    with pytest.raises(BadInput, match="different embedders"):
        place(vectors[:, :32], fit_placement(vectors, labels))


def test_placing_costs_little_more_than_comparing_each_excerpt_with_each_theme() -> None:
    rng = np.random.default_rng(0)
    model = PlacementModel(unit(rng.normal(size=(100, 384))), np.full(100, 0.4, np.float32))
    vectors = unit(rng.normal(size=(5000, 384)))
    bare = min(timeit.repeat(lambda: vectors @ model.centroids.T, number=1, repeat=7))
    assert min(timeit.repeat(lambda: place(vectors, model), number=1, repeat=7)) < 40 * bare
