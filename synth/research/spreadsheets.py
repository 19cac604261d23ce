"""Tables as researchers keep them: CSV and Excel, written so that no cell runs, read by the names of their columns."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from synth.errors import BadInput
from synth.wire.cells import FORMULA, defused
from synth.words.xml import writable

Sheet = tuple[Sequence[str], Sequence[Sequence[Any]]]  # columns and rows


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows as CSV, with the mark by which Excel knows that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([[defused(cell) for cell in row] for row in rows])
    return buffer.getvalue().encode("utf-8-sig")


def write_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook with a sheet for each name."""
    from openpyxl import Workbook

    def shown(cell: object) -> Any:
        safe = defused(cell)
        return writable(safe) if isinstance(safe, str) else safe

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(columns))
        for row in rows:
            sheet.append([shown(cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_table(content: bytes, kind: str) -> list[dict[str, str]]:
    """The rows of a CSV or Excel table by their columns in small letters; raises BadInput."""
    if kind == "xlsx" or content.startswith(b"PK"):
        return _named(_read_sheet(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        return _named(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise BadInput(f"The table cannot be read ({error}); save it as CSV or .xlsx again.") from error


def _read_sheet(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:
        raise BadInput("The workbook cannot be read; save it as CSV or .xlsx again.") from error


def _named(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    if not rows:
        return []
    columns = [" ".join(str(name).split()).casefold().replace(" ", "_") for name in rows[0]]
    undone = ({name: _unmarked(cell) for name, cell in zip(columns, row, strict=False)} for row in rows[1:])
    return [row for row in undone if any(row.values())]


def _unmarked(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(FORMULA) else cell
