"""A table before anybody knows what its columns mean: named columns, and rows of cells."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from synth.model import Refusal

_MOST_SHOWN: Final = 40
_LONGEST_SHOWN: Final = 60

Cell = str | float | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column; `number` is counted from 1, the header's row included."""

    number: int
    cells: Mapping[str, Cell]


Rows = Generator[Row | Refusal, None, None]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file; `read` opens it anew on every call and yields its rows in order."""

    columns: tuple[str, ...]
    read: Callable[[], Rows]
    sheet: str | None = None


def list_names(columns: Iterable[str]) -> str:
    """The names of columns as a message can show them: the first of them, each cut short."""
    names = [name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "…" for name in columns]
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(names[:_MOST_SHOWN]) + more


def name_columns(header: Sequence[object]) -> tuple[str, ...]:
    """The header's cells as distinct names; a nameless column is called after its place, counted from 1."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(str(cell if cell is not None else "").replace("\ufeff", "").split()) or f"column {place}"
        again = 2
        plain = name
        while name in names:
            name, again = f"{plain} ({again})", again + 1
        names.append(name)
    return tuple(names)
