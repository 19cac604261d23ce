"""Charts of the pages: the small ones of the reports, lines with what they waver by, and columns a finger can touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from synth.overview import likely
from synth.reports.charts import draw_trend
from synth.reports.display import say_trend

_SEEN = 3  # least height of a bar that stands for something
_WIDE, _HIGH, _DOT = 132, 32, 2.5  # of a line with its band, and the radius of its end


@dataclass(frozen=True, slots=True)
class Column:
    """A bar: its value, and its height as a part of 100; between which heights it wavers by chance."""

    value: float
    height: float
    low: float
    high: float


def columns(values: Sequence[float], dispersion: float = 1.0) -> list[Column]:
    """One bar for each value; the highest that chance explains is of height 100."""
    between = [likely(value, dispersion) for value in values]
    highest = max((high for _, high in between), default=0) or 1
    return [
        Column(value, max(100 * value / highest, _SEEN if value else 0), 100 * low / highest, 100 * high / highest)
        for value, (low, high) in zip(values, between, strict=True)
    ]


def trend(values: Sequence[float], compared: int, key: str, title: str) -> Markup:
    """A row of bars that fits into a table; the last week is darkest, the `compared` ones before it less so."""
    weeks = f"the last {len(values)} weeks"
    return Markup(draw_trend(values, compared=compared, key=key, title=title, description=say_trend(values, weeks)))  # noqa: S704 - drawn and escaped there


def sparkline(values: Sequence[float], dispersion: float, title: str) -> Markup:
    """A line that fits into a table, in the band that each week's mentions waver in by chance alone."""
    between = [likely(value, dispersion) for value in values]
    scale = (_HIGH - 2 * _DOT) / (max((high for _, high in between), default=0) or 1)
    step = (_WIDE - 2 * _DOT) / max(len(values) - 1, 1)

    def points(amounts: Sequence[float]) -> list[str]:
        return [f"{_DOT + at * step:.1f},{_HIGH - _DOT - scale * amount:.1f}" for at, amount in enumerate(amounts)]

    line = points(values)
    band = [*points([high for _, high in between]), *reversed(points([low for low, _ in between]))]
    x, y = line[-1].split(",")
    low, high = between[-1]
    said = (
        f"{title}. {say_trend(values, f'the last {len(values)} weeks')} "
        f"By chance alone the last would lie between {low:.0f} and {high:.0f}."
    )
    return Markup(  # noqa: S704 - numbers, and a text that is escaped
        f'<svg class="chart" role="img" viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}" '
        f'aria-label="{escape(said)}"><path class="base" d="M0 {_HIGH - _DOT}h{_WIDE}v1h-{_WIDE}z"/>'
        f'<polygon class="band" points="{" ".join(band)}"/><polyline class="line" points="{" ".join(line)}"/>'
        f'<circle class="now" cx="{x}" cy="{y}" r="{_DOT}"/></svg>'
    )
