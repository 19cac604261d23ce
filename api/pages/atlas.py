"""The map of themes as it is drawn: a circle for each theme, and names where there is room for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from synth.themes.atlas import Placed
from synth.themes.listing import ThemeList, ThemeSummary

WIDE, HIGH = 1000, 640
_MARGIN = 70  # around the frame that places lie in
_SMALLEST, _LARGEST = 7.0, 44.0  # radius; a circle's area stands for its mentions
_LETTER, _LINE = 6.9, 17.0  # width and height that a name takes at the size the style gives it
_GAP = 4.0
HUES = 8
QUOTED, TOLD = 100, 200  # of the largest themes are quoted, and told beside the map

Box = tuple[float, float, float, float]  # left, top, right, bottom
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name stands, and whether there is room for it before one looks closer."""

    x: float
    y: float
    anchor: Anchor
    fits: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A theme on the map."""

    theme: ThemeSummary
    x: float
    y: float
    radius: float
    hue: int | None  # one for each area; None where a theme lies in no area
    label: Label
    near: tuple[ThemeSummary, ...]

    @property
    def exemplars(self) -> Sequence[Any]:
        """The quotes that are shown where one points."""
        return self.theme.exemplars[:2]


def draw_map(themes: ThemeList, places: Sequence[Placed]) -> list[Spot]:
    """Every theme that has a place, the largest first, so that small ones are drawn over large ones."""
    known = {theme.id: theme for theme in themes.themes}
    areas = {area.id: number for number, area in enumerate(themes.areas)}
    placed = {place.theme: place for place in places}
    shown = [theme for theme in themes.themes if theme.id in placed]
    most = max((theme.mentions for theme in shown), default=0) or 1
    circles = {theme.id: _circle(placed[theme.id], theme.mentions / most) for theme in shown}
    labels = _label(shown, circles)
    spots = []
    for theme in shown:
        hue = areas[theme.area] % HUES if theme.area in areas else None
        near = tuple(known[id] for id in placed[theme.id].near if id in known)
        spots.append(Spot(theme, *circles[theme.id], hue=hue, label=labels[theme.id], near=near))
    return spots


def _circle(place: Placed, share: float) -> tuple[float, float, float]:
    x = _MARGIN + (place.x + 1) / 2 * (WIDE - 2 * _MARGIN)
    y = _MARGIN + (place.y + 1) / 2 * (HIGH - 2 * _MARGIN)
    return round(x, 1), round(y, 1), round(max(_SMALLEST, _LARGEST * sqrt(share)), 1)


def _label(themes: Sequence[ThemeSummary], circles: dict[str, tuple[float, float, float]]) -> dict[str, Label]:
    """The names of the largest themes first; one that would cover another name or circle waits for a closer look."""
    taken: list[Box] = []
    labels: dict[str, Label] = {}
    for theme in themes:
        others = [_around(*circle) for id, circle in circles.items() if id != theme.id]
        candidates = list(_candidates(*circles[theme.id], width=_LETTER * len(theme.name)))
        free = [each for each in candidates if _is_free(each[1], [*taken, *others])]
        label, box = free[0] if free else candidates[0]
        labels[theme.id] = Label(label.x, label.y, label.anchor, fits=bool(free))
        if free:
            taken.append(box)
    return labels


def _candidates(x: float, y: float, radius: float, width: float) -> Iterator[tuple[Label, Box]]:
    """Right, left, below, above; each with the room it takes."""
    rise = _LINE * 0.3  # from the middle of the letters to the line they stand on
    right, left = x + radius + _GAP, x - radius - _GAP
    below, above = y + radius + _LINE * 0.85, y - radius - _GAP
    yield _placed(right, y + rise, "start", (right, y - _LINE / 2, right + width, y + _LINE / 2))
    yield _placed(left, y + rise, "end", (left - width, y - _LINE / 2, left, y + _LINE / 2))
    yield _placed(x, below, "middle", (x - width / 2, below - _LINE * 0.8, x + width / 2, below + _GAP))
    yield _placed(x, above, "middle", (x - width / 2, above - _LINE * 0.8, x + width / 2, above + _GAP))


def _placed(x: float, y: float, anchor: Anchor, box: Box) -> tuple[Label, Box]:
    return Label(round(x, 1), round(y, 1), anchor, fits=True), box


def _around(x: float, y: float, radius: float) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    left, top, right, bottom = box
    if left < 0 or right > WIDE or top < 0 or bottom > HIGH:
        return False
    return not any(left < r and right > l and top < b and bottom > t for l, t, r, b in taken)  # noqa: E741 - of a box
