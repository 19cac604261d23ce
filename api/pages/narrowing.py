"""Filters in the address of a page: read from it, shown as chips that can be taken away, written into links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Opened, Plain, Viewer
from api.pages.wording import condition, day
from synth.errors import BadInput
from synth.model import Filters
from synth.wire.answers import condition_document, filters_document

_DAY = 10  # characters of 2026-11-22

Moment = Annotated[Plain, Query(max_length=40)]
Written = Annotated[list[Annotated[Plain, Query(max_length=LONGEST_CONDITION)]], Query(max_length=MOST_CONDITIONS)]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the page without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of an address as they are written there, and what they mean."""

    since: str
    until: str
    where: tuple[str, ...]
    filters: Filters

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.where)

    def query(self, **more: Any) -> dict[str, Any]:
        """The parameters that carry these filters, with others beside them."""
        return {"since": self.since, "until": self.until, "where": list(self.where), **more}

    def chips(self, path: str, names: Mapping[str, str], zone: str, **kept: Any) -> Iterator[Chip]:
        """One chip for each filter; `names` gives themes their names, `kept` is what else the address carries."""
        for written, meant in zip(self.where, self.filters.where, strict=True):
            others = replace(self, where=tuple(each for each in self.where if each != written))
            yield Chip(condition(condition_document(meant), names), address(path, others.query(**kept)))
        if self.filters.since:
            since = f"since {day(self.filters.since, zone)}"
            yield Chip(since, address(path, replace(self, since="").query(**kept)))
        if self.filters.until:
            until = f"until {day(self.filters.until - timedelta(seconds=1), zone)}"
            yield Chip(until, address(path, replace(self, until="").query(**kept)))

    def adding(self, path: str, key: str, value: str, **kept: Any) -> str:
        """The address with one more condition, or with the same ones where it is in force already."""
        where = tuple(dict.fromkeys((*self.where, f"{key}={value}")))
        return address(path, replace(self, where=where).query(**kept))


def address(path: str, query: Mapping[str, Any]) -> str:
    """A path with the parameters that hold something."""
    filled = [(key, each) for key, value in query.items() for each in _each(value) if each not in ("", None)]
    return f"{path}?{urlencode(filled)}" if filled else path


def list_address(written: Mapping[str, Any], zone: str, *, about: str = "") -> str:
    """The page that lists what the filters of a count let through."""
    where = [f"{each['key']}{each['operator']}{each['value']}" for each in written["where"]]
    since, until = _from_moment(written["since"], zone), _from_moment(written["until"], zone, ends=True)
    return address("/documents", {"about": about, "since": since, "until": until, "where": where})


def filters_address(filters: Filters, zone: str, *, about: str = "") -> str:
    """The same for filters that were not written yet."""
    return list_address(filters_document(filters), zone, about=about)


def _narrowing(held: Viewer, engine: Opened, since: Moment = "", until: Moment = "", where: Written = []) -> Narrowing:  # noqa: B006
    where = [written for written in where if written.strip()]
    first, last = _read_moment(since), _read_moment(until)
    filters = engine.filters(
        since=None if first else since, until=None if last else until, where=where, workspace=held.workspace
    )
    filters = replace(filters, since=first or filters.since, until=last or filters.until)
    return Narrowing(since, until, tuple(where), filters)


Narrowed = Annotated[Narrowing, Depends(_narrowing)]


def _read_moment(written: str) -> datetime | None:
    """A moment as the counts of answers and insights have it, `until` exclusive; None for what is a day at most."""
    if len(written) <= _DAY:
        return None
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise BadInput(f"'{written}' is not a time; write a day as 2026-11-22.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _from_moment(written: str | None, zone: str, *, ends: bool = False) -> str:
    """A day where the moment begins (or ends) one in the zone, else the moment itself."""
    if written is None:
        return ""
    local = datetime.fromisoformat(written).astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return written
    return (local.date() - timedelta(days=1 if ends else 0)).isoformat()


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]
