"""Where the header of a table stands, among the lines that reports and survey tools put above and under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from synth.errors import BadInput
from synth.intake.tabular.dates import DateStyle, read_date
from synth.intake.tabular.rows import Cell, name_columns
from synth.intake.tabular.synonyms import FIELDS, rate_name, split_words
from synth.intake.tabular.values import NumberStyle, read_amount

MOST_COLUMNS: Final = 2_000
_MOST_ABOVE: Final = 15
_LONGEST_NAME: Final = 12  # words


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, how many rows stand before its first one, and which rows under it repeat the header."""

    columns: tuple[str, ...]
    skipped: int
    repeated: frozenset[int] = frozenset()

    def is_above(self, number: int) -> bool:
        """Whether the row of that number (from 1) belongs to the header."""
        return number <= self.skipped or number in self.repeated


def find_header(name: str, rows: Sequence[Sequence[Cell]]) -> Header:
    """The header among the first rows of a table: the first row with about as many filled cells as the widest.

    A table without one gets 'column 1', 'column 2' and so on. Raises BadInput when there are no rows under it,
    or far too many columns; `name` says in the message what was read.
    """
    widest = max((len(list_filled(cells)) for cells in rows), default=0)
    if widest == 0:
        raise BadInput(f"{name} holds no words at all; export it again with its rows.")
    if widest > MOST_COLUMNS:
        raise BadInput(
            f"{name} has {widest:,} columns; a table may have {MOST_COLUMNS:,}: leave out what nobody needs."
        )
    place = next((at for at, cells in enumerate(rows[:_MOST_ABOVE]) if not _is_above(cells, widest)), 0)
    if _is_data(rows[place]):
        return Header(name_columns([None] * max(map(len, rows))), skipped=place)
    repeated = _find_repeated(rows, place)
    if not any(list_filled(cells) for at, cells in enumerate(rows) if at > place and at + 1 not in repeated):
        raise BadInput(f"{name} has a header and no rows under it; export it again with its rows.")
    return Header(name_columns(_trim_end(rows, place, repeated)), skipped=place + 1, repeated=repeated)


def list_filled(cells: Sequence[Cell]) -> list[Cell]:
    """The cells that are not blank."""
    return [cell for cell in cells if cell is not None and str(cell).strip()]


def count_known(header: Sequence[Cell]) -> int:
    """How many of the cells are names that columns usually have."""
    return sum(any(rate_name(split_words(str(cell)), field) > 0 for field in FIELDS) for cell in header[:MOST_COLUMNS])


def _is_above(cells: Sequence[Cell], widest: int) -> bool:
    """Whether a row is a title, a remark or Excel's 'sep=;' rather than a header: few cells, or its first one alone."""
    filled = list_filled(cells)
    alone = len(filled) == 1 and widest > 1 and bool(list_filled(cells[:1]))
    return 2 * len(filled) < widest or alone or bool(filled and str(filled[0]).casefold().startswith("sep="))


def _is_data(cells: Sequence[Cell]) -> bool:
    """Whether the first row is no header: no name is known, and a cell is a number, a date or a whole sentence."""
    return not count_known(cells) and any(_is_value(cell) for cell in list_filled(cells))


def _is_value(cell: Cell) -> bool:
    if read_amount(cell, NumberStyle()) is not None or read_date(cell, DateStyle()) is not None:
        return True
    return len(str(cell).split()) > _LONGEST_NAME


def _find_repeated(rows: Sequence[Sequence[Cell]], place: int) -> frozenset[int]:
    """Rows (from 1) under the header that name the columns again, as Qualtrics and SurveyMonkey export them."""
    under = rows[place + 1] if place + 1 < len(rows) else []
    if any(str(cell).strip().casefold() == "open-ended response" for cell in list_filled(under)):
        return frozenset((place + 2,))
    for at in range(place + 1, min(place + 4, len(rows))):
        if any(isinstance(cell, str) and '{"ImportId"' in cell for cell in rows[at]):
            return frozenset(range(place + 2, at + 2))
    return frozenset()


def _trim_end(rows: Sequence[Sequence[Cell]], place: int, repeated: frozenset[int]) -> Sequence[Cell]:
    """The header without the nameless columns at its end that no row fills."""
    header = rows[place]
    width = len(header)
    under = [cells for at, cells in enumerate(rows) if at > place and at + 1 not in repeated]
    while width > 1 and not list_filled(
        [header[width - 1], *(cells[width - 1] for cells in under if len(cells) >= width)]
    ):
        width -= 1
    return header[:width]
