"""Every measure against a case worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics

LABELS = ["a", "a", "a", "b", "b", "b"]
SPLIT = ["1", "1", "2", "2", "3", "3"]


def test_ari_of_a_case_worked_by_hand() -> None:
    # Pairs together in both: aa(1) + bb(1) = 2; in the truth 3 + 3 = 6; found 1 + 1 + 1 = 3; of 15.
    expected = 6 * 3 / 15
    assert metrics.ari(LABELS, SPLIT) == pytest.approx((2 - expected) / ((6 + 3) / 2 - expected))


def test_v_measure_of_a_case_worked_by_hand() -> None:
    # H(truth) = ln 2; H(truth | found) = 1/3 ln 2 (only group 2 is mixed); H(found) = ln 3.
    shared = math.log(2) - math.log(2) / 3
    homogeneity, completeness = shared / math.log(2), shared / math.log(3)
    wanted = 2 * homogeneity * completeness / (homogeneity + completeness)
    assert metrics.v_measure(LABELS, SPLIT) == pytest.approx(wanted)


def test_ami_of_a_case_worked_by_hand() -> None:
    # Two groups of two against two groups of two that cross: no information; by chance the groups are alike in 1 of 3
    # orders, so the expected information is ln 2 / 3 and AMI = (0 - ln 2 / 3) / (ln 2 - ln 2 / 3) = -1/2.
    assert metrics.ami(["a", "a", "b", "b"], ["1", "2", "1", "2"]) == pytest.approx(-0.5)


def test_noise_is_one_group_in_ami() -> None:
    assert metrics.ami(["a", "a", "b", "b"], ["1", "1", metrics.NOISE, metrics.NOISE]) == pytest.approx(1.0)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=30))
def test_equal_groupings_agree_fully_whatever_their_names(labels: list[str]) -> None:
    renamed = [label.upper() for label in labels]
    assert metrics.ari(labels, renamed) == pytest.approx(1.0)
    assert metrics.v_measure(labels, renamed) == pytest.approx(1.0)


def test_ndcg_recall_and_reciprocal_rank_of_a_case_worked_by_hand() -> None:
    ranked, grades = ["x", "b", "y", "a"], {"a": 1.0, "b": 1.0, "c": 1.0, "z": 0.0}
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert metrics.ndcg(ranked, grades, 10) == pytest.approx(gain / best)
    assert metrics.ndcg(ranked, grades, 2) == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert metrics.recall(ranked, grades, 10) == pytest.approx(2 / 3)
    assert metrics.recall(ranked, grades, 3) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(ranked, grades, 10) == pytest.approx(1 / 2)
    assert metrics.reciprocal_rank(ranked, grades, 1) == 0.0


def test_ndcg_uses_grades_above_one() -> None:
    assert metrics.ndcg(["low", "high"], {"high": 3.0, "low": 1.0}, 10) == pytest.approx(
        (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))
    )


def test_npmi_of_a_case_worked_by_hand() -> None:
    documents = [{"card", "lost"}, {"card", "lost"}, {"card"}, {"fee"}]
    # p(card) = 3/4, p(lost) = 1/2, p(both) = 1/2: ln(.5 / .375) / -ln .5
    together = math.log(0.5 / 0.375) / -math.log(0.5)
    assert metrics.npmi([["card", "lost"]], documents) == [pytest.approx(together)]
    assert metrics.npmi([["card", "fee"], ["fee"]], documents) == [-1.0]
    assert metrics.npmi([["card", "lost", "fee"]], documents) == [pytest.approx((together - 2) / 3)]


def test_words_that_always_stand_together_have_npmi_one() -> None:
    assert metrics.npmi([["a", "b"]], [{"a", "b"}, {"a", "b"}]) == [1.0]
    assert metrics.npmi([["a", "b"]], [{"a", "b"}, {"c"}]) == [pytest.approx(1.0)]


def test_diversity_is_the_share_of_distinct_words() -> None:
    assert metrics.diversity([["card", "lost"], ["card", "fee"]]) == pytest.approx(3 / 4)
    assert metrics.diversity([]) is None


def test_a_name_finds_its_label_when_no_other_label_is_nearer() -> None:
    # Centres: a at (1, 0), b at (0, 1), c at 45 degrees between (1, 0) and (0, 1).
    rows = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    labels = ["a", "a", "b", "c", "c"]
    names = np.array([[1, 0], [0.6, 0.8], [0.28, 0.96]], np.float32)  # nearest: a, c, b
    assert metrics.find_by_name(names, ["a", "b", "b"], rows, labels) == [1.0, 0.0, 1.0]


def test_of_labels_equally_near_the_first_in_the_alphabet_is_found() -> None:
    rows = np.array([[0, 1], [0, 1]], np.float32)
    assert metrics.find_by_name(rows[:1], ["b"], rows, ["b", "a"]) == [0.0]


def test_percentile_interpolates() -> None:
    assert metrics.percentile([10.0, 20.0, 30.0], 0.5) == 20.0
    assert metrics.percentile([0.0, 100.0], 0.95) == pytest.approx(95.0)


def test_bootstrap_mean_of_equal_scores_has_no_width_and_of_others_holds_the_mean() -> None:
    assert metrics.bootstrap_mean([0.5] * 10, seed=1) == (0.5, 0.5)
    low, high = metrics.bootstrap_mean([0.0, 1.0] * 50, seed=1)
    # The standard error is 0.05: two of them on each side, roughly.
    assert low == pytest.approx(0.4, abs=0.02)
    assert high == pytest.approx(0.6, abs=0.02)


def test_the_same_seed_gives_the_same_interval() -> None:
    scores = [0.1, 0.9, 0.3, 0.7, 0.2]
    assert metrics.bootstrap_mean(scores, seed=3) == metrics.bootstrap_mean(scores, seed=3)
    assert metrics.bootstrap_mean(scores, seed=3) != metrics.bootstrap_mean(scores, seed=4)


def test_bootstrap_rows_hands_the_sums_of_the_drawn_rows_to_the_statistic() -> None:
    rows = np.asarray([[1.0, 2.0]] * 4)
    low, high = metrics.bootstrap_rows(lambda sums: float(sums[0] / sums[1]), rows, seed=0)
    assert (low, high) == (0.5, 0.5)


def test_bootstrap_grouping_is_centred_on_the_measure() -> None:
    truth = ["a", "b", "c", "d"] * 25
    found = [label if place % 5 else "x" for place, label in enumerate(truth)]
    value = metrics.ami(truth, found)
    low, high = metrics.bootstrap_grouping(metrics.ami, truth, found, seed=0)
    assert low < value < high
    assert high - low < 0.3


def test_wilson_of_a_case_worked_by_hand() -> None:
    # 8 of 10, z = 1.96: centre (.8 + 3.8416/20) / 1.38416, half 1.96 / 1.38416 * sqrt(.016 + 3.8416/400)
    low, high = metrics.wilson(8, 10)
    assert low == pytest.approx(0.4902, abs=1e-3)
    assert high == pytest.approx(0.9433, abs=1e-3)


def test_wilson_of_all_right_is_not_certain() -> None:
    low, high = metrics.wilson(10, 10)
    assert low == pytest.approx(0.7225, abs=1e-3)
    assert high == 1.0
    assert metrics.wilson(0, 0) == (0.0, 1.0)


def test_auroc_of_a_case_worked_by_hand() -> None:
    # Positive .8 and .4, negative .6, .4 and .1. Of the six pairs .8 wins three, .4 wins one and ties one: 4.5.
    positive, scores = [True, True, False, False, False], [0.8, 0.4, 0.6, 0.4, 0.1]
    assert metrics.auroc(positive, scores) == pytest.approx(4.5 / 6)
    assert metrics.auroc([not each for each in positive], scores) == pytest.approx(1.5 / 6)
    assert metrics.auroc([True, False], [1.0, 1.0]) == 0.5
    with pytest.raises(ZeroDivisionError):
        metrics.auroc([True, True], [0.1, 0.2])


@given(st.lists(st.tuples(st.booleans(), st.integers(-50, 50)), min_size=2, max_size=30))
def test_auroc_depends_on_the_order_alone(cases: list[tuple[bool, int]]) -> None:
    positive, scores = [case[0] for case in cases], [float(case[1]) for case in cases]
    if len(set(positive)) == 2:
        assert metrics.auroc(positive, scores) == metrics.auroc(positive, [score**3 + 7 for score in scores])


def test_balanced_accuracy_of_a_case_worked_by_hand() -> None:
    # Of 4 true ones 3 are said to be, of 2 false ones 1 is said not to be: (3/4 + 1/2) / 2.
    truth, said = [True, True, True, True, False, False], [True, True, True, False, True, False]
    assert metrics.balanced_accuracy(truth, said) == pytest.approx(0.625)
    assert metrics.balanced_accuracy(truth, [True] * 6) == 0.5
    with pytest.raises(ZeroDivisionError):
        metrics.balanced_accuracy([True], [True])


def test_kappa_of_a_case_worked_by_hand() -> None:
    # 10 cases: both a 4, both b 3, a and b 1, b and a 2. They agree in .7; by chance .5 * .6 + .5 * .4 = .5.
    one = ["a"] * 4 + ["b"] * 3 + ["a"] + ["b"] * 2
    other = ["a"] * 4 + ["b"] * 3 + ["b"] + ["a"] * 2
    assert metrics.kappa(one, other) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert metrics.kappa(one, one) == 1.0
    assert metrics.kappa(["a", "b"], ["b", "a"]) == pytest.approx(-1.0)
    with pytest.raises(ZeroDivisionError):
        metrics.kappa(["a", "a"], ["a", "a"])


def test_f1_of_a_case_worked_by_hand() -> None:
    # 3 right of 4 said and of 6 wanted: precision 3/4, recall 1/2, harmonic mean 0.6.
    assert metrics.f1(3, 4, 6) == pytest.approx(0.6)
    assert metrics.f1(0, 4, 6) == 0.0
    assert metrics.f1(0, 0, 0) == 0.0


def test_bootstrap_pairs_leaves_out_the_draws_that_cannot_be_measured() -> None:
    truth, said = [True, False] * 20, [True, True, False, False] * 10
    low, high = metrics.bootstrap_pairs(metrics.balanced_accuracy, truth, said, seed=1)
    # Half of each kind is right: the standard error is sqrt(.25 / 40) = .079.
    assert low == pytest.approx(0.5 - 1.96 * 0.079, abs=0.04)
    assert high == pytest.approx(0.5 + 1.96 * 0.079, abs=0.04)
    assert metrics.bootstrap_pairs(metrics.balanced_accuracy, [True, False], [True, False], seed=1) == (1.0, 1.0)
    with pytest.raises(ZeroDivisionError):
        metrics.bootstrap_pairs(metrics.balanced_accuracy, [True], [True], seed=1)


def test_kept_of_a_case_worked_by_hand() -> None:
    before = {"a": "T1", "b": "T1", "c": "T2", "d": "", "e": "T3"}
    after = {"a": "T1", "b": "T2", "c": "T2", "d": "T1", "e": ""}
    # d was on no theme and is left out; b moved, e lost its theme
    assert metrics.kept(before, after) == [True, False, True, False]


def test_a_label_is_recovered_where_a_theme_is_mostly_it_and_holds_most_of_it() -> None:
    truth = {f"{label}{n}": label for label, count in (("card", 4), ("fee", 4), ("rate", 2)) for n in range(count)}
    found = {"card0": "T1", "card1": "T1", "card2": "T1", "card3": "T2"}  # three of four, and nothing else
    found |= {"fee0": "T2", "fee1": "T3", "fee2": "T4", "fee3": ""}  # never more than one of four
    found |= {"rate0": "T3", "rate1": "T3"}  # two of three are rate, and all of rate
    assert metrics.recovered(truth, found) == {"card", "rate"}


def test_ten_rows_of_a_label_are_enough_however_many_it_has() -> None:
    truth = {f"card{n}": "card" for n in range(100)} | {f"fee{n}": "fee" for n in range(18)}
    nine = {f"card{n}": "T1" for n in range(9)} | {f"fee{n}": "T2" for n in range(9)}
    assert metrics.recovered(truth, nine) == {"fee"}
    assert metrics.recovered(truth, nine | {"card9": "T1"}) == {"card", "fee"}


def test_what_is_on_no_theme_recovers_no_label() -> None:
    assert metrics.recovered({"a": "card", "b": "card"}, {"a": "", "b": ""}) == set()
