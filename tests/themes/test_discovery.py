"""Discovery: what a set of vectors is grouped into, and what it leaves as noise."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synth.embedding import Embedder
from synth.errors import BadInput
from synth.themes.finding import communities, graph, levels, words
from synth.themes.finding.discovery import Clustering, discover

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]


def unit(rows: NDArray[np.float64]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def make_groups(sizes: list[int], *, loose: int = 0, spread: float = 0.7, seed: int = 0) -> tuple[Vectors, Labels]:
    """Groups of unit vectors in 64 dimensions around random directions, and loose rows of no group."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(len(sizes), 64)))
    labels = np.repeat(np.arange(len(sizes)), sizes)
    members = centres[labels] + spread * unit(rng.normal(size=(len(labels), 64)))
    strangers = rng.normal(size=(loose, 64))
    return unit(np.vstack([members, strangers])), np.append(labels, np.full(loose, -1)).astype(np.int64)


def agree(found: Labels, labels: Labels) -> float:
    """Adjusted mutual information, noise counted as one group."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(labels, found))


def count(found: Clustering) -> int:
    return int(found.labels.max(initial=-1)) + 1


def test_groups_of_very_different_sizes_are_found() -> None:
    vectors, labels = make_groups([300, 120, 60, 30, 20])
    found = discover(vectors)
    assert agree(found.labels, labels) > 0.8
    assert 4 <= count(found) <= 8


def test_labels_count_up_from_the_largest_cluster() -> None:
    vectors, _ = make_groups([40, 300, 120])
    sizes = np.bincount(discover(vectors).labels.clip(0))
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)


def test_rows_of_no_group_are_mostly_noise_and_members_are_not() -> None:
    vectors, labels = make_groups([100] * 6, loose=30)
    noise = discover(vectors).labels < 0
    assert noise[labels < 0].mean() > 0.7
    assert noise[labels >= 0].mean() < 0.05


def test_the_same_input_gives_the_same_output() -> None:
    vectors, _ = make_groups([80] * 5, loose=20, spread=1.2)
    first, second = discover(vectors, seed=3), discover(vectors, seed=3)
    assert np.array_equal(first.labels, second.labels)
    assert np.array_equal(first.strength, second.strength)


@pytest.mark.parametrize("worded", [True, False])
def test_another_order_of_the_rows_changes_nothing(worded: bool) -> None:
    vectors, labels = make_groups([80] * 5, loose=20, spread=1.2)
    texts = [f"group {label} says {row}" for row, label in enumerate(labels)] if worded else None
    order = np.random.default_rng(1).permutation(len(vectors))
    found = discover(vectors, texts=texts)
    again = discover(vectors[order], texts=[texts[row] for row in order] if texts else None)
    assert np.array_equal(found.labels[order], again.labels)
    assert np.array_equal(found.strength[order], again.strength)


def test_another_seed_changes_little() -> None:
    vectors, _ = make_groups([80] * 5, loose=20, spread=1.0)
    assert agree(discover(vectors, seed=0).labels, discover(vectors, seed=100).labels) > 0.9


def test_a_cluster_heard_from_two_people_only_is_no_theme() -> None:
    vectors, labels = make_groups([60, 60, 60])
    voices = [f"p{row % 2}" if label == 1 else f"p{row}" for row, label in enumerate(labels)]
    found = discover(vectors, voices=voices)
    assert (found.labels[labels == 1] < 0).mean() > 0.9
    assert (found.labels[labels != 1] >= 0).mean() > 0.9


def test_two_themes_that_cannot_be_told_apart_become_one() -> None:
    vectors, labels = make_groups([100, 100, 100])
    torn = np.where(labels == 2, 2 + np.arange(len(labels)) % 2, labels)
    assert np.array_equal(levels.keep_apart(vectors, torn), labels)


def test_themes_that_can_be_told_apart_stay_two() -> None:
    vectors, labels = make_groups([100, 100, 100])
    assert np.array_equal(levels.keep_apart(vectors, labels), labels)


def test_a_catch_all_of_rows_that_belong_elsewhere_is_no_theme() -> None:
    vectors, labels = make_groups([100] * 6)
    swept = np.where(np.arange(len(labels)) % 10 == 0, 6, labels)
    assert (levels.keep_apart(vectors, swept)[swept == 6] == -1).all()


def test_the_resolution_rises_with_the_number_of_communities_and_with_crowding() -> None:
    few, many = (communities.choose_resolution(count, 100_000, 0.02) for count in (40, 120))
    assert few < many
    roomy, crowded = (communities.choose_resolution(40, 1_000, leak) for leak in (0.02, 0.2))
    assert roomy == few < crowded


def test_strength_is_zero_for_noise_and_at_most_one() -> None:
    vectors, _ = make_groups([60] * 4, loose=20)
    found = discover(vectors)
    assert (found.strength[found.labels < 0] == 0).all()
    assert (found.strength[found.labels >= 0] > 0).all()
    assert found.strength.max() <= 1


@pytest.mark.parametrize("rows", [0, 1, 2, 5, 14])
def test_a_handful_of_rows_is_all_noise(rows: int) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(rows, 64)))
    found = discover(vectors, texts=["words"] * rows, voices=["p"] * rows)
    assert found.labels.tolist() == [-1] * rows


def test_fifteen_rows_can_hold_themes() -> None:
    vectors, labels = make_groups([10, 10], spread=0.4)
    assert agree(discover(vectors).labels, labels) == 1.0


def test_vectors_that_are_all_equal_are_one_theme() -> None:
    found = discover(np.tile(unit(np.ones((1, 64))), (200, 1)))
    assert set(found.labels.tolist()) == {0}


def test_what_is_said_often_in_the_same_words_stays_together() -> None:
    vectors, labels = make_groups([80] * 4)
    vectors = np.vstack([vectors, np.repeat(vectors[:1], 100, axis=0)])
    found = discover(vectors)
    assert len(set(found.labels[-100:].tolist())) == 1
    assert agree(found.labels[:-100], labels) > 0.9


def test_vectors_of_zeros_and_texts_without_words_do_no_harm() -> None:
    vectors, _ = make_groups([40, 40])
    vectors[:5] = 0
    assert len(discover(vectors, texts=["…"] * 80).labels) == 80


def test_vectors_that_are_not_numbers_are_refused() -> None:
    vectors, _ = make_groups([20, 20])
    vectors[3, 2] = np.nan
    with pytest.raises(BadInput, match="embed those excerpts again"):
        discover(vectors)


def test_texts_and_voices_of_another_length_are_refused() -> None:
    vectors, _ = make_groups([20, 20])
    with pytest.raises(BadInput, match="one text per vector"):
        discover(vectors, texts=["one"])
    with pytest.raises(BadInput, match="one voice per vector"):
        discover(vectors, voices=["one"])


def test_the_account_of_a_run_names_its_settings_and_its_seconds() -> None:
    vectors, _ = make_groups([40, 40])
    found = discover(vectors, seed=5)
    assert found.parameters["seed"] == 5
    assert {"neighbours", "resolution", "searches", "cores", "modularity", "hdbscan", "rows"} <= set(found.parameters)
    assert {"neighbours", "density", "attaching"} <= set(found.seconds)


def test_the_search_by_cells_finds_nearly_all_true_neighbours() -> None:
    vectors, _ = make_groups([40] * 60, spread=1.0)
    exact = graph.find_neighbours(vectors, 10)
    near = graph.find_neighbours(vectors, 10, exact_rows=1000)
    shared = [len(set(a) & set(b)) for a, b in zip(exact.rows.tolist(), near.rows.tolist(), strict=True)]
    assert np.mean(shared) > 9.5


def test_the_intents_of_real_messages_are_found(shared_data: Path, minilm: Embedder) -> None:
    """Twelve intents of 40 messages each, with 24 messages of none."""
    with gzip.open(shared_data / "clinc150" / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    intents = sorted({item["label"] for item in items} - {"oos"})[::12][:12]
    chosen = [item for intent in intents for item in [i for i in items if i["label"] == intent][:40]]
    chosen += [item for item in items if item["label"] == "oos"][:24]
    texts = [item["text"] for item in chosen]
    found = discover(minilm.embed(texts), texts=texts)
    labels = np.unique([item["label"] for item in chosen], return_inverse=True)[1]
    assert agree(found.labels, labels) > 0.85
    assert 9 <= count(found) <= 18


def test_beyond_a_stated_size_a_sample_is_looked_at_and_the_rest_is_placed_on_its_themes() -> None:
    vectors, labels = make_groups([120] * 6, loose=30)
    found = discover(vectors, most_rows=300)
    assert found.parameters["looked_at"] == 300
    assert "placing" in found.seconds
    assert agree(found.labels[labels >= 0], labels[labels >= 0]) > 0.9
    assert (found.labels[labels < 0] < 0).mean() > 0.7


def test_the_sample_does_not_depend_on_the_order_of_the_rows() -> None:
    vectors, _ = make_groups([120] * 6, loose=30)
    order = np.random.default_rng(1).permutation(len(vectors))
    found, again = discover(vectors, most_rows=300), discover(vectors[order], most_rows=300)
    assert np.array_equal(found.labels[order], again.labels)


def test_a_store_within_the_stated_size_is_looked_at_whole() -> None:
    vectors, _ = make_groups([60] * 4)
    assert "looked_at" not in discover(vectors).parameters


def test_the_search_over_piles_finds_the_true_nearest_rows() -> None:
    vectors, _ = make_groups([100] * 8, spread=1.5)
    near = vectors @ vectors.T
    np.fill_diagonal(near, -2.0)
    found = graph.find_neighbours(vectors, 12)
    truth = np.argsort(-near, axis=1, kind="stable")[:, :12]
    assert (found.rows == truth).mean() > 0.999  # equal similarities may change places in another block's rounding
    assert np.allclose(found.similarities, np.take_along_axis(near, found.rows, 1), atol=1e-6)


def test_shared_words_bring_texts_together_and_texts_without_any_lie_nowhere() -> None:
    texts = ["the parcel came late", "a parcel is late again", "wrong invoice amount", "invoice amount is wrong", "…"]
    rows = words.embed_words(texts, seed=0)
    assert rows is not None
    near = rows @ rows.T
    assert near[0, 1] > 0.5 > near[0, 2]
    assert near[2, 3] > 0.8
    assert not rows[4].any()
    assert words.embed_words(["one", "two", "three"], seed=0) is None
