"""Small charts as numbers for templates: a share of the highest bar for each value, drawn there as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_STEP, _BAR, _HEIGHT = 8, 6, 24  # units of a sparkline's drawing


@dataclass(frozen=True, slots=True)
class Column:
    """A bar: its value and its height as a part of 100."""

    value: float
    height: float


def columns(values: Sequence[float]) -> list[Column]:
    """One bar for each value, the highest of height 100; a value above nothing is always to be seen."""
    highest = max(values, default=0) or 1
    return [Column(value, max(100 * value / highest, 3 if value else 0)) for value in values]


def sparkline(values: Sequence[float], label: str) -> Markup:
    """A row of bars that fits into a line of text; the last one stands out. `label` says it in words."""
    width = _STEP * len(values)
    bars = [_bar(place, column, last=place == len(values) - 1) for place, column in enumerate(columns(values))]
    drawing = Markup(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>'
    )
    return drawing.format(width, _HEIGHT, width, _HEIGHT, label, Markup("").join(bars))


def _bar(place: int, column: Column, *, last: bool) -> Markup:
    height = max(_HEIGHT * column.height / 100, 1)
    bar = Markup('<rect x="{}" y="{}" width="{}" height="{}"{}/>')
    kind = Markup(' class="now"') if last else ""
    return bar.format(place * _STEP, round(_HEIGHT - height, 1), _BAR, round(height, 1), kind)
