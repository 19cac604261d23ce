"""Delimited text (CSV, TSV and the like): its dialect, found by trying, and its rows, one at a time.

A row whose quotation marks do not close is refused alone: reading goes on at the next line that looks like a row.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any, Final

from synth.intake.encoding import BAD_BYTE, BAD_BYTES, open_text, read_lines, sniff_encoding
from synth.intake.tabular.headers import Header, count_known, find_header, list_filled
from synth.intake.tabular.rows import Row, Rows, Table
from synth.model import Refusal

_DELIMITERS: Final = ",;\t|"
_NONE: Final = "\x1f"
_LONGEST_CELL: Final = 4_000_000
_ONE_COLUMN: Final = (0.0, 0, 0)
_SNIFFED_ROWS: Final = 200
_SNIFFED_LINES: Final = 1000
_TOO_MANY: Final = "this row has {} cells but the header has {}; put cells that hold the separator in quotation marks"
_NOT_CLOSED: Final = (
    "a quotation mark opened in this row is never closed; close it, or double it when it belongs to the text"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are told apart."""

    delimiter: str = _NONE
    escape: str | None = None
    blanks_before_quotes: bool = False

    def parse(self, lines: Iterable[str], *, strict: bool) -> Any:
        """The csv reader over `lines`."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            skipinitialspace=self.blanks_before_quotes,
            strict=strict,
        )


def open_delimited(path: Path, name: str) -> Table:
    """The table in a delimited text file; `name` is what messages call it.

    Raises UnreadableFile when the file is no text, BadInput when there is no row under its header.
    """
    csv.field_size_limit(_LONGEST_CELL)
    encoding = sniff_encoding(path, name=name)
    with open_text(path, encoding) as text:
        lines = list(islice(read_lines(text, path, longest=_LONGEST_CELL, name=name), _SNIFFED_LINES))
    dialect = _sniff_dialect(lines)
    rows = [cells for cells, _ in islice(_read_rows(dialect, iter(lines), 0), _SNIFFED_ROWS)]
    header = find_header(name, [cells if isinstance(cells, list) else [] for cells in rows])

    def read() -> Rows:
        csv.field_size_limit(_LONGEST_CELL)
        with open_text(path, encoding) as text:
            yield from _name_cells(dialect, header, read_lines(text, path, longest=_LONGEST_CELL, name=name))

    return Table(header.columns, read)


def _name_cells(dialect: Dialect, header: Header, lines: Iterator[str]) -> Rows:
    columns, width = header.columns, len(header.columns)
    for number, (cells, damaged) in enumerate(_read_rows(dialect, lines, width), start=1):
        if header.is_above(number) or not cells:
            continue
        if isinstance(cells, str):
            yield Refusal(number, cells)
        elif damaged:
            yield Refusal(number, BAD_BYTES)
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            yield Refusal(number, _TOO_MANY.format(len(cells), width))
        else:
            yield Row(number, dict(zip(columns, cells, strict=False)))


def _read_rows(dialect: Dialect, lines: Iterator[str], width: int) -> Iterator[tuple[list[str] | str, bool]]:
    """Rows as cells, or as the reason why one cannot be read; and whether a byte of it could not be decoded."""
    feed = _Feed(lines)
    while not feed.at_end():
        reader = dialect.parse(feed, strict=True)
        try:
            for cells in reader:
                yield cells, feed.damaged
                feed.forget()
        except csv.Error as error:
            yield _recover(dialect, feed, str(error), width), feed.damaged
            feed.forget()


def _recover(dialect: Dialect, feed: "_Feed", error: str, width: int) -> list[str] | str:
    """What to make of lines that broke the rules of quotation: one loosely written row, or a first line to refuse."""
    lines = feed.taken
    loose = "expected after" in error
    if loose and len(lines) == 1:
        return _parse_loosely(dialect, lines)
    for place in range(1, len(lines)):
        if width != 1 and _has_width(dialect, lines[place], width):
            feed.give_back(lines[place:])
            return _NOT_CLOSED
    if loose:
        return _parse_loosely(dialect, lines)
    feed.give_back(lines[1:])
    return _NOT_CLOSED


def _parse_loosely(dialect: Dialect, lines: list[str]) -> list[str] | str:
    try:
        return next(dialect.parse(lines, strict=False), [])
    except csv.Error as error:
        return f"this row cannot be read ({error})"


def _has_width(dialect: Dialect, line: str, width: int) -> bool:
    try:
        return len(next(dialect.parse([line], strict=True), [])) == width
    except csv.Error:
        return False


@dataclass
class _Feed:
    """Lines on their way into a csv reader; it remembers those of the row being read and takes lines back."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    damaged: bool = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else next(self.lines)
        self.taken.append(line)
        if BAD_BYTE in line:
            self.damaged = True
        return line

    def forget(self) -> None:
        self.taken.clear()
        self.damaged = False

    def give_back(self, lines: list[str]) -> None:
        self.waiting.extend(reversed(lines))

    def at_end(self) -> bool:
        if not self.waiting:
            self.waiting.extend(islice(self.lines, 1))
        return not self.waiting


def _sniff_dialect(lines: list[str]) -> Dialect:
    """The dialect under which most rows have as many cells as the widest usual row; a single column when none has."""
    named = re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE) if lines else None
    if named:
        return Dialect(delimiter=named[1])
    sample = "".join(lines)
    blanks = (False, True) if re.search(r"[,;|] +\"", sample) else (False,)
    escapes = (None, "\\") if '\\"' in sample else (None,)
    options = [Dialect(*option) for option in product(_DELIMITERS, escapes, blanks)]
    rated = [(_rate_dialect(option, lines), option) for option in options]
    rate, best = max(rated, key=lambda pair: pair[0])
    return best if rate > _ONE_COLUMN else Dialect(escape=best.escape if escapes[-1] else None)


def _rate_dialect(dialect: Dialect, lines: list[str]) -> tuple[float, int, int]:
    """The share of rows as wide as the header, the known names in it, and its width; zeros when it is one column."""
    rows = list(islice(_try_rows(dialect, lines), _SNIFFED_ROWS))
    place = next((at for at, cells in enumerate(rows) if len(list_filled(cells)) > 1), 0)
    header = rows[place] if rows else []
    share = sum(len(cells) == len(header) for cells in rows[place:]) / max(1, len(rows) - place)
    known = count_known(header)
    # Under a first line of one cell, separators may be the commas of one column of sentences.
    enough = share >= 0.5 if place == 0 else share >= 0.8 and known > 0
    return (round(share, 1), known, len(header)) if len(header) > 1 and enough else _ONE_COLUMN


def _try_rows(dialect: Dialect, lines: list[str]) -> Iterator[list[str]]:
    """The rows that are not blank; one that breaks the rules of quotation counts as a row without cells."""
    reader = dialect.parse(lines, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield []
        else:
            if any(map(str.strip, cells)):
                yield cells
