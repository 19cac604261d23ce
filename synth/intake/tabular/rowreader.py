"""One row of a table as a document: its text and what is known about it, or the reason why it is not taken."""

from datetime import datetime
from typing import Final

from synth.intake.tabular.cleaning import cut_deletion_mark, cut_reply
from synth.intake.tabular.columns import Layout, is_hidden
from synth.intake.tabular.dates import EARLIEST, latest_date, read_date
from synth.intake.tabular.rows import Cell, Row
from synth.intake.tabular.values import (
    Kind,
    is_empty,
    is_lossy_id,
    read_amount,
    read_attribute,
    read_language,
    read_name,
    read_rating,
    write_cell,
    write_line,
)
from synth.model import Attribute, ParsedDocument, Refusal

_LONGEST_TEXT: Final = 1_000_000
_LONGEST_ID: Final = 200
_NO_TEXT: Final = frozenset(("nan", "null", "(null)", "#n/a"))


class DocumentReader:
    """Reads the rows of one table in one layout; remembers their ids, so that no two documents share one by mistake."""

    def __init__(self, layout: Layout, *, sheet: str | None = None) -> None:
        self._layout = layout
        self._sheet = sheet
        self._latest = latest_date()
        self._texts_by_id: dict[int, int] = {}
        self._kinds: dict[str, Kind | None] = dict(layout.attributes)
        self._kinds.update(dict.fromkeys(layout.fields.values()))

    def read(self, row: Row) -> ParsedDocument | Refusal:
        """The document in `row`, or a refusal with the reason."""
        attributes: dict[str, Attribute] = {}
        try:
            title = self._line(row, "title")
            text = self._read_text(row, title, attributes)
            created_at = self._read_date(row)
        except ValueError as error:
            return Refusal(row.number, str(error))
        self._add_attributes(row, attributes)
        return ParsedDocument(
            text=text,
            row=row.number,
            external_id=self._read_id(row, text),
            title=title,
            created_at=created_at,
            person=self._name(row, "person"),
            account=self._name(row, "account"),
            source=self._line(row, "source"),
            language=self._read_language(row, attributes),
            rating=self._read_rating(row, attributes),
            url=self._line(row, "url"),
            segment=self._line(row, "segment"),
            plan=self._line(row, "plan"),
            revenue=self._read_revenue(row, attributes),
            attributes=attributes,
        )

    def _cell(self, row: Row, field: str) -> Cell:
        """What the row holds for a field; None when that is nothing."""
        column = self._layout.fields.get(field)
        value = row.cells.get(column) if column is not None else None
        return None if value is None or is_empty(value) else value

    def _line(self, row: Row, field: str) -> str | None:
        value = self._cell(row, field)
        return None if value is None else write_line(value) or None

    def _name(self, row: Row, field: str) -> str | None:
        value = self._cell(row, field)
        return None if value is None else read_name(value)

    def _read_text(self, row: Row, title: str | None, attributes: dict[str, Attribute]) -> str:
        """The title and the body as one text; raises ValueError when there is none, or too much."""
        column = self._layout.fields["text"]
        cell = row.cells.get(column)
        body = "" if cell is None else write_cell(cell)
        if len(body) > _LONGEST_TEXT:
            raise ValueError(f"the text is longer than {_LONGEST_TEXT:,} characters; split it into several rows")
        body, reply = cut_reply("" if body.casefold() in _NO_TEXT else body, self._layout.reply_headings)
        body, deleted = cut_deletion_mark(body)
        if reply:
            attributes["developer_reply"] = reply
        if deleted:
            attributes["deleted"] = True
        text = _join(title, body)
        if not text:
            raise ValueError(f"row has no text in column {column!r}" + (": it was deleted" if deleted else ""))
        return text

    def _read_date(self, row: Row) -> datetime | None:
        """The row's moment; raises ValueError when there is something that nobody can read or believe."""
        value = self._cell(row, "created_at")
        if value is None:
            return None
        column = self._layout.fields["created_at"]
        moment = read_date(value, self._layout.dates)
        if moment is None:
            raise ValueError(
                f"the date {write_cell(value)[:60]!r} in column {column!r} cannot be read; "
                "write it like 2026-11-22 or 2026-11-22 09:30"
            )
        if not EARLIEST <= moment <= self._latest:
            raise ValueError(
                f"the date {write_cell(value)[:60]!r} in column {column!r} lies outside the years {EARLIEST.year} to "
                f"{self._latest.year}; correct it or leave it empty"
            )
        return moment

    def _read_id(self, row: Row, text: str) -> str | None:
        """The row's id; None when an earlier row with another text has the same, so that neither is lost."""
        value = self._cell(row, "external_id")
        if value is None or is_lossy_id(value):
            return None
        written = write_line(value)
        if not 0 < len(written) <= _LONGEST_ID:
            return None
        return written if self._texts_by_id.setdefault(hash(written), hash(text)) == hash(text) else None

    def _read_language(self, row: Row, attributes: dict[str, Attribute]) -> str | None:
        value = self._cell(row, "language")
        language = None if value is None else read_language(value)
        if value is not None and language != write_line(value).casefold():
            attributes.setdefault(self._layout.fields["language"], write_line(value))
        return language

    def _read_rating(self, row: Row, attributes: dict[str, Attribute]) -> float | None:
        value = self._cell(row, "rating")
        rating = None if value is None else read_rating(value)
        if value is not None and rating is None:
            attributes.setdefault(self._layout.fields["rating"], write_cell(value))
        return rating

    def _read_revenue(self, row: Row, attributes: dict[str, Attribute]) -> float | None:
        value = self._cell(row, "revenue")
        revenue = None if value is None else read_amount(value, self._layout.amounts)
        if value is not None and revenue is None:
            attributes.setdefault(self._layout.fields["revenue"], write_cell(value))
        return revenue

    def _add_attributes(self, row: Row, attributes: dict[str, Attribute]) -> None:
        """Every other column, except the hidden ones; a column that came up late in the file is read as words."""
        for name, value in row.cells.items():
            if name not in self._kinds:
                self._kinds[name] = None if is_hidden(name, self._layout.hidden) else "words"
            kind = self._kinds[name]
            if kind is not None and not is_empty(value):
                attributes[name] = read_attribute(value, kind)
        if self._sheet is not None:
            attributes["sheet"] = self._sheet


def _join(title: str | None, body: str) -> str:
    """Title, line end, body; the body alone when it begins with the title, whole or cut short with dots."""
    if not title or not body:
        return body or title or ""
    if body[0].casefold() != title[0].casefold():
        return f"{title}\n{body}"
    start = title.rstrip(".… ").casefold() if title.endswith(("…", "...")) else title.casefold()
    if " ".join(body[: 2 * len(start) + 20].split()).casefold().startswith(start):
        return body
    return f"{title}\n{body}"
