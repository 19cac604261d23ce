"""Timestamps as exports have them: one style is chosen for a whole column, and every cell is read in that style.

Numeric days and months (3/4/2026) are ambiguous in a cell and rarely in a column: a day above 12 settles it, and where
there is none, the order that keeps the column in sequence wins. Times without a zone are in the column's `zone`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from synth.errors import BadInput
from synth.intake.tabular.moments import NUMBER, NUMERIC_DATE, WORD, read_foreign, read_number, read_written
from synth.intake.tabular.months import MONTHS, ZONES

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
YEARS_AHEAD: Final = 2

_MOST_WEIGHED: Final = 5000
_MOST_LOOKED_UP: Final = 10


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How one column writes its dates; `settled` is false while no value has shown which number is the day."""

    zone: tzinfo = UTC
    day_first: bool = True
    settled: bool = False
    any_language: bool = False


def get_zone(name: str) -> tzinfo:
    """The time zone of that IANA name; raises BadInput when there is none."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadInput(
            f"There is no time zone {name!r}; use a name such as Europe/Berlin or America/New_York."
        ) from error


def choose_style(values: Sequence[object], *, zone: tzinfo = UTC, named: bool = True) -> DateStyle | None:
    """The style in which most of `values` (none of them empty) can be read; None when that is half of them or fewer.

    `named` says that the column is called a date: then bare numbers count (seconds since 1970, days of a spreadsheet),
    and months in other languages are looked up.
    """
    given = [value for value in values if named or not _is_number(value)]
    style = _choose_order(given, DateStyle(zone=zone))
    if _reads_most(values, given, style):
        return style
    foreign = replace(style, any_language=True)
    few = [value for value in given[:_MOST_LOOKED_UP] if _has_foreign_word(value)]
    if named and 2 * len(few) > len(given[:_MOST_LOOKED_UP]) and _reads_most(few, few, foreign):
        return foreign
    return None


def settle_order(style: DateStyle, values: Iterable[object]) -> DateStyle:
    """`style` with the order of day and month that a whole column shows: by a number above 12, else by calm."""
    ambiguous: list[str] = []
    for value in values:
        vote = _vote(value)
        if vote is not None:
            return replace(style, day_first=vote, settled=True)
        if len(ambiguous) < _MOST_WEIGHED and isinstance(value, str) and _is_ambiguous(value):
            ambiguous.append(value)
    return replace(_choose_calmer(ambiguous, style), settled=True)


def read_date(value: object, style: DateStyle) -> datetime | None:
    """The moment in UTC that `value` names, or None when nobody can read it."""
    moment = _read_moment(value, style)
    try:
        return moment.astimezone(UTC) if moment else None
    except (OverflowError, ValueError):
        return None


def latest_date() -> datetime:
    """The latest moment an export can plausibly name: some years from now, for wrong clocks and planned dates."""
    return datetime.now(UTC) + timedelta(days=366 * YEARS_AHEAD)


def _read_moment(value: object, style: DateStyle) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=style.zone)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return read_number(float(value), style.zone)
    text = str(value).strip()
    moment = read_written(text, style.day_first, style.zone)
    return read_foreign(text, style.day_first, style.zone) if moment is None and style.any_language else moment


def _reads_most(values: Sequence[object], given: Sequence[object], style: DateStyle) -> bool:
    return 2 * sum(read_date(value, style) is not None for value in given) > len(values)


def _choose_order(values: Sequence[object], style: DateStyle) -> DateStyle:
    votes = [vote for vote in map(_vote, values) if vote is not None]
    if votes:
        return replace(style, day_first=2 * sum(votes) >= len(votes), settled=True)
    ambiguous = [value for value in values if isinstance(value, str) and _is_ambiguous(value)]
    return _choose_calmer(ambiguous, style) if ambiguous else replace(style, settled=True)


def _choose_calmer(values: list[str], style: DateStyle) -> DateStyle:
    """The order in which fewer dates lie in the future and less time passes from row to row."""
    orders = [replace(style, day_first=first) for first in _likely_orders(values, style.zone)]
    return min(orders, key=lambda order: _rate_unrest(values, order))


def _vote(value: object) -> bool | None:
    """True when this value can only be read day first, False when only month first."""
    match = NUMERIC_DATE.search(value) if isinstance(value, str) else None
    if not match or len(match[1]) > 2 or (int(match[1]) > 12) == (int(match[3]) > 12):
        return None
    return int(match[1]) > 12


def _is_ambiguous(text: str) -> bool:
    match = NUMERIC_DATE.search(text)
    return bool(match and len(match[1]) <= 2)


def _likely_orders(values: list[str], zone: tzinfo) -> tuple[bool, bool]:
    """The usual order first: slashes are mostly American, dots and dashes and zones elsewhere are not."""
    overseas = str(zone).startswith(("Europe/", "Africa/", "Asia/", "Australia/"))
    american = all("/" in value for value in values) and not overseas
    return (False, True) if american else (True, False)


def _rate_unrest(values: list[str], style: DateStyle) -> tuple[int, float]:
    """How many values lie in the future, and how far one jumps from row to row, in seconds."""
    moments = [moment for value in values if (moment := read_date(value, style))]
    now = datetime.now(UTC)
    steps = sum(abs((after - before).total_seconds()) for before, after in pairwise(moments))
    return sum(moment > now for moment in moments), steps


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(NUMBER.match(value.strip())))


def _has_foreign_word(value: object) -> bool:
    """Whether digits stand beside a word that is no month here but may be one in another language."""
    if not isinstance(value, str) or len(value) > 60 or not re.search(r"\d{4}", value):
        return False
    return any(word.isalpha() and word not in MONTHS and word not in ZONES for word in WORD.findall(value.casefold()))
