"""Small charts as SVG: drawn without a style attribute, in the colours of the page, with their numbers as text.

The classes `now`, `compared`, `earlier`, `mean` and `value` are coloured by the page that holds the chart.
"""

from collections.abc import Sequence
from html import escape

from synth.answers.wording import say_number

GAP = 2  # pixels between bars
HEAD = 14  # pixels above the bars for the value of the last
BASE = 2  # height of the line the bars stand on


def draw_trend(
    values: Sequence[float], *, compared: int, key: str, title: str, description: str, width: int = 132, height: int = 32
) -> str:
    """Bars from old to new: the last is this span, the `compared` ones before it are what it is measured against.

    `key` makes the ids of the text alternative unique within the page.
    """
    step = width / max(len(values), 1)
    room, top = height - BASE, max(values, default=0) or 1
    first = len(values) - 1 - compared
    bars = [
        _bar(place * step, room, step - GAP, room * value / top, _kind(place, first, len(values)))
        for place, value in enumerate(values)
    ]
    return _svg(width, height, key, title, description, [_line(width, room), *bars])


def draw_large_trend(values: Sequence[float], *, compared: int, key: str, title: str, description: str) -> str:
    """The same with the mean of what is compared as a dashed line, and the last value written above its bar."""
    width, height = 264, 84
    step = width / max(len(values), 1)
    room, top = height - BASE, max(values, default=0) or 1
    first = len(values) - 1 - compared
    scale = (room - HEAD) / top
    marks = [_line(width, room)]
    for place, value in enumerate(values):
        marks.append(_bar(place * step, room, step - GAP, scale * value, _kind(place, first, len(values))))
    if compared:
        mean = sum(values[first:-1]) / compared
        marks.append(_mean(first * step, room - scale * mean, (len(values) - 1) * step - GAP))
    if values:
        marks.append(_value(width - step / 2 - GAP / 2, room - scale * values[-1] - 4, values[-1]))
    return _svg(width, height, key, title, description, marks)


def draw_bar(value: float, mean: float | None, largest: float, *, key: str, title: str) -> str:
    """A horizontal bar as wide as its share of the largest, with a mark at the mean before."""
    width, height = 240, 14
    scale = width / (largest or 1)
    marks = [f'<rect class="now" x="0" y="1" width="{_px(scale * value)}" height="{height - 2}"/>']
    if mean is not None:
        marks.append(f'<rect class="mark" x="{_px(min(scale * mean, width - 2))}" y="0" width="2" height="{height}"/>')
    return _svg(width, height, key, title, "", marks)


def _svg(width: int, height: int, key: str, title: str, description: str, marks: Sequence[str]) -> str:
    said = f'<title id="{escape(key)}-t">{escape(title)}</title>'
    ids = f"{escape(key)}-t"
    if description:
        said += f'<desc id="{escape(key)}-d">{escape(description)}</desc>'
        ids += f" {escape(key)}-d"
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="chart" role="img" {size} aria-labelledby="{ids}">{said}{"".join(marks)}</svg>'


def _kind(place: int, first: int, count: int) -> str:
    return "now" if place == count - 1 else "compared" if place >= first else "earlier"


def _bar(x: float, floor: float, width: float, height: float, kind: str) -> str:
    """A bar; nothing is drawn for nothing."""
    if height <= 0:
        return ""
    tall = max(height, 1.5)
    return f'<rect class="{kind}" x="{_px(x)}" y="{_px(floor - tall)}" width="{_px(width)}" height="{_px(tall)}"/>'


def _line(width: float, y: float) -> str:
    return f'<rect class="base" x="0" y="{_px(y)}" width="{width}" height="1"/>'


def _mean(left: float, y: float, right: float) -> str:
    return f'<line class="mean" x1="{_px(left)}" x2="{_px(right)}" y1="{_px(y)}" y2="{_px(y)}"/>'


def _value(x: float, y: float, value: float) -> str:
    return f'<text class="value" x="{_px(x)}" y="{_px(y)}" text-anchor="middle">{say_number(value)}</text>'


def _px(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
