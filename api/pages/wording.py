"""How pages say numbers, times and the states of things; nothing here knows of HTML."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from synth.answers.wording import say_number, say_share
from synth.intake.language import NAMES as _LANGUAGES
from synth.model import Unit
from synth.reports.spans import Span

_UNITS: Mapping[Unit, tuple[str, str]] = {
    "mentions": ("mention", "mentions"),
    "people": ("person", "people"),
    "accounts": ("account", "accounts"),
    "revenue": ("yearly revenue", "yearly revenue"),
}
_KEYS = {"person": "by", "import": "import", "document": "document"}
_STAGES = {
    "transcribe": "Writing down what is said",
    "intake": "Reading the rows",
    "embed": "Reading for meaning",
    "renew": "Reading for meaning again",
    "index": "Indexing for search",
    "repair": "Repairing the index",
    "themes": "Finding themes",
    "discover": "Finding themes anew",
    "areas": "Drawing the areas",
    "teach": "Learning from what people moved",
    "insights": "Writing insights",
    "saved": "Asking saved questions",
    "report": "Writing the report",
    "deliver": "Sending the report out",
    "send": "Sending a report",
    "erase": "Erasing",
}
_KINDS = {
    "problem": "problems",
    "request": "requests",
    "question": "questions",
    "praise": "praise",
    "other": "none of these",
}
_EVENTS = {
    "born": "Found",
    "kept": "Found again",
    "grown": "Grew",
    "split": "Was split",
    "merged": "Took in what came",
    "faded": "Was found again, smaller",
    "retired": "Came to an end",
    "restored": "Came back",
}
_SIZES = ("bytes", "kB", "MB", "GB")


def number(value: float) -> str:
    """1,234 or 12.5."""
    return say_number(value)


def rounded(value: float) -> str:
    """A large number in three digits: 849,400 as '849 k', 1,250,000 as '1.25 M'."""
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{float(f'{value / size:.3g}'):g} {letter}"
    return say_number(value)


def share(value: float) -> str:
    """0.125 as '12 %'."""
    return say_share(value, 1) if value else "0 %"


def unit(value: float, of: Unit) -> str:
    """The word for a unit that agrees with the number before it."""
    return _UNITS[of][value != 1]


def plural(value: float, one: str, many: str | None = None) -> str:
    """'1 source', '5 sources'."""
    return f"{say_number(value)} {one if value == 1 else many or one + 's'}"


def size(value: int) -> str:
    """A number of bytes: '12.3 kB'."""
    amount = float(value)
    for name in _SIZES[:-1]:
        if amount < 1000:
            return f"{amount:.0f} {name}" if name == "bytes" or amount >= 100 else f"{amount:.1f} {name}"
        amount /= 1000
    return f"{amount:,.1f} {_SIZES[-1]}"


def day(value: datetime | date | str | None, zone: str) -> str:
    """'24 Oct 2026' in the zone; empty for a time nobody knows."""
    local = _local(value, zone)
    return f"{local:%-d %b %Y}" if local else ""


def moment(value: datetime | str | None, zone: str) -> str:
    """'24 Oct 2026, 09:06' in the zone; the day alone where that is all that was written down."""
    local = _local(value, zone)
    if isinstance(local, datetime) and local.time() != time():
        return f"{local:%-d %b %Y, %H:%M}"
    return day(value, zone)


def kind(name: str) -> str:
    """What a kind of excerpt is called among several of them."""
    return _KINDS[name]


def event(name: str) -> str:
    """What happened to a theme, in a sentence's first words."""
    return _EVENTS.get(name, name.capitalize())


def language(code: str) -> str:
    """The English name of a language, or its code."""
    return _LANGUAGES.get(code, code)


def signed(value: float) -> str:
    """'−0.52' or '+0.10'."""
    return f"{'−' if value < 0 else '+'}{abs(value):.2f}"


def iso(value: datetime | str | None) -> str:
    """The same time for machines."""
    return value.isoformat() if isinstance(value, datetime) else value or ""


def week_name(week: Span) -> str:
    """'W46'."""
    return f"W{week.first.isocalendar().week}"


def stage(kind: str) -> str:
    """What a kind of job does, for people."""
    return _STAGES.get(kind, kind)


def condition(written: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A filter for people: 'segment: Enterprise', 'rating at most 2'."""
    key, sign = written["key"], written["operator"]
    value = names.get(written["value"], written["value"]) if key in ("theme", "area") else written["value"]
    between = {"=": ":", "!=": ": not", "<=": ": at most", ">=": ": at least"}[sign]
    return f"{_KEYS.get(key, key)}{between} {value}"


def _local(value: Any, zone: str) -> date | None:
    if not value:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value
