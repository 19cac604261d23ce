"""The measures behind every figure: agreement of groupings and of coders, ranked retrieval, words, uncertainty.

Hand-worked cases for each stand in tests/eval/test_metrics.py. Groupings are sequences of hashable labels, one per row,
in the same order; a row on no theme carries the label NOISE, which counts as one group.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.trust.intervals import Interval
from synth.trust.intervals import wilson as wilson

NOISE = ""
OWN = 0.5  # the least share of a theme that carries one label, for the theme to be that label's own
ENOUGH = 10  # rows of a label that its theme holds
CONFIDENCE = 0.95
RESAMPLES = 1_000
Grouping = Sequence[Hashable]


def ami(truth: Grouping, found: Grouping) -> float:
    """Adjusted mutual information (Vinh et al. 2010), arithmetic mean as the normaliser: 0 by chance, 1 when equal."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(_numbered(truth), _numbered(found)))


def ari(truth: Grouping, found: Grouping) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985): 0 by chance, 1 when equal."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(_numbered(truth), _numbered(found)))


def v_measure(truth: Grouping, found: Grouping) -> float:
    """Harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007); not adjusted for chance."""
    from sklearn.metrics import v_measure_score

    return float(v_measure_score(_numbered(truth), _numbered(found)))


def kept(before: Mapping[str, Hashable], after: Mapping[str, Hashable]) -> list[bool]:
    """Whether each row that was on a theme is still on the same one, in the order of the keys.

    A row that was on no theme had nothing to keep, and is left out.
    """
    return [after.get(key) == theme for key, theme in sorted(before.items()) if theme != NOISE]


def recovered(truth: Mapping[str, str], found: Mapping[str, Hashable]) -> set[str]:
    """The labels that have a theme of their own: one that is mostly this label, and holds enough of it.

    Mostly is a share of at least `OWN`; enough are `ENOUGH` rows, or half of a label that has fewer than twice as many.
    """
    sizes, labels = Counter(found.values()), Counter(truth.values())
    cells = Counter((label, found.get(key, NOISE)) for key, label in truth.items())
    return {
        label
        for (label, theme), both in cells.items()
        if theme != NOISE and both >= OWN * sizes[theme] and both >= min(ENOUGH, labels[label] / 2)
    }


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Discounted cumulative gain of the first k over that of the best order; gain is the grade, unjudged is 0.

    Raises ZeroDivisionError when no grade is positive: such a query has nothing to find and is not scored.
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    return _gain([max(0.0, grades.get(key, 0.0)) for key in ranked[:k]]) / _gain(best)


