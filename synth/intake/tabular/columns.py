"""Recognising which column of a table is what, by its name and by what stands in it.

What the user says (`mapping`) goes first; then every field takes the column with the best name whose values fit; the
text falls back on the column with the most natural prose, and the date on the first column of written dates.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Final

from synth.errors import BadInput
from synth.intake.tabular.cleaning import clean_text, find_reply_headings
from synth.intake.tabular.dates import DateStyle, choose_style
from synth.intake.tabular.rows import Cell, list_names
from synth.intake.tabular.synonyms import FIELDS, SYNONYMS, fold_name, rate_name, split_words
from synth.intake.tabular.values import (
    Kind,
    NumberStyle,
    choose_kind,
    choose_number_style,
    is_empty,
    is_lossy_id,
    read_amount,
    read_language,
    read_rating,
    write_cell,
)

_ORDER: Final = (
    *("created_at", "text", "title", "rating", "url", "language", "external_id"),
    *("account", "person", "segment", "plan", "revenue", "source"),
)
_CODES: Final = frozenset(("id", "ids", "uuid", "key", "code", "zip", "plz", "phone", "number", "nr", "nummer"))
_LONGEST_ID: Final = 200
_DISTINCT: Final = 0.9  # of the ids of a table, at least; an export that overlaps has a few rows twice
_WORD: Final = re.compile(r"[^\W\d_]{2,}|[^\W\d_]")
_PACKED_SCRIPT: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|[\w.-]+\.[a-z]{2,}/\S*", re.IGNORECASE)
_MAILBOX: Final = re.compile(r"(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column of a table is: the fields found, the kinds of the other columns, and how values are written."""

    fields: Mapping[str, str]
    attributes: Mapping[str, Kind]
    hidden: frozenset[str]
    dates: DateStyle
    amounts: NumberStyle
    reply_headings: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    words: tuple[str, ...]
    values: tuple[Cell, ...]  # without the empty cells
    fill: float  # share of the cells that are not empty


def recognise(
    cells: Mapping[str, Sequence[Cell]], *, mapping: Mapping[str, str], hidden: Collection[str], zone: tzinfo
) -> Layout:
    """The layout of a table, given the first cells of each column.

    `mapping` is field to column, an empty column meaning that the field is not to be filled. Raises BadInput when
    `mapping` names a field or a column that does not exist, or a column whose values cannot be that field.
    """
    folded = frozenset(map(fold_name, hidden))
    columns = [_look_at(name, values) for name, values in cells.items() if not is_hidden(name, folded)]
    fields = _use_mapping(columns, mapping, zone)
    _fill_fields(columns, fields, zone)
    found = {field: column.name for field, column in fields.items() if column}
    return Layout(
        fields=found,
        attributes={column.name: _choose_kind(column) for column in columns if column.name not in found.values()},
        hidden=folded,
        dates=_choose_dates(fields.get("created_at"), zone) or DateStyle(zone=zone),
        amounts=choose_number_style(_values(fields.get("revenue"))),
        reply_headings=find_reply_headings(clean_text(str(value)) for value in _values(fields.get("text"))),
    )


def is_hidden(name: str, hidden: Collection[str]) -> bool:
    """Whether a column, or the object it is a part of ('user.name'), is among the hidden ones (folded names)."""
    parts = name.split(".")
    return any(fold_name(".".join(parts[:end])) in hidden for end in range(1, len(parts) + 1))


def has_text_name(layout: Layout) -> bool:
    """Whether the text column was known by its name, not only by the prose in it."""
    return rate_name(split_words(layout.fields.get("text", "")), "text") > 0


def _look_at(name: str, cells: Sequence[Cell]) -> _Column:
    values = tuple(cell for cell in cells if not is_empty(cell))
    return _Column(name, split_words(name), values, len(values) / len(cells) if cells else 0.0)


def _values(column: _Column | None) -> tuple[Cell, ...]:
    return column.values if column else ()


