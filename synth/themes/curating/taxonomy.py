"""Reading a taxonomy from a file: CSV or JSON Lines with name, definition and examples."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synth.errors import BadInput

LARGEST = 5_000_000  # bytes of a taxonomy
_BETWEEN = ("|", "\n")  # what stands between examples in a cell
_WAYS = "Write CSV with the columns name, definition and examples (separated by |), or JSON Lines with the same keys."


def read_taxonomy(path: Path) -> list[Mapping[str, Any]]:
    """The themes in a file, each as {name, definition, examples}; raises BadInput for what is no taxonomy."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}; check the path.")
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path.name} is larger than {LARGEST:,} bytes; a taxonomy is a short list of themes.")
    try:
        content = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text. {_WAYS}") from None
    return read_lines(content, path.name)


def read_lines(content: str, name: str) -> list[Mapping[str, Any]]:
    """The same from the text of a file of that name."""
    rows = _read_json(content, name) if content.lstrip().startswith(("{", "[")) else _read_csv(content, name)
    if not rows:
        raise BadInput(f"There is no theme in {name}. {_WAYS}")
    return [_theme(row, number, name) for number, row in enumerate(rows, 1)]


def _read_csv(content: str, name: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(content, newline=""), skipinitialspace=True)
    columns = {column.strip().casefold(): column for column in rows.fieldnames or () if column}
    if "name" not in columns:
        raise BadInput(f"{name} has no column 'name'. {_WAYS}")
    try:
        return [{known: row.get(column) for known, column in columns.items()} for row in rows]
    except csv.Error as error:
        raise BadInput(f"{name} cannot be read as CSV ({error}). {_WAYS}") from None


def _read_json(content: str, name: str) -> list[dict[str, Any]]:
    try:
        whole = content.lstrip().startswith("[")
        rows = json.loads(content) if whole else [json.loads(line) for line in content.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} cannot be read as JSON Lines ({error}). {_WAYS}") from None
    if not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"Every line of {name} has to be one theme in braces. {_WAYS}")
    return [{str(key).casefold(): value for key, value in row.items()} for row in rows]


def _theme(row: Mapping[str, Any], number: int, name: str) -> dict[str, Any]:
    """One theme with its examples as a list; what is not there is empty."""
    named = row.get("name")
    if not isinstance(named, str) or not named.strip():
        raise BadInput(f"Theme {number} of {name} has no name. {_WAYS}")
    definition, examples = row.get("definition") or "", row.get("examples") or []
    if isinstance(examples, str):
        examples = _cut(examples)
    if not isinstance(definition, str) or not isinstance(examples, list):
        raise BadInput(f"“{named}” of {name} needs a definition in words and examples as a list. {_WAYS}")
    return {"name": named.strip(), "definition": definition.strip(), "examples": [str(each) for each in examples]}


def _cut(cell: str) -> list[str]:
    for sign in _BETWEEN:
        cell = cell.replace(sign, "\n")
    return [line.strip() for line in cell.splitlines() if line.strip()]
