"""Rows as files: JSON Lines and JSON with all there is, CSV, Excel and Markdown with the columns of a table.

No cell of a table is one that a spreadsheet runs, and none of a Markdown table is one that breaks the table or becomes
a link or an image. Times are ISO 8601, in UTC.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from synth.errors import BadInput
from synth.exporting import EVERYTHING, FORMATS, Wanted
from synth.exporting.lists import LISTS, export_rows
from synth.exporting.rows import Row
from synth.parts import Parts
from synth.wire.cells import defused
from synth.words.markdown import escape_markdown
from synth.words.xml import writable

MOST_ROWS = 1_048_575  # of an Excel sheet, beside its header
LONGEST_CELL = 32_767  # characters that Excel takes


def export_lines(parts: Parts, workspace: str, what: str, format: str, wanted: Wanted = EVERYTHING) -> Iterator[str]:
    """An export as text: JSON Lines, JSON, CSV or Markdown; raises BadInput for another format."""
    if format not in FORMATS or format == "xlsx":
        raise BadInput(f"'{format}' is no format of an export; choose {', '.join(FORMATS)}.")
    rows = export_rows(parts, workspace, what, wanted)
    if format == "jsonl":
        return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if format == "json":
        return _json_lines(rows)
    if format == "md":
        return _markdown_lines(rows, LISTS[what].columns)
    return _csv_lines(rows, LISTS[what].columns)


def export_workbook(parts: Parts, workspace: str, what: str, wanted: Wanted = EVERYTHING) -> bytes:
    """An export as an Excel workbook; raises BadInput where a sheet has no room for it."""
    from openpyxl import Workbook

    def shown(value: object) -> Any:
        cell = defused(value)
        return writable(cell)[:LONGEST_CELL] if isinstance(cell, str) else cell

    rows, columns = export_rows(parts, workspace, what, wanted), LISTS[what].columns
    book = Workbook(write_only=True)
    sheet = book.create_sheet(what)
    sheet.append(list(columns))
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise BadInput(f"A sheet of Excel holds {MOST_ROWS:,} rows; narrow the list, or take it as CSV.")
        sheet.append([shown(row.get(column)) for column in columns])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return file.read()


def refused_lines(refusals: Sequence[tuple[int, str]]) -> Iterator[str]:
    """The refused rows of an import as CSV; row 0 is the whole file."""
    return _csv_lines(({"row": row, "reason": reason} for row, reason in refusals), ("row", "reason"))


def _csv_lines(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(row.get(column)) for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One array, a row on a line."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _markdown_lines(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(column)) for column in columns)} |\n"


def _cell(value: object) -> str:
    """On one line, as it was written: no markup, and nothing that a spreadsheet runs once the table is pasted there."""
    return "" if value is None else escape_markdown(" ".join(str(defused(value)).split()))
