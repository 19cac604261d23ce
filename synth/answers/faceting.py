"""What a search matches, and how all of it spreads: over sources, themes, segments, tones, ratings, languages, time.

A search shows the nearest excerpts, and has no end by itself. To be counted, its matches must have one: they are the
excerpts that say all of its words, or those that are near enough in meaning (the cut of `synth.answers.calibration`).
Which of the two is counted is said beside the numbers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from synth.answers.calibration import counting_cut
from synth.answers.retrieval import scan_all
from synth.embedding import embedded_words
from synth.model import Filters
from synth.parts import Parts
from synth.store.counting import days
from synth.store.faceting import KEYS, Bucket, Spread, count_facets, matched
from synth.store.fulltext import says_all

Way = Literal["words", "meaning"]
LISTED: Final = 12  # values of a facet that are listed; of the others it is said how many there are
WEEKS, MONTHS = 13, 36  # up to which a span is told week by week, or month by month; else year by year
NONE: Final = Spread(0, 0, {})


def find_facets(parts: Parts, workspace: str, query: str, filters: Filters, way: Way | None = None) -> dict[str, Any]:
    """How all that a search matches spreads. Without a way: by words, and by meaning where nothing says them all."""
    with parts.database.read() as session:
        buckets = _buckets(session, workspace, filters, parts.zone(workspace))

        def spread(among: Collection[str] | ColumnElement[bool]) -> Spread:
            return count_facets(session, workspace, matched(session, workspace, filters, among), buckets)

        said = None if way == "meaning" else says_all(session, query)
        found, cut = (NONE, None) if said is None else (spread(said), None)
        if way == "meaning" or (way is None and not found.excerpts):
            near, cut = _near(parts, workspace, query)
            found = spread(near)
    facets = [_facet(key, found.facets.get(key, {})) for key in KEYS]
    facets.append(_times(buckets, found.facets.get("time", {})))
    return {
        "way": "words" if cut is None else "meaning",
        "said": _say(found.excerpts, cut, asked=way),
        "excerpts": found.excerpts,
        "people": found.people,
        "cut": None if cut is None else round(cut, 2),
        "facets": [facet for facet in facets if facet["values"]],
    }


def _near(parts: Parts, workspace: str, query: str) -> tuple[list[str], float]:
    """The excerpts near enough in meaning, and the cosine from which they are."""
    scan = scan_all(parts, workspace, parts.embedder.embed([embedded_words(query)])[0])
    cut = counting_cut(scan.cosines)
    return scan.matrix.ids[scan.cosines >= cut].tolist(), cut


def _say(excerpts: int, cut: float | None, *, asked: Way | None) -> str:
    one = excerpts == 1
    counted = f"{excerpts:,} excerpt{'' if one else 's'}"
    if cut is None:
        return f"{counted} {'says' if one else 'say'} all of these words, in one form or another."
    near = f"{counted} {'is' if one else 'are'} near in meaning (cosine ≥ {cut:.2f})"
    return f"{near}; where the line is drawn is a judgement." if asked else f"None says all of these words; {near}."


def _facet(key: str, counted: Mapping[str, int]) -> dict[str, Any]:
    values = [
        {"value": value, "excerpts": amount, "where": f"{key}={value}", "since": None, "until": None}
        for value, amount in list(counted.items())[:LISTED]
    ]
    return {"key": key, "values": values, "others": max(0, len(counted) - LISTED)}


def _times(buckets: Sequence[Bucket], counted: Mapping[str, int]) -> dict[str, Any]:
    values = [
        {
            "value": bucket.name,
            "excerpts": counted[bucket.name],
            "where": None,
            "since": bucket.since.date().isoformat(),
            "until": (bucket.until - timedelta(days=1)).date().isoformat(),
        }
        for bucket in buckets
        if bucket.name in counted
    ]
    return {"key": "time", "values": values, "others": 0}


def _buckets(session: Session, workspace: str, filters: Filters, timezone: str) -> list[Bucket]:
    """Weeks, months or years that hold the time of the filters; begun and ended by the days of the zone."""
    oldest, newest = days(session, workspace)
    if oldest is None or newest is None:
        return []
    zone = ZoneInfo(timezone)
    since, until = max(filters.since or oldest, oldest), min(filters.until or newest, newest)
    first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    if (last - first).days <= 7 * WEEKS:
        starts, name = list(_starts(first - timedelta(days=first.weekday()), last, "week")), "%G-W%V"
    elif (last - first).days <= 31 * MONTHS:
        starts, name = list(_starts(first.replace(day=1), last, "month")), "%Y-%m"
    else:
        starts, name = list(_starts(first.replace(month=1, day=1), last, "year")), "%Y"
    moments = [datetime(each.year, each.month, each.day, tzinfo=zone) for each in starts]
    return [
        Bucket(f"{day:{name}}", begun, over) for day, begun, over in zip(starts, moments, moments[1:], strict=False)
    ]


def _starts(first: date, last: date, step: Literal["week", "month", "year"]) -> Iterator[date]:
    """The first days of all stretches from the first to the last day, and of the one after them."""
    while first <= last:
        yield first
        if step == "week":
            first += timedelta(weeks=1)
        else:
            months = first.month if step == "month" else 12
            first = date(first.year + months // 12, months % 12 + 1, 1)
    yield first
