"""What is known to be vulnerable, as the OSV database tells: asked for every pin, and for one that is known to be.

An answer is believed only when it reports the canary. A database that cannot be reached, or that knows of nothing, is
no reason to say that nothing was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from scripts.audit.policy import Answer

OSV: Final = "https://api.osv.dev"
CANARY: Final = ("jinja2", "2.4.1")  # CVE-2014-0012, CVE-2016-10745, CVE-2019-10906 and more
PATIENCE: Final = 30.0  # seconds for each request
MOST_PAGES: Final = 20


class NotMadeError(Exception):
    """The look-up could not be made; its sentence says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something known about a pinned version."""

    package: str
    version: str
    ids: frozenset[str]  # all that it is called
    summary: str


def look_up(pins: Mapping[str, str], *, address: str = OSV) -> list[Finding]:
    """What is known about the pinned versions; raises NotMadeError."""
    try:
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            found = dict(_ask(client, [*pins.items(), CANARY]))
            if not found.get(CANARY):
                raise NotMadeError(f"{address} does not report {' '.join(CANARY)}, which is known to be vulnerable")
            return [_tell(client, place, id) for place, ids in found.items() if place in pins.items() for id in ids]
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise NotMadeError(f"{address} gives no answer that can be read ({type(error).__name__})") from None


def unanswered(found: Sequence[Finding], answers: Sequence[Answer]) -> list[Finding]:
    """The findings that nobody has answered for that package, under any of their names."""
    answered = {(each.package, each.finding) for each in answers}
    return [each for each in found if not any((each.package, id) in answered for id in each.ids)]


def _ask(client: httpx.Client, places: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """The ids of what is known about each package and version."""
    waiting = [(place, _query(place)) for place in places]
    known: dict[tuple[str, str], list[str]] = {place: [] for place in places}
    for _ in range(MOST_PAGES):
        answer = client.post("/v1/querybatch", json={"queries": [query for _, query in waiting]})
        results: list[dict[str, Any]] = answer.raise_for_status().json()["results"]
        further = []
        for (place, query), result in zip(waiting, results, strict=True):
            known[place] += [each["id"] for each in result.get("vulns", [])]
            if token := result.get("next_page_token"):
                further.append((place, query | {"page_token": token}))
        if not further:
            return iter(known.items())
        waiting = further
    raise NotMadeError("the answer has more pages than it should")


def _query(place: tuple[str, str]) -> dict[str, Any]:
    name, version = place
    return {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}


def _tell(client: httpx.Client, place: tuple[str, str], id: str) -> Finding:
    told = client.get(f"/v1/vulns/{id}").raise_for_status().json()
    return Finding(*place, frozenset({id, *told.get("aliases", [])}), str(told.get("summary", ""))[:200])
