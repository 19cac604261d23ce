"""Two results side by side: what changed, by how much, and whether it is more than the noise.

sampled: where both runs scored the same cases, their differences are resampled (paired bootstrap); elsewhere the two
intervals are combined as independent. Worse beyond the noise means that the whole interval of the difference is worse.
timed: compared on one class of machine only; from a factor of SLOWER on it is said to be slower. A machine that does
other work too makes times jump, so that slower is a regression only where `times` asks for it. exact: any worsening.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.metrics import bootstrap_mean
from eval.results import Figure, Results, SuiteResult

SLOWER = 1.5
_TOLERANCE = 1e-9
Verdict = Literal["better", "worse", "same", "slower", "faster", "not compared"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in both runs; `low` and `high` bound the change from base to new."""

    suite: str
    data: str
    figure: str
    base: float | None
    new: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the suites that only one of the two holds on the same data and sample."""

    differences: tuple[Difference, ...]
    only_base: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()
    times: bool = False

    @property
    def regressions(self) -> list[Difference]:
        """What is worse beyond the noise."""
        lost = ("worse", "slower") if self.times else ("worse",)
        return [each for each in self.differences if each.verdict in lost]

    @property
    def unmatched(self) -> tuple[str, ...]:
        """What only one of the two holds, and which."""
        lost, fresh = (
            (f"{each} (base only)" for each in self.only_base),
            (f"{each} (new only)" for each in self.only_new),
        )
        return (*lost, *fresh)


def compare(base: Results, new: Results, *, times: bool = False) -> Comparison:
    """Every figure that both runs measured on the same data, sample and seed; `times` makes slower a regression."""
    old = {suite.key: suite for suite in base.suites}
    fresh = {suite.key: suite for suite in new.suites}
    alike = dict(base.machine) == dict(new.machine)
    differences = [
        each for key, suite in fresh.items() if key in old for each in _compare_suites(old[key], suite, alike=alike)
    ]
    only_old = sorted(f"{old[key].suite} on {old[key].data}" for key in old.keys() - fresh.keys())
    only_new = sorted(f"{fresh[key].suite} on {fresh[key].data}" for key in fresh.keys() - old.keys())
    return Comparison(tuple(differences), tuple(only_old), tuple(only_new), times)


def _compare_suites(base: SuiteResult, new: SuiteResult, *, alike: bool) -> list[Difference]:
    found: list[Difference] = []
    for name in dict.fromkeys((*base.figures, *new.figures)):
        one, other = base.figures.get(name), new.figures.get(name)
        low, high, verdict, why = _weigh(one, other, alike=alike)
        values = (one.value if one else None, other.value if other else None)
        found.append(Difference(new.suite, new.data, name, *values, low, high, verdict, why))
    return found


def _weigh(base: Figure | None, new: Figure | None, *, alike: bool) -> tuple[float | None, float | None, Verdict, str]:
    if base is None or base.value is None:
        return None, None, "not compared", "not measured in the base"
    if new is None or new.value is None:
        lost: Verdict = "worse" if base.nature in ("sampled", "exact") else "not compared"
        return None, None, lost, "no longer measured"
    if base.nature == "fact" or base.better is None:
        return None, None, "not compared", "describes the run"
    if base.nature == "timed":
        return _weigh_times(base, new, alike=alike)
    low, high = _interval(base, new) if base.nature == "sampled" else (new.value - base.value,) * 2
    return low, high, _verdict(base, low, high), ""


def _weigh_times(base: Figure, new: Figure, *, alike: bool) -> tuple[float | None, float | None, Verdict, str]:
    assert base.value is not None
    assert new.value is not None
    if not alike:
        return None, None, "not compared", "another class of machine"
    if min(base.value, new.value) <= 0:
        return None, None, "not compared", "too short to compare"
    slower = new.value / base.value if base.better == "lower" else base.value / new.value
    verdict: Verdict = "slower" if slower >= SLOWER else "faster" if slower <= 1 / SLOWER else "same"
    return None, None, verdict, f"{new.value / base.value:.2f} times the base"


def _interval(base: Figure, new: Figure) -> tuple[float, float]:
    """Bounds of new minus base."""
    assert base.value is not None
    assert new.value is not None
    if base.scores and base.scores.keys() == new.scores.keys():
        return bootstrap_mean([new.scores[key] - base.scores[key] for key in base.scores], seed=0)
    change = new.value - base.value
    half = math.hypot(_half(base), _half(new))
    return change - half, change + half


def _half(figure: Figure) -> float:
    return (figure.high - figure.low) / 2 if figure.high is not None and figure.low is not None else 0.0


def _verdict(base: Figure, low: float, high: float) -> Verdict:
    gained, lost = (low, high) if base.better == "higher" else (-high, -low)
    if lost < -_TOLERANCE:
        return "worse"
    return "better" if gained > _TOLERANCE else "same"


def ratio(mine: Figure, peer: Figure) -> float | None:
    """The product's figure over a peer's; None where either is missing or not above nought."""
    if mine.value is None or peer.value is None or min(mine.value, peer.value) <= 0:
        return None
    return mine.value / peer.value


def not_the_same(differences: Sequence[Difference]) -> list[Difference]:
    """The differences worth showing: beyond the noise in either direction."""
    return [each for each in differences if each.verdict not in ("same", "not compared")]
