"""Charts of the pages: the small ones of the reports, and columns a finger can touch."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from synth.reports.charts import draw_trend
from synth.reports.display import say_trend

_SEEN = 3  # least height of a bar that stands for something


@dataclass(frozen=True, slots=True)
class Column:
    """A bar: its value, and its height as a part of 100."""

    value: float
    height: float


def columns(values: Sequence[float]) -> list[Column]:
    """One bar for each value, the highest of height 100."""
    highest = max(values, default=0) or 1
    return [Column(value, max(100 * value / highest, _SEEN if value else 0)) for value in values]


def trend(values: Sequence[float], compared: int, key: str, title: str) -> Markup:
    """A row of bars that fits into a table; the last week is darkest, the `compared` ones before it less so."""
    weeks = f"the last {len(values)} weeks"
    return Markup(draw_trend(values, compared=compared, key=key, title=title, description=say_trend(values, weeks)))  # noqa: S704 - drawn and escaped there
