"""What people wrote, as Markdown that shows it and nothing else."""

import re

_MARKS = re.compile(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ADDRESS = re.compile(r"(?<=:)//|(?<=www)\.", re.IGNORECASE)  # by which many programs know a bare address
_LINE_START = re.compile(r"^(\s*)([#+>=-]|\d+(?=[.)]))", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """The text so that it renders as itself: no markup, no HTML, no link of a bare address, no list or heading."""
    plain = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
    marked = _MARKS.sub(r"\\\g<0>", plain)
    return _LINE_START.sub(_defused, _ADDRESS.sub(r"\\\g<0>", marked))


def _defused(match: re.Match[str]) -> str:
    blank, sign = match.groups()
    return f"{blank}{sign}\\" if sign.isdigit() else f"{blank}\\{sign}"
