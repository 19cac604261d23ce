"""Tables of feedback (CSV and its kin, JSON Lines, JSON, XLSX) as documents, one for each row.

A file is looked at first (its columns and its first rows decide what is what) and then read as a stream. What is
wrong with the whole file is raised before the first row; what is wrong with a row refuses that row alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from synth.errors import BadInput
from synth.intake.tabular.columns import Layout, has_text_name, is_hidden, recognise
from synth.intake.tabular.dates import get_zone, settle_order
from synth.intake.tabular.delimited import open_delimited
from synth.intake.tabular.jsonrows import open_json, open_json_lines
from synth.intake.tabular.rowreader import DocumentReader
from synth.intake.tabular.rows import Cell, Row, Table, list_names
from synth.intake.tabular.sheets import open_sheets
from synth.intake.tabular.values import is_empty, write_cell
from synth.model import ParsedDocument, Refusal

TableFormat = Literal["csv", "jsonl", "json", "xlsx"]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_SAMPLE: Final = 200
_LONGEST_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What a person sees before importing a table: its columns, its first rows, and the column taken for each field."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None


def read_table(
    path: Path,
    *,
    format: TableFormat,
    mapping: Mapping[str, str] = _NOTHING,
    hidden: Collection[str] = (),
    timezone: str = "UTC",
    name: str | None = None,
) -> Iterator[ParsedDocument | Refusal]:
    """Every row of the table as a document, or as the reason why it was not taken.

    `mapping` is field to column and goes before what is recognised; an empty column leaves that field empty. Columns
    in `hidden` are not read. Times without a zone are in `timezone`. Messages call the file `name`. Raises
    UnreadableFile or BadInput, before any row, when the file as a whole cannot be used.
    """
    zone = get_zone(timezone)
    shown = name or path.name
    tables, refused = _open_tables(path, format, shown)
    layouts: list[tuple[Table, Layout]] = []
    for table in tables:
        try:
            layouts.append((table, _lay_out(table, shown, mapping, hidden, zone)))
        except BadInput as error:
            if len(tables) == 1:
                raise
            refused.append(Refusal(0, f"sheet {table.sheet!r} was left out: {error}"))
    taken = _choose_sheets(layouts, refused)
    if not taken:
        raise BadInput(f"No sheet of {shown} can be read; the first one says: {refused[0].reason}")
    return _read_all(taken, refused)


def preview(path: Path, *, format: TableFormat, rows: int = 10, name: str | None = None) -> TablePreview:
    """The columns, first rows and recognised mapping of a table (of a spreadsheet: of its first sheet with a text).

    Raises UnreadableFile or BadInput when the file as a whole cannot be used; a missing text column is none of that.
    """
    found = []
    for table in _open_tables(path, format, name or path.name)[0]:
        sample = _take_rows(table, _SAMPLE)
        layout = recognise(_turn(table, sample), mapping={}, hidden=(), zone=get_zone("UTC"))
        found.append((table, sample, layout))
    table, sample, layout = next((each for each in found if "text" in each[2].fields), found[0])
    shown = tuple({name: _show(cell) for name, cell in row.cells.items()} for row in sample[:rows])
    return TablePreview(table.columns, shown, layout.fields, table.sheet)


def read_rows(path: Path, *, format: TableFormat, name: str | None = None) -> Iterator[Row | Refusal]:
    """Every row of the first table of a file as it stands; raises like `preview`."""
    yield from _open_tables(path, format, name or path.name)[0][0].read()


def _open_tables(path: Path, format: TableFormat, name: str) -> tuple[list[Table], list[Refusal]]:
    if format == "xlsx":
        return open_sheets(path, name)
    opener = {"csv": open_delimited, "jsonl": open_json_lines, "json": open_json}[format]
    return [opener(path, name)], []


def _lay_out(table: Table, file: str, mapping: Mapping[str, str], hidden: Collection[str], zone: tzinfo) -> Layout:
    """What each column is; raises BadInput when none holds the text."""
    layout = recognise(_turn(table, _take_rows(table, _SAMPLE)), mapping=mapping, hidden=hidden, zone=zone)
    if "text" not in layout.fields:
        names = list_names(column for column in table.columns if not is_hidden(column, layout.hidden))
        raise BadInput(
            f"{file} has no column that looks like text; name one with --map text=COLUMN (there are: {names})."
        )
    if "created_at" in layout.fields and not layout.dates.settled:
        return _settle_dates(table, layout)
    return layout


def _settle_dates(table: Table, layout: Layout) -> Layout:
    """Look through the whole file for one date that shows which number is the day."""
    column = layout.fields["created_at"]
    with closing(table.read()) as rows:
        values = (row.cells.get(column) for row in rows if isinstance(row, Row))
        return replace(layout, dates=settle_order(layout.dates, values))


def _take_rows(table: Table, most: int) -> list[Row]:
    with closing(table.read()) as rows:
        return list(islice((row for row in rows if isinstance(row, Row)), most))


def _turn(table: Table, rows: Sequence[Row]) -> dict[str, list[Cell]]:
    return {name: [row.cells.get(name) for row in rows] for name in table.columns}


def _choose_sheets(layouts: list[tuple[Table, Layout]], refused: list[Refusal]) -> list[tuple[Table, Layout]]:
    """All sheets whose text column has a name for it; where none has, all with a text; the others are refused."""
    named = [pair for pair in layouts if has_text_name(pair[1])] or layouts
    for table, layout in layouts:
        if (table, layout) not in named:
            names = list_names(table.columns)
            reason = f"sheet {table.sheet!r} was left out: no column of it is named as text ({names})"
            refused.append(Refusal(0, reason))
    return named


def _read_all(taken: list[tuple[Table, Layout]], refused: list[Refusal]) -> Iterator[ParsedDocument | Refusal]:
    yield from refused
    for table, layout in taken:
        reader = DocumentReader(layout, sheet=table.sheet if len(taken) > 1 else None)
        for row in table.read():
            yield reader.read(row) if isinstance(row, Row) else row


def _show(cell: Cell) -> str:
    return "" if is_empty(cell) else write_cell(cell)[:_LONGEST_SHOWN]
