"""JSON as a table: one object a line, an array of objects, or an object that holds such an array.

Nested objects become columns with a dot in their name ('user.name'); lists become one cell.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from synth.errors import UnreadableFile
from synth.intake.encoding import BAD_BYTE, BAD_BYTES, open_text, read_lines, sniff_encoding
from synth.intake.tabular.rows import Cell, Row, Rows, Table
from synth.model import Refusal

_LONGEST: Final = 16_000_000  # characters of one line or one element
_PIECE: Final = 1 << 16
_LONGEST_GAP: Final = 500  # characters between two elements
_TOKEN: Final = 16  # characters that the end of a piece may cut an escape, a number or a word by
_DEEPEST: Final = 4
_SAMPLE: Final = 200
_BLANK: Final = re.compile(r"[\s,\x1e\ufeff]*")
_NEXT_OBJECT: Final = re.compile(r"\}\s*,?\s*(?=\{)")
_NO_OBJECT: Final = "this line is not a JSON object; write every row as {{...}} on one line ({})"


def open_json_lines(path: Path, name: str) -> Table:
    """The table in a file with one JSON object a line, packed with gzip or not."""
    return _open(path, name, _read_lines)


def open_json(path: Path, name: str) -> Table:
    """The table in a JSON document: an array of objects, or the first such array inside an object."""
    return _open(path, name, _read_elements)


def _open(path: Path, name: str, parse: Callable[[IO[str], Path, str], Rows]) -> Table:
    encoding = sniff_encoding(path, name=name)

    def read() -> Rows:
        with open_text(path, encoding) as text:
            yield from parse(text, path, name)

    return Table(_list_columns(name, read()), read)


def _list_columns(name: str, rows: Rows) -> tuple[str, ...]:
    """The columns of the first rows, in the order in which they come up."""
    first = list(islice(rows, _SAMPLE))
    rows.close()
    columns = {column: None for row in first if isinstance(row, Row) for column in row.cells}
    if not columns:
        reason = next((row.reason for row in first if isinstance(row, Refusal)), "it holds no objects")
        raise UnreadableFile(f"{name} holds no rows that can be read: {reason}.")
    return tuple(columns)


def _read_lines(text: IO[str], path: Path, name: str) -> Rows:
    number, too_long = 0, False
    for line in read_lines(text, path, longest=_LONGEST, name=name):
        starts, too_long = not too_long, not line.endswith(("\n", "\r")) and len(line) >= _LONGEST
        number += starts
        if too_long and starts:
            yield Refusal(number, f"this line is longer than {_LONGEST:,} characters")
        elif starts and (bare := line.strip(" \t\r\n\x00\x1e\ufeff")):
            yield _read_line(number, bare)


def _read_line(number: int, line: str) -> Row | Refusal:
    if BAD_BYTE in line:
        return Refusal(number, BAD_BYTES)
    try:
        return _make_row(number, json.loads(line))
    except (ValueError, RecursionError) as error:
        return Refusal(number, _NO_OBJECT.format(_explain(error)))


def _explain(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"


def _make_row(number: int, value: object) -> Row | Refusal:
    if isinstance(value, str):
        return Row(number, {"text": value})
    if not isinstance(value, dict):
        return Refusal(number, _NO_OBJECT.format(f"it is {_name_type(value)}"))
    return Row(number, dict(_flatten(value, "", 1)))


def _name_type(value: object) -> str:
    return "a list" if isinstance(value, list) else "empty" if value is None else "a number"


def _flatten(value: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, Cell]]:
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, dict) and depth < _DEEPEST:
            yield from _flatten(inner, name + ".", depth + 1)
        elif isinstance(inner, list) and not any(isinstance(each, dict | list) for each in inner):
            yield name, ", ".join(str(each) for each in inner if each is not None)
        elif isinstance(inner, dict | list):
            yield name, json.dumps(inner, ensure_ascii=False)
        else:
            yield name, inner


def _read_elements(text: IO[str], path: Path, name: str) -> Rows:
    scan = _Scan(read_lines(text, path, longest=_PIECE, name=name), name)
    if scan.peek() == "{" and not scan.enter_array():
        yield _make_row(1, scan.whole)
        return
    scan.expect("[")
    number, broken = 0, False
    while start := scan.peek():
        if start == "]" and not (broken and scan.skip_to_next_object()):
            return
        number += 1
        try:
            yield _read_element(number, scan)
        except (ValueError, RecursionError) as error:
            broken = True
            yield Refusal(number, f"this element is not valid JSON ({_explain(error)})")
            if not scan.skip_to_next_object():
                return
    yield Refusal(number + 1, "the file breaks off before its last bracket; what came after this row is missing")


def _read_element(number: int, scan: "_Scan") -> Row | Refusal:
    value = scan.take_value()
    if scan.damaged and BAD_BYTE in json.dumps(value, ensure_ascii=False):
        return Refusal(number, BAD_BYTES)
    return _make_row(number, value)


@dataclass
class _Scan:
    """A JSON document read piece by piece: what is in hand, and how far it has been read."""

    pieces: Iterator[str]
    name: str
    hand: str = ""
    at: int = 0
    damaged: bool = False
    whole: object = None
    decoder: json.JSONDecoder = field(default_factory=json.JSONDecoder)

    def peek(self) -> str:
        """The next character that is neither blank nor a comma; empty at the end of the file."""
        while True:
            self.at = _BLANK.match(self.hand, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self.hand):
                return self.hand[self.at]
            if not self._draw():
                return ""

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            raise UnreadableFile(
                f"{self.name} is not a JSON array of objects; export it as [{{...}}, {{...}}] or as JSON Lines."
            )
        self.at += 1

    def take_value(self) -> Any:
        """The next value; raises ValueError when it is not JSON."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.hand, self.at)
            except json.JSONDecodeError as error:
                cut_off = error.pos + _TOKEN > len(self.hand) or error.msg.startswith("Unterminated string")
                if not cut_off or len(self.hand) - self.at > _LONGEST or not self._draw(len(self.hand) - self.at):
                    raise
                continue
            if end == len(self.hand) and self._draw():
                continue
            self.at = end
            return value

    def enter_array(self) -> bool:
        """Go to the first array of objects inside the object; False when there is none, and `whole` is the object."""
        start = self.at
        self.at += 1
        found: dict[str, Any] = {}
        while self.peek() == '"':
            key = self.take_value()
            if self.peek() == ":":
                self.at += 1
            if self.peek() == "[" and self._holds_objects():
                return True
            found[key] = self.take_value()
        self.whole, self.at = found, max(start, self.at)
        return False

    def skip_to_next_object(self) -> bool:
        """Go past a broken element to what looks like the start of the next one; False when there is none."""
        while True:
            if match := _NEXT_OBJECT.search(self.hand, self.at):
                self.at = match.end()
                return True
            self.at = max(self.at, len(self.hand) - _LONGEST_GAP)
            if not self._draw():
                return False

    def _holds_objects(self) -> bool:
        back = self.at
        while len(rest := self.hand[back + 1 :].lstrip()) == 0:
            if not self._draw(keep=True):
                return False
        return rest[0] == "{"

    def _draw(self, least: int = 0, *, keep: bool = False) -> bool:
        """Take more text in hand, at least as much again as waits to be read; False at the end of the file."""
        drawn: list[str] = []
        size = 0
        for piece in self.pieces:
            drawn.append(piece)
            size += len(piece)
            if size >= max(_PIECE, least):
                break
        if not drawn:
            return False
        if not keep:
            self.hand, self.at = self.hand[self.at :], 0
        self.hand += "".join(drawn)
        self.damaged = BAD_BYTE in self.hand
        return True