def _choose_kind(column: _Column) -> Kind:
    """What the column holds; ids and codes stay as they are written, though they be digits."""
    return "words" if _CODES.intersection(column.words[-1:]) else choose_kind(column.values)


def _use_mapping(columns: list[_Column], mapping: Mapping[str, str], zone: tzinfo) -> dict[str, _Column | None]:
    fields: dict[str, _Column | None] = {}
    for field, name in mapping.items():
        if field not in FIELDS:
            raise BadInput(f"There is no field {field!r} to map a column to; the fields are {', '.join(FIELDS)}.")
        fields[field] = _find_column(columns, field, name) if name.strip() else None
    if (column := fields.get("created_at")) and column.values and not _choose_dates(column, zone):
        example = write_cell(column.values[0])[:40]
        raise BadInput(
            f"The column {column.name!r}, mapped to created_at, holds no dates that can be read: {example!r}."
        )
    if (column := fields.get("external_id")) and any(map(is_lossy_id, column.values)):
        example = write_cell(next(filter(is_lossy_id, column.values)))
        raise BadInput(f"The ids in {column.name!r} were shortened by a spreadsheet ({example}); map another column.")
    return fields


def _find_column(columns: list[_Column], field: str, name: str) -> _Column:
    for fold in (str, str.strip, fold_name):
        for column in columns:
            if fold(column.name) == fold(name):
                return column
    names = list_names(column.name for column in columns)
    raise BadInput(f"There is no column {name!r} to take the {field} from; the columns are: {names}.")


def _fill_fields(columns: list[_Column], fields: dict[str, _Column | None], zone: tzinfo) -> None:
    """Give every field that the user left open the best of the columns that are still free."""
    finders: Mapping[str, Callable[[list[_Column]], _Column | None]] = {
        "created_at": partial(_find_dates, zone=zone),
        "text": _find_text,
    }
    for field in _ORDER:
        if field not in fields:
            taken = [column for column in fields.values() if column]
            free = [column for column in columns if column not in taken]
            fields[field] = finders.get(field, partial(_find_by_name, field=field))(free)
    if not fields["text"] and fields["title"]:
        fields["text"], fields["title"] = fields["title"], None


def _find_by_name(columns: list[_Column], field: str) -> _Column | None:
    rated = [(_rate(column, field), column) for column in columns]
    best = max((rate for rate, _ in rated), default=0.0)
    return next((column for rate, column in rated if rate == best), None) if best > 0 else None


def _rate(column: _Column, field: str) -> float:
    """How well the column's name suits, as long as its values fit; an empty column only under a plain name."""
    rate = rate_name(column.words, field)
    if not column.values:
        return rate - 0.6
    return rate if rate > 0 and _FITS[field](column) else 0.0


def _find_dates(columns: list[_Column], zone: tzinfo) -> _Column | None:
    rated = [(rate_name(column.words, "created_at"), column) for column in columns]
    for rate, column in sorted(rated, key=lambda pair: -pair[0]):
        if rate > 0 and _choose_dates(column, zone):
            return column
    unlikely = SYNONYMS["created_at"].never
    for _, column in rated:
        if not unlikely.intersection(column.words) and choose_style(_cells(column), zone=zone, named=False):
            return column
    return None


def _choose_dates(column: _Column | None, zone: tzinfo) -> DateStyle | None:
    return choose_style(_cells(column), zone=zone) if column else None


def _cells(column: _Column) -> list[Cell]:
    return list(column.values)


def _find_text(columns: list[_Column]) -> _Column | None:
    """The column with the best prose among those with a name for it; another one when that only sorts the rows."""
    prose = {column.name: _rate_prose(column) for column in columns}
    named = [
        (rate, column) for column in columns if (rate := rate_name(column.words, "text")) > 0 and _may_be_text(column)
    ]
    best = max(named, key=lambda pair: (0.2 + prose[pair[1].name]) * pair[0], default=(0.0, None))[1]
    other = max(filter(_may_be_said, columns), key=lambda column: prose[column.name], default=None)
    if best and other and prose[best.name] < 0.25 * prose[other.name] and _is_repetitive(best):
        return other
    return best or other


