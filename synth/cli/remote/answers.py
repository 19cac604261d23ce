"""A server asked about questions, searches, reports and lists, and how far they can be relied on."""

import json
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from synth.cli.client import Document, Step
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.remote.server import Server, filters_of
from synth.errors import SynthError, Unavailable


class Answers(Server):
    """Questions, searches, reports and lists, and how far they can be relied on."""

    def saved_questions(self, *, followed: bool, everything: bool) -> Document:
        wanted = {"followed": followed, "state": "all" if everything else "active"}
        return self._json("GET", "/saved-questions", params=wanted)

    def saved_question(self, saved: str) -> Document:
        return self._json("GET", f"/saved-questions/{quote(saved, safe='')}")

    def saved_runs(self, saved: str) -> Document:
        return self._json("GET", f"/saved-questions/{quote(saved, safe='')}/runs")

    def save_question(self, wanted: Document, given: GivenFilters) -> Document:
        return self._json("POST", "/saved-questions", json={**wanted, **filters_of(given)})

    def act_on_question(self, what: str, saved: str) -> Document:
        path = f"/saved-questions/{quote(saved, safe='')}"
        if what in ("archive", "resume"):
            return self._json("PATCH", path, json={"state": "archived" if what == "archive" else "active"})
        method, end = {
            "run": ("POST", "runs"), "follow": ("PUT", "follow"), "unfollow": ("DELETE", "follow"),
            "seen": ("POST", "seen"),
        }[what]  # fmt: skip
        return self._json(method, f"{path}/{end}")

    def trust(self) -> Document:
        return self._json("GET", "/trust")

    def usage(self, days: int) -> Document:
        return self._json("GET", "/usage", params={"days": days})

    def ask(self, asked: Asking) -> Document:
        return self._json("POST", "/questions", json=_sent(asked))

    def ask_in_steps(self, asked: Asking) -> Iterator[Step]:
        with self._answer("POST", "/questions/stream", json=_sent(asked)) as response:
            yield from _read_events(response.iter_lines())

    def asks_a_model(self) -> bool:
        return bool(self._json("GET", "/status")["drafter"] != "extractive")

    def search(self, query: str, given: GivenFilters, limit: int, counted: str | None = None) -> Document:
        asked = {"q": query, "limit": limit, **filters_of(given)}
        if counted is not None:
            asked |= {"facets": True} | ({"match": counted} if counted else {})
        return self._json("GET", "/search", params=asked)

    def report(
        self, period: Period, format: str, *, form: str = "whole", reported: bool = False, where: Sequence[str] = ()
    ) -> bytes:
        id = period.week or (f"{period.since}..{period.until}" if period.since else "latest")
        asked = {"format": format, "form": form, "reported": reported, "where": list(where)}
        with self._answer("GET", f"/reports/{quote(id)}", params=asked) as response:
            return response.read()

    def export(self, what: str, format: str, given: GivenFilters) -> Iterator[str]:
        asked = {"format": format, **filters_of(given)}
        with self._answer("GET", f"/export/{quote(what, safe='')}", params=asked) as response:
            yield from response.iter_text()

    def export_workbook(self, what: str, given: GivenFilters) -> bytes:
        asked = {"format": "xlsx", **filters_of(given)}
        with self._answer("GET", f"/export/{quote(what, safe='')}", params=asked) as response:
            return response.read()


def _sent(asked: Asking) -> Document:
    sent = {"question": asked.question, "drop": list(asked.dropped), "follows": asked.follows}
    return {**sent, **filters_of(asked.given)}


def _read_events(lines: Iterable[str]) -> Iterator[Step]:
    """The steps of an answer from the lines of its events; raises what the server says went wrong on the way."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            carried = json.loads(value)
            if name == "error":
                raise SynthError(carried["detail"])
            yield name, carried
    if name != "end":
        raise Unavailable("The server broke off in the middle of the answer; ask again.")