def recall(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """The share of what has a positive grade that is among the first k."""
    wanted = {key for key, grade in grades.items() if grade > 0}
    return len(wanted.intersection(ranked[:k])) / len(wanted)


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """1 over the rank of the first with a positive grade; 0 when it is not among the first k."""
    return next((1 / rank for rank, key in enumerate(ranked[:k], start=1) if grades.get(key, 0) > 0), 0.0)


def npmi(themes: Sequence[Sequence[str]], documents: Sequence[Collection[str]]) -> list[float]:
    """For each theme of two words or more, the mean normalised pointwise mutual information of its word pairs.

    From -1 to 1 (Bouma 2009). A document is the set of its words; a pair counts where both stand in one document, and
    a pair that never meets is -1.
    """
    wanted = {word for theme in themes for word in theme}
    places: dict[str, set[int]] = {word: set() for word in wanted}
    for number, words in enumerate(documents):
        for word in wanted.intersection(words):
            places[word].add(number)
    return [_coherence(theme, places, len(documents)) for theme in themes if len(set(theme)) > 1]


def diversity(themes: Sequence[Sequence[str]]) -> float | None:
    """The share of distinct words among all words of the themes (Dieng et al. 2020); None without words."""
    words = [word for theme in themes for word in theme]
    return len(set(words)) / len(words) if words else None


def auroc(positive: Sequence[bool], scores: Sequence[float]) -> float:
    """The probability that a positive case scores above a negative one, ties counting half (Hanley and McNeil 1982).

    Raises ZeroDivisionError where one of the two kinds is missing: there is nothing to tell apart.
    """
    from scipy.stats import rankdata

    ranks = rankdata(np.asarray(scores, dtype=float))
    yes = np.asarray(positive, dtype=bool)
    count = int(yes.sum())
    above = float(ranks[yes].sum()) - count * (count + 1) / 2
    return above / (count * (len(yes) - count))


def balanced_accuracy(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The mean of the shares that are right among the true and among the false; .5 by chance.

    Raises ZeroDivisionError where one of the two kinds is missing.
    """
    pairs = Counter(zip(map(bool, truth), map(bool, said), strict=True))
    hits, rejections = pairs[True, True], pairs[False, False]
    return (hits / (hits + pairs[True, False]) + rejections / (rejections + pairs[False, True])) / 2


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """The agreement of two coders beyond chance (Cohen 1960): 0 by chance, 1 when equal.

    Raises ZeroDivisionError where both give every case one and the same label: chance explains all of it.
    """
    size = len(one)
    observed = sum(first == second for first, second in zip(one, other, strict=True)) / size
    mine, theirs = Counter(one), Counter(other)
    expected = sum(number * theirs[label] for label, number in mine.items()) / size**2
    return (observed - expected) / (1 - expected)


def f1(right: float, said: float, wanted: float) -> float:
    """The harmonic mean of precision (right of said) and recall (right of wanted): 0 where nothing is right."""
    return 2 * right / (said + wanted) if right else 0.0


def find_by_name(
    names: NDArray[np.float32], majority: Sequence[str], rows: NDArray[np.float32], labels: Sequence[str]
) -> list[float]:
    """For each theme's embedded name, 1 when the nearest of all labels is the theme's majority label, else 0.

    A label is where the mean of its unit rows points; of labels equally near the first in the alphabet counts.
    """
    known = sorted(set(labels))
    held = np.asarray(labels)
    centres = np.stack([rows[held == label].mean(axis=0) for label in known])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    nearest = (names @ centres.T).argmax(axis=1)
    return [float(known[place] == label) for place, label in zip(nearest, majority, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies, interpolated."""
    return float(np.percentile(np.asarray(values, dtype=float), 100 * share))


def bootstrap_mean(scores: Sequence[float], *, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Percentile bootstrap interval (Efron 1979) of the mean of the scores."""
    values = np.asarray(scores, dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(values), size=(resamples, len(values)))
    return _middle(values[picks].mean(axis=1))


def bootstrap_rows(
    statistic: Callable[[NDArray[np.float64]], float],
    rows: NDArray[np.float64],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Interval:
    """Percentile bootstrap interval of a statistic of the sums of rows (n, columns); it is handed (columns,)."""
    picks = np.random.default_rng(seed).integers(0, len(rows), size=(resamples, len(rows)))
    return _middle(np.asarray([statistic(rows[pick].sum(axis=0)) for pick in picks]))


def bootstrap_pairs(
    measure: Callable[[Sequence[Any], Sequence[Any]], float],
    one: Sequence[Any],
    other: Sequence[Any],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Interval:
    """Percentile bootstrap interval of a measure of two sequences, cases resampled.

    Draws in which the measure is not defined (ZeroDivisionError) are left out. Raises it where none is.
    """
    picks = np.random.default_rng(seed).integers(0, len(one), size=(resamples, len(one)))
    drawn: list[float] = []
    for pick in picks.tolist():
        with suppress(ZeroDivisionError):
            drawn.append(measure([one[place] for place in pick], [other[place] for place in pick]))
    if not drawn:
        raise ZeroDivisionError("the measure is defined in no resample")
    return _middle(np.asarray(drawn))


def bootstrap_grouping(
    measure: Callable[[Grouping, Grouping], float], truth: Grouping, found: Grouping, *, seed: int, resamples: int = 100
) -> Interval:
    """Bootstrap interval of an agreement of two groupings, rows resampled.

    A repeated row agrees with itself, so resampling shifts the measure up; the spread is taken from the resamples and
    the centre from the measure itself.
    """
    rows = np.random.default_rng(seed)
    first, second = _numbered(truth), _numbered(found)
    size = len(first)
    drawn = np.asarray([measure(*_taken(first, second, rows.integers(0, size, size))) for _ in range(resamples)])
    low, high = _middle(drawn - drawn.mean())
    value = measure(truth, found)
    return value + low, value + high


def _numbered(grouping: Grouping) -> NDArray[np.intp]:
    numbers: dict[Hashable, int] = {}
    return np.asarray([numbers.setdefault(label, len(numbers)) for label in grouping], dtype=np.intp)


def _taken(first: NDArray[Any], second: NDArray[Any], rows: NDArray[Any]) -> tuple[Grouping, Grouping]:
    return first[rows].tolist(), second[rows].tolist()


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def _coherence(theme: Sequence[str], places: Mapping[str, set[int]], size: int) -> float:
    pairs = list(combinations(dict.fromkeys(theme), 2))
    return sum(_pair(places[one], places[other], size) for one, other in pairs) / len(pairs)


def _pair(one: set[int], other: set[int], size: int) -> float:
    both = len(one & other)
    if not both:
        return -1.0
    if both == size:
        return 1.0
    return math.log(both * size / (len(one) * len(other))) / -math.log(both / size)


def _middle(drawn: NDArray[np.float64]) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    return float(np.quantile(drawn, tail)), float(np.quantile(drawn, 1 - tail))