def _may_be_said(column: _Column) -> bool:
    """Prose under any name but a title's or that of an answer to what was said."""
    is_answer = bool(SYNONYMS["text"].seldom.intersection(column.words))
    return _is_prose(column) and not is_answer and rate_name(column.words, "title") == 0


def _is_repetitive(column: _Column) -> bool:
    return 2 * len(set(map(str, column.values))) <= len(column.values)


def _may_be_text(column: _Column) -> bool:
    """Words, not amounts: most values hold a letter or a symbol such as an emoji."""
    numbers = sum(read_amount(value, NumberStyle()) is not None for value in column.values)
    return not column.values or (numbers < 0.5 * len(column.values) and not _are_contacts(column))


def _is_prose(column: _Column) -> bool:
    values = [str(value) for value in column.values]
    words = sum(map(_count_words, values)) / max(1, len(values))
    return words >= 3 and len(set(values)) >= 0.5 * len(values) and not _are_contacts(column)


def _rate_prose(column: _Column) -> float:
    """How much a column reads like what people say: many words, seldom the same, seldom missing."""
    if not column.values or not _may_be_text(column):
        return 0.0
    counts = [_count_words(str(value)) for value in column.values]
    distinct = len(set(map(str, column.values))) / len(counts)
    several = sum(count > 2 for count in counts) / len(counts)
    length = math.log1p(min(60.0, sum(counts) / len(counts)))
    return length * (0.2 + 0.8 * distinct) * (0.3 + 0.7 * several) * math.sqrt(column.fill)


def _count_words(text: str) -> int:
    return len(_WORD.findall(text[:2000])) + len(_PACKED_SCRIPT.findall(text[:2000])) // 2


def _are_addresses(column: _Column) -> bool:
    return _most(column, lambda value: bool(_ADDRESS.fullmatch(str(value).strip())), 0.8)


def _are_contacts(column: _Column) -> bool:
    """Addresses of pages or of people: where something or somebody is, not what was said."""
    return _are_addresses(column) or _most(column, lambda value: bool(_MAILBOX.fullmatch(str(value).strip())), 0.8)


def _most(column: _Column, test: Callable[[Cell], bool], share: float = 0.9) -> bool:
    return sum(map(test, column.values)) >= share * len(column.values)


def _is_short(column: _Column) -> bool:
    values = [str(value) for value in column.values]
    return sum(map(len, values)) <= 60 * len(values) and sum(map(_count_words, values)) <= 6 * len(values)


def _is_group(column: _Column) -> bool:
    return _is_short(column) and not _most(column, lambda value: read_amount(value, NumberStyle()) is not None)


def _is_person(column: _Column) -> bool:
    """Short, and more than one where there are many: a file of one name is named after a product."""
    return _is_short(column) and (len(column.values) < 10 or len(set(map(str, column.values))) > 1)


def _is_identity(column: _Column) -> bool:
    """Every row has one, hardly any two rows the same, none of them shortened by a spreadsheet."""
    ids = [write_cell(value) for value in column.values]
    rounded = sum(len(each) > 15 and each.isdigit() and each.endswith("000") for each in ids)
    return (
        column.fill == 1
        and len(set(ids)) >= _DISTINCT * len(ids)
        and max(map(len, ids)) <= _LONGEST_ID
        and rounded < 0.5 * len(ids)
        and not any(map(is_lossy_id, column.values))
    )


_FITS: Final[Mapping[str, Callable[[_Column], bool]]] = {
    "title": lambda column: _may_be_text(column),
    "rating": lambda column: _most(column, lambda value: read_rating(value) is not None),
    "url": _are_addresses,
    "language": lambda column: _most(column, lambda value: read_language(value) is not None),
    "external_id": _is_identity,
    "account": _is_short,
    "person": _is_person,
    "segment": _is_group,
    "plan": _is_group,
    "source": _is_group,
    "revenue": lambda column: _most(column, lambda value: read_amount(value, NumberStyle()) is not None),
}
