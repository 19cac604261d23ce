"""What a trust card is made of: figures with their size, date and interval, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from synth.trust.intervals import wilson

Group = Literal["Themes", "Answers", "Privacy", "Measured on labelled data"]
GROUPS: tuple[Group, ...] = ("Themes", "Answers", "Privacy", "Measured on labelled data")


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of what a figure sums up: its share of `n` cases."""

    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure between 0 and 1; `value` None means: not measured, for the reason that `meaning` gives.

    `meaning` is one sentence for a reader who knows no statistics, `note` what to keep in mind; `how` says what was
    done, or what is to be done where nothing was measured.
    """

    name: str
    title: str
    group: Group
    meaning: str
    how: str
    note: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""  # what `n` counts
    measured_at: datetime | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """All figures of one installation, as they stood at one moment."""

    at: datetime
    figures: tuple[Figure, ...]

    def of(self, group: Group) -> tuple[Figure, ...]:
        """The figures of one group, those that were measured first."""
        mine = [figure for figure in self.figures if figure.group == group]
        return tuple(sorted(mine, key=lambda figure: figure.value is None))


def part(name: str, count: int, of: int) -> Part:
    """A share with its interval."""
    return Part(name, count / of if of else 0.0, *wilson(count, of), of)


def say_rate(value: float) -> str:
    """'97.3 %'; never rounded to none or to all where it is neither. An agreement may be negative."""
    if value in (0, 1):
        return f"{100 * value:.0f} %"
    return f"{min(99.9, max(0.1, 100 * value)):.1f} %" if value > 0 else f"−{say_rate(-value)}"


def say_interval(low: float | None, high: float | None) -> str:
    """'95.1 % to 98.4 %'; empty where there is none."""
    return "" if low is None or high is None else f"{say_rate(low)} to {say_rate(high)}"


def say_parts(parts: Sequence[Part]) -> str:
    """'EMAIL 100 %, PHONE 97.5 %'."""
    return ", ".join(f"{each.name} {say_rate(each.value)}" for each in parts)
