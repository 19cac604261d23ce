"""Time codes as transcripts write them, read as seconds."""

import re

STAMP = r"(?:\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,3}|(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?)"
"""A pattern for 0:21, 12:03, 1:02:03, 00:01:02.500 and 0:0:3.12, without brackets."""

_RANGE = rf"{STAMP}(?:\s*(?:-->|[-–—])\s*{STAMP})?"

CODE = rf"(?:\#{STAMP}(?:-\d)?\#|[\[(<]\s*{_RANGE}\s*[\])>]|{_RANGE})"
"""A pattern for a stamp or a range of two, in the brackets that exporters put around them."""

_STAMP = re.compile(STAMP)


def seconds(stamp: str) -> float:
    """The seconds of one stamp: '1:02:03.5' is 3723.5."""
    total = 0.0
    for part in stamp.strip().replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def read_code(code: str | None) -> tuple[float | None, float | None]:
    """Begin and end of a code; the end is None where only one stamp is written, both where there is none."""
    found = [seconds(stamp) for stamp in _STAMP.findall(code or "")[:2]]
    return found[0] if found else None, found[1] if len(found) > 1 else None
