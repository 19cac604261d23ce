"""Cells of tables that people open in a spreadsheet."""

import json
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def defused(value: object) -> object:
    """A cell that a spreadsheet shows and does not run (OWASP: CSV injection)."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(FORMULA) else value
