"""Spreadsheets (XLSX) as tables: one for each sheet that holds something, read without loading the whole file."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from synth.errors import BadInput, UnreadableFile
from synth.intake.tabular.cleaning import read_excel_escapes
from synth.intake.tabular.headers import Header, find_header, list_filled
from synth.intake.tabular.rows import Cell, Row, Rows, Table
from synth.model import Refusal

if TYPE_CHECKING:
    from openpyxl import Workbook


_SAMPLE: Final = 200
_MOST_UNPACKED: Final = 200 << 20
_HIGHEST_RATIO: Final = 200
_MANY_BLANK_ROWS: Final = 10_000
_OFFICE_97: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_NO_VALUES: Final = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"))


def open_sheets(path: Path, name: str) -> tuple[list[Table], list[Refusal]]:
    """The sheets with a header and rows, and a refusal (row 0) for each other one that holds something.

    Raises UnreadableFile when the file is no spreadsheet, is damaged, has a password or unpacks to too much;
    BadInput when no sheet has rows.
    """
    _check_archive(path, name)
    tables: list[Table] = []
    refused: list[Refusal] = []
    for title, rows in _sample_sheets(path, name):
        try:
            header = find_header(f"the sheet {title!r} of {name}", rows)
        except BadInput as error:
            if any(map(list_filled, rows)):
                refused.append(Refusal(0, str(error)))
        else:
            tables.append(Table(header.columns, partial(_read_sheet, path, name, title, header), title))
    if not tables:
        raise BadInput(refused[0].reason if refused else f"{name} holds no rows; export it again with its rows.")
    return tables, refused


def _check_archive(path: Path, name: str) -> None:
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise UnreadableFile(f"{name} is empty; export it again and upload the new file.")
        if start == _OFFICE_97:
            locked = _ENCRYPTED in start + file.read()
            advice = (
                "is protected by a password; remove it in Excel"
                if locked
                else "is in the format of Excel 97; save it as XLSX"
            )
            raise UnreadableFile(f"{name} {advice} and upload it again.")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(f"{name} is not an XLSX spreadsheet, or a damaged one; save it as XLSX again.") from error
    names = {entry.filename for entry in entries}
    if "content.xml" in names:
        raise UnreadableFile(f"{name} is an OpenDocument file; save it as XLSX or CSV.")
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise UnreadableFile(
            f"{name} is a zip archive and not an XLSX spreadsheet; unpack it and upload what is inside."
        )
    _check_size(name, entries)


def _check_size(name: str, entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    swollen = any(entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1 << 14) for entry in entries)
    if unpacked > _MOST_UNPACKED or swollen:
        raise UnreadableFile(
            f"{name} unpacks to {unpacked >> 20} MB, more than a spreadsheet may here; save it as CSV and upload that."
        )


def _sample_sheets(path: Path, name: str) -> list[tuple[str, list[list[Cell]]]]:
    with _open_book(path, name) as book:
        return [(sheet.title, list(islice(_read_rows(sheet), _SAMPLE))) for sheet in book.worksheets]


@contextmanager
def _open_book(path: Path, name: str) -> "Iterator[Workbook]":
    """The workbook, opened for reading values one row at a time; its faults become UnreadableFile."""
    import warnings

    from openpyxl import load_workbook

    with path.open("rb") as file:  # openpyxl leaves a file that it opened itself open when it fails
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # openpyxl lets through whatever its parsers raise on a damaged part
            raise UnreadableFile(f"{name} is a damaged spreadsheet; open it and save it as XLSX again.") from error
        try:
            yield book
        finally:
            book.close()


def _read_sheet(path: Path, name: str, title: str, header: Header) -> Rows:
    columns, width = header.columns, len(header.columns)
    with _open_book(path, name) as book:
        for number, cells in enumerate(_read_rows(book[title]), start=1):
            if header.is_above(number) or not list_filled(cells):
                continue
            if list_filled(cells[width:]):
                yield Refusal(
                    number, f"this row has a cell in column {len(cells)}, but the header ends at column {width}"
                )
            else:
                yield Row(number, dict(zip(columns, cells, strict=False)))


def _read_rows(sheet: Any) -> Iterator[list[Cell]]:
    """The rows of a sheet; it ends where nothing but blank rows follows for long."""
    sheet.reset_dimensions()
    blank = 0
    try:
        for cells in sheet.iter_rows(values_only=True):
            row = [_read_cell(cell) for cell in cells]
            blank = 0 if list_filled(row) else blank + 1
            if blank > _MANY_BLANK_ROWS:
                return
            yield row
    except Exception as error:  # openpyxl lets through whatever its parsers raise on a damaged part
        raise UnreadableFile(
            f"The sheet {sheet.title!r} is damaged; open the file and save it as XLSX again."
        ) from error


def _read_cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return None if cell in _NO_VALUES else read_excel_escapes(cell)
    if isinstance(cell, datetime | bool | int | float) or cell is None:
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    return str(cell)
