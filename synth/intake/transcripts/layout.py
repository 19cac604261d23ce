"""Words on pages put into rows in reading order: columns, numbers in the margin, running heads, page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, pairwise
from statistics import median

from synth.intake.transcripts.timecodes import CODE

EDGE = 0.15  # of a page's height, where running heads and feet stand
LEAST_GUTTER = 9.0  # points between two columns
LEAST_NUMBERS = 5  # line numbers in a margin
MOST_PARAGRAPHS = 0.8  # of the rows have a number; above it the lines are numbered, not the paragraphs
LEAST_TIMES = 3  # time codes in a column of their own
TIME_APART = 18.0  # points between a time code and the words it belongs to
_SAME_PLACE = 3.0  # points

_PAGE_MARK = re.compile(
    r"(?:page|seite|p\.|s\.)\s*\d{1,4}(?:\s*(?:/|of|von)\s*\d{1,4})?|\d{1,4}\s*(?:/|of|von)\s*\d{1,4}", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"[-–—\[(]?\s*(\d{1,4})\s*[-–—\])]?")
_SPOKEN = re.compile(r"[^:]{1,30}: .*[.?!…]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box, in points from the top left of its page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a page that are inside of it."""

    number: int
    height: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one height of one column, from left to right."""

    words: tuple[Word, ...]
    page: int
    column: int = 0  # 0 for a row across the whole page
    numbered: bool = False  # the number of a paragraph stood in the margin
    note: bool = False  # it stood in the margin itself

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def size(self) -> float:
        return median(word.size for word in self.words)


def read_rows(pages: Sequence[Page], notes: Sequence[Page] = ()) -> list[Row]:
    """The rows of a document in the order they are read, without what only the pages repeat; last what is noted."""
    rows = {page.number: _rows(page) for page in pages}
    rows = _with_times_first(_without_margin_numbers(rows))
    heights = {page.number: page.height for page in pages}
    rows = _without_running_heads(rows, heights)
    rows = _without_cut_rows(rows)
    noted = _without_running_heads({page.number: _rows(page) for page in notes}, heights)
    return [
        *(row for page in pages for row in _in_columns(rows[page.number])),
        *(replace(row, note=True) for page in notes for row in noted[page.number]),
    ]


def _rows(page: Page) -> list[Row]:
    rows: list[list[Word]] = []
    for word in sorted(page.words, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        if rows and middle < max(last.bottom for last in rows[-1][:1]) - 0.2 * word.size:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [Row(tuple(sorted(row, key=lambda word: word.x0)), page.number) for row in rows]


def _without_margin_numbers(pages: dict[int, list[Row]]) -> dict[int, list[Row]]:
    """The rows without the numbers of lines or paragraphs that stand left of the text."""
    numbered = [row for rows in pages.values() for row in rows if _begins_with_number(row)]
    beside = [row for row in numbered if len(row.words) > 1]
    if len(beside) < LEAST_NUMBERS or not _ascends([int(row.words[0].text) for row in numbered]):
        return pages
    edge = max(row.words[0].x1 for row in beside)
    others = [row for rows in pages.values() for row in rows if not _begins_with_number(row)]
    if sum(row.x0 > edge for row in others) < 0.9 * len(others) or min(row.words[1].x0 for row in beside) <= edge:
        return pages
    lines = len(numbered) > MOST_PARAGRAPHS * (len(numbered) + len(others))
    return {number: list(_unnumbered(rows, edge, mark=not lines)) for number, rows in pages.items()}


def _with_times_first(pages: dict[int, list[Row]]) -> dict[int, list[Row]]:
    """The rows with the time codes that stand in a column of their own at the right edge ahead of their words."""
    if sum(map(_ends_with_time, (row for rows in pages.values() for row in rows))) < LEAST_TIMES:
        return pages
    return {
        number: [_time_first(row) if _ends_with_time(row) else row for row in rows] for number, rows in pages.items()
    }


def _ends_with_time(row: Row) -> bool:
    apart = len(row.words) > 1 and row.words[-1].x0 - row.words[-2].x1 >= TIME_APART
    return apart and re.fullmatch(CODE, row.words[-1].text) is not None


def _time_first(row: Row) -> Row:
    time = replace(row.words[-1], x0=row.x0 - 1, x1=row.x0 - 0.5)
    return replace(row, words=(time, *row.words[:-1]))


def _begins_with_number(row: Row) -> bool:
    first = row.words[0]
    return bool(re.fullmatch(r"\d{1,4}", first.text)) and (len(row.words) == 1 or row.words[1].x0 - first.x1 >= 4)


def _ascends(numbers: Sequence[int]) -> bool:
    """Whether numbers count up by one or by five, starting again now and then."""
    steps = Counter(b - a for a, b in pairwise(numbers))
    return (steps[1] + steps[5] + steps[0]) >= 0.7 * max(1, len(numbers) - 1)


def _unnumbered(rows: Sequence[Row], edge: float, *, mark: bool) -> Iterator[Row]:
    for row in rows:
        if _begins_with_number(row) and row.words[0].x1 <= edge:
            if len(row.words) > 1:
                yield replace(row, words=row.words[1:], numbered=mark)
        else:
            yield row


def _without_running_heads(pages: dict[int, list[Row]], heights: dict[int, float]) -> dict[int, list[Row]]:
    repeated = _repeated(pages, heights)
    offsets = Counter(
        int(match[1]) - number
        for number, rows in pages.items()
        for row in _edges(rows, heights[number])
        if (match := _BARE_NUMBER.fullmatch(row.text))
    )
    counted = {offset for offset, count in offsets.items() if count >= max(2, 0.5 * len(pages))}
    kept: dict[int, list[Row]] = {}
    for number, rows in pages.items():
        furniture = [row for row in _edges(rows, heights[number]) if _is_furniture(row, number, repeated, counted)]
        below = dropwhile(furniture.__contains__, rows)
        kept[number] = [*dropwhile(furniture.__contains__, [*below][::-1])][::-1]
    return kept


def _repeated(pages: dict[int, list[Row]], heights: dict[int, float]) -> set[tuple[str, int]]:
    """The texts, digits aside, that stand at the same height of many pages."""
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, rows in pages.items():
        for row in _edges(rows, heights[number]):
            for place in (-1, 0, 1):
                seen[_masked(row)[0], _masked(row)[1] + place].add(number)
    return {key for key, numbers in seen.items() if len(numbers) >= max(2, 0.4 * len(pages))}


def _is_furniture(row: Row, page: int, repeated: set[tuple[str, int]], counted: set[int]) -> bool:
    if _PAGE_MARK.fullmatch(row.text):
        return True
    if match := _BARE_NUMBER.fullmatch(row.text):
        return int(match[1]) - page in counted
    return _masked(row) in repeated and not _SPOKEN.fullmatch(row.text)


def _masked(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "#", row.text), round(row.top / _SAME_PLACE)


def _edges(rows: Sequence[Row], height: float) -> list[Row]:
    """The rows near the upper and the lower edge of a page."""
    return [
        row
        for number, row in enumerate(rows)
        if (number < 4 and row.top < EDGE * height) or (number >= len(rows) - 4 and row.top > (1 - EDGE) * height)
    ]


def _without_cut_rows(pages: dict[int, list[Row]]) -> dict[int, list[Row]]:
    """The rows without those that a page break cut, where the page before shows them as its last row already."""
    kept = dict(pages)
    for before, page in pairwise(sorted(pages)):
        if pages[before] and pages[page] and pages[page][0].top < 0 and pages[page][0].text == pages[before][-1].text:
            kept[page] = pages[page][1:]
    return kept


def _in_columns(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows of a page: left column before right, between the rows that run across both."""
    gutter = _find_gutter(rows)
    if gutter is None:
        yield from rows
        return
    left: list[Row] = []
    right: list[Row] = []
    for row in rows:
        if _crosses(row, gutter):
            yield from (*left, *right, row)
            left, right = [], []
            continue
        for side, number, words in ((left, 1, _before(row, gutter)), (right, 2, _after(row, gutter))):
            if words:
                side.append(replace(row, words=words, column=number))
    yield from (*left, *right)


