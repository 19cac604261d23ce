"""Options as they are typed, and what they mean; what cannot be read is wrong use (exit code 2)."""

import re
from dataclasses import dataclass
from typing import Annotated

import typer

UrlOption = Annotated[str | None, typer.Option("--url", help="Ask this server; its token is SYNTH_TOKEN.")]

FIELDS = ("text", "title", "created_at", "rating", "person", "account", "language", "url", "external_id", "source",
          "segment", "plan", "revenue")  # fmt: skip
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_WEEK = re.compile(r"\d{4}-W\d{2}$")
_CONDITION = re.compile(r"[^=!<>]+(?:!=|<=|>=|=).+$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class GivenFilters:
    """Filters as typed: days in the workspace's zone, both included, and conditions."""

    since: str | None
    until: str | None
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, filters beside it, those wrongly read into it, and the answer it follows."""

    question: str
    given: GivenFilters
    dropped: tuple[str, ...] = ()
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """What a report covers: a week, or days; the last complete week when all are None."""

    week: str | None
    since: str | None
    until: str | None


def parse_mapping(pairs: list[str]) -> dict[str, str]:
    """FIELD=COLUMN pairs as a mapping."""
    mapping = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not column or field not in FIELDS:
            raise typer.BadParameter(f"'{pair}' is not FIELD=COLUMN with FIELD one of {', '.join(FIELDS)}.")
        mapping[field] = column
    return mapping


def parse_filters(since: str | None, until: str | None, where: list[str]) -> GivenFilters:
    """Days and conditions, checked for their form."""
    for condition in where:
        if not _CONDITION.match(condition):
            message = f"'{condition}' is not a filter; write KEY=VALUE, KEY!=VALUE, KEY<=NUMBER or KEY>=NUMBER."
            raise typer.BadParameter(message)
    return GivenFilters(_day(since), _day(until), tuple(where))


def parse_period(week: str | None, since: str | None, until: str | None) -> Period:
    """A week or a range of days, not both."""
    if week and (since or until):
        raise typer.BadParameter("Give --week, or --since and --until, not both.")
    if bool(since) != bool(until):
        raise typer.BadParameter("--since and --until belong together.")
    if week and not _WEEK.match(week):
        raise typer.BadParameter(f"'{week}' is not an ISO week; write it as 2026-W47.")
    return Period(week, _day(since), _day(until))


def _day(value: str | None) -> str | None:
    if value is not None and not _DAY.match(value):
        raise typer.BadParameter(f"'{value}' is not a day; write it as 2026-11-22.")
    return value
