"""Small charts as SVG: drawn without a style attribute, in the colours of the page, with their numbers as text.

The page that holds a chart colours its classes: `now`, `compared`, `earlier`, `base`, `mean`, `value`, `mark`, `halo`.
"""

from collections.abc import Iterator, Sequence
from html import escape

from synth.answers.wording import say_number

GAP = 2  # pixels between bars
HEAD = 14  # pixels above the bars for the value of the last
BASE = 2  # height of the line the bars stand on


def draw_trend(values: Sequence[float], *, compared: int, key: str, title: str, description: str) -> str:
    """Bars from old to new: the last is this span, the `compared` ones before it are what it is measured against.

    `key` makes the ids of the text alternative unique within the page.
    """
    width, height = 132, 32
    floor = height - BASE
    scale = floor / (max(values, default=0) or 1)
    marks = [_line(width, floor), *_bars(values, width, floor, scale, now=1, compared=compared)]
    return _svg(width, height, key, title, description, marks)


def draw_large_trend(
    values: Sequence[float], *, now: int, compared: int, key: str, title: str, description: str
) -> str:
    """The same for the last `now` spans, with the mean before as a dashed line, and the last value above its bar."""
    width, height = 264, 84
    floor, step = height - BASE, width / max(len(values), 1)
    scale = (floor - HEAD) / (max(values, default=0) or 1)
    marks = [_line(width, floor), *_bars(values, width, floor, scale, now=now, compared=compared)]
    last = len(values) - now
    mean = sum(values[last - compared : last]) / compared if compared else 0
    if mean:
        marks.append(_mean((last - compared) * step, floor - scale * mean, last * step - GAP))
    if values:
        marks.append(_value(width - (step + GAP) / 2, floor - scale * values[-1] - 4, values[-1]))
    return _svg(width, height, key, title, description, marks)


def draw_bar(value: float, mean: float | None, largest: float, *, key: str, title: str) -> str:
    """A horizontal bar as wide as its share of the largest, with a mark at the mean before."""
    width, height = 240, 14
    scale = width / (largest or 1)
    marks = [f'<rect class="now" x="0" y="1" width="{_px(scale * value)}" height="{height - 2}"/>']
    if mean is not None:
        x = min(scale * mean, width - 3)
        marks.append(f'<rect class="halo" x="{_px(x - 1)}" y="0" width="4" height="{height}"/>')
        marks.append(f'<rect class="mark" x="{_px(x)}" y="0" width="2" height="{height}"/>')
    return _svg(width, height, key, title, "", marks)


def _svg(width: int, height: int, key: str, title: str, description: str, marks: Sequence[str]) -> str:
    said = f'<title id="{escape(key)}-t">{escape(title)}</title>'
    ids = f"{escape(key)}-t"
    if description:
        said += f'<desc id="{escape(key)}-d">{escape(description)}</desc>'
        ids += f" {escape(key)}-d"
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="chart" role="img" {size} aria-labelledby="{ids}">{said}{"".join(marks)}</svg>'


def _bars(
    values: Sequence[float], width: float, floor: float, scale: float, *, now: int, compared: int
) -> Iterator[str]:
    step = width / max(len(values), 1)
    for place, value in enumerate(values):
        age = len(values) - place  # 1 for the last
        kind = "now" if age <= now else "compared" if age <= now + compared else "earlier"
        yield _bar(place * step, floor, step - GAP, scale * value, kind)


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