def _find_gutter(rows: Sequence[Row]) -> float | None:
    """The middle of the blank strip between two columns, or None for a page of one column."""
    if len(rows) < 6:
        return None
    left, right = min(row.x0 for row in rows), max(row.x1 for row in rows)
    places = [left + (right - left) * share / 100 for share in range(35, 66)]
    crossing = {place: sum(_crosses(row, place) for row in rows) for place in places}
    least = min(crossing.values())
    best = [place for place in places if crossing[place] == least]
    gutter = best[len(best) // 2]
    lefts, rights = sum(bool(_before(row, gutter)) for row in rows), sum(bool(_after(row, gutter)) for row in rows)
    return gutter if least <= 0.25 * len(rows) and min(lefts, rights) - least >= 0.25 * len(rows) else None


def _crosses(row: Row, place: float) -> bool:
    before, after = _before(row, place), _after(row, place)
    if len(before) + len(after) < len(row.words):
        return True
    return bool(before and after) and after[0].x0 - before[-1].x1 < LEAST_GUTTER


def _before(row: Row, place: float) -> tuple[Word, ...]:
    return tuple(word for word in row.words if word.x1 <= place)


def _after(row: Row, place: float) -> tuple[Word, ...]:
    return tuple(word for word in row.words if word.x0 >= place)
