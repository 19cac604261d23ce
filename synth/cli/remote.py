"""The client that asks a server: every command as a request, and its problem documents as errors again."""

import ipaddress
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from synth.cli.client import ALL, Document, Progress, Step, Upload
from synth.cli.following import Follower
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.output import tell_outcome
from synth.errors import BadInput, Broken, Conflict, NotAllowed, NotFound, SynthError, Unavailable

GLANCE = 0.3  # seconds between two looks at the progress
MOST_DECISIONS = 200  # that are listed
TIMEOUT = httpx.Timeout(60.0, connect=5.0, read=300.0)  # a long upload is answered when all of it is on disk
_ERRORS: dict[int, type[SynthError]] = {
    400: BadInput,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadInput,
    415: BadInput,
    422: BadInput,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


class RemoteClient:
    """Every command as requests to the server at `url`; what it refuses is raised with its own sentence."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        try:
            self._http = httpx.Client(
                base_url=f"{self.url}/v1",
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
                trust_env=not _is_local(self.url),
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise BadInput(f"'{url}' is no address of a server ({error}); write it as http://host:8300.") from None

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def ingest(self, uploads: Sequence[Upload], progress: Progress) -> list[Document]:
        follow = Follower(uploads, self._upload, lambda import_id: self._json("GET", f"/imports/{import_id}"))
        while not (state := follow.look())["finished"]:
            progress(state)
            time.sleep(GLANCE)
        progress(state)
        return follow.states

    def review(self, upload: str, document: int | None = None) -> Document:
        asked = {} if document is None else {"document": document}
        return self._json("GET", f"/imports/{quote(upload, safe='')}/review", params=asked)

    def decide_redaction(self, upload: str, wanted: Document) -> None:
        self._json("POST", f"/imports/{quote(upload, safe='')}/review", json=wanted)

    def write_reviewed(self, upload: str, progress: Progress) -> Document:
        state = self._json("POST", f"/imports/{quote(upload, safe='')}/write")
        while not state["finished"]:
            progress(state)
            time.sleep(GLANCE)
            state = self._json("GET", f"/imports/{state['id']}")
        return state

    def _upload(self, path: Path, options: Document) -> str:
        """Send one file; returns the id of its import."""
        fields = {
            "source": options.get("source"),
            "kind": options.get("kind"),
            "map": [f"{field}={column}" for field, column in (options.get("mapping") or {}).items()],
            "hide": options.get("hidden"),
            "interviewer": options.get("interviewers"),
            "study": options.get("study"),
            "redact": options.get("redact"),
            "reader": options.get("readers"),
        }
        with path.open("rb") as content:
            given = {name: value for name, value in fields.items() if value}
            taken = self._json("POST", "/documents", data=given, files={"file": (path.name, content)})
        return str(taken["imports"][0]["id"])

    def discover(self, progress: Progress, scope: str = "all") -> Document:
        job = self._json("POST", "/runs", json={"scope": scope})
        while job["state"] not in ("done", "dead"):
            progress({"stages": [_stage(job)]})
            time.sleep(GLANCE)
            job = self._json("GET", f"/jobs/{job['id']}")
        if job["state"] == "dead":
            raise SynthError(f"The themes could not be found: {job['error']}")
        tell_outcome(job["result"])
        return self.themes()

    def runs(self) -> Document:
        return self._json("GET", "/runs")

    def run(self, run: str) -> Document:
        return self._json("GET", f"/runs/{quote(run, safe='')}")

    def accept_run(self, run: str, changes: Sequence[str] = ()) -> Document:
        chosen = {"changes": list(changes) or None}
        return self._json("POST", f"/runs/{quote(run, safe='')}/accept", json=chosen)

    def roll_back_run(self, run: str) -> Document:
        return self._json("POST", f"/runs/{quote(run, safe='')}/rollback")

    def themes(self) -> Document:
        return self._json("GET", "/themes")

    def decide(self, wanted: Document, *, preview: bool) -> Document:
        return self._json("POST", "/decisions", params={"preview": preview}, json=wanted)

    def undo(self, decision: str) -> Document:
        return self._json("POST", f"/decisions/{quote(decision, safe='')}/undo")

    def decisions(self) -> Document:
        return {"decisions": self._json("GET", "/decisions", params={"limit": MOST_DECISIONS})["decisions"]}

    def lineage(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/lineage")

    def emerging(self) -> Document:
        return self._json("GET", "/themes/emerging")

    def trend(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/trend")

    def suggestions(self, theme: str) -> Document:
        return self._json("GET", f"/themes/{quote(theme, safe='')}/suggestions")

    def create_themes(self, seeds: Sequence[Document]) -> Document:
        return self._json("POST", "/themes", json={"themes": list(seeds)})

    def insights(self, wanted: Mapping[str, str] = ALL) -> Document:
        return self._json("GET", "/insights", params=dict(wanted))

    def insight(self, insight: str) -> Document:
        return self._json("GET", f"/insights/{quote(insight, safe='')}")

    def insight_history(self, insight: str) -> Document:
        return self._json("GET", f"/insights/{quote(insight, safe='')}/history")

    def make_insight(self, wanted: Document) -> Document:
        return self._json("POST", "/insights", json=wanted)

    def change_insight(self, insight: str, wanted: Document) -> Document:
        return self._json("PATCH", f"/insights/{quote(insight, safe='')}", json=wanted)

    def saved_questions(self, *, followed: bool, everything: bool) -> Document:
        wanted = {"followed": followed, "state": "all" if everything else "active"}
        return self._json("GET", "/saved-questions", params=wanted)

    def saved_question(self, saved: str) -> Document:
        return self._json("GET", f"/saved-questions/{quote(saved, safe='')}")

    def saved_runs(self, saved: str) -> Document:
        return self._json("GET", f"/saved-questions/{quote(saved, safe='')}/runs")

    def save_question(self, wanted: Document, given: GivenFilters) -> Document:
        return self._json("POST", "/saved-questions", json={**wanted, **_filters(given)})

    def act_on_question(self, what: str, saved: str) -> Document:
        path = f"/saved-questions/{quote(saved, safe='')}"
        if what in ("archive", "resume"):
            return self._json("PATCH", path, json={"state": "archived" if what == "archive" else "active"})
        method, end = {
            "run": ("POST", "runs"), "follow": ("PUT", "follow"), "unfollow": ("DELETE", "follow"),
            "seen": ("POST", "seen"),
        }[what]  # fmt: skip
        return self._json(method, f"{path}/{end}")

    def studies(self) -> Document:
        return self._json("GET", "/studies")

    def study(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}")

    def keep_study(self, study: str, days: int | None) -> Document:
        return self._json("PATCH", f"/studies/{quote(study, safe='')}", json={"keep_days": days})

    def codes(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/codes")

    def findings(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/findings")

    def agreement(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/agreement")

    def machine_agreement(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/agreement/machine")

    def board(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/board")

    def suggest_highlights(self, study: str) -> Document:
        return self._json("POST", f"/studies/{quote(study, safe='')}/suggestions")

    def export_study(self, study: str, format: str) -> bytes:
        return self._bytes(f"/studies/{quote(study, safe='')}/export", format)

    def study_report(self, study: str, format: str) -> bytes:
        return self._bytes(f"/studies/{quote(study, safe='')}/report", format)

    def take_roster(self, study: str, path: Path) -> Document:
        return self._send_file(f"/studies/{quote(study, safe='')}/roster", path)

    def import_codings(self, study: str, path: Path) -> Document:
        return self._send_file(f"/studies/{quote(study, safe='')}/import", path)

    def address(self) -> str:
        return self.url

    def settings(self) -> Document:
        return self._json("GET", "/settings")

    def probe_model(self) -> Document:
        return self._json("POST", "/settings/model/test")

    def sources(self) -> Document:
        return self._json("GET", "/sources")

    def set_redaction(self, source: str, redact: str) -> None:
        self._json("PUT", "/sources/redaction", json={"source": source, "redact": redact})

    def set_readers(self, source: str, readers: Sequence[str] | None) -> None:
        self._json("PUT", "/sources/readers", json={"source": source, "readers": readers and list(readers)})

    def users(self) -> Document:
        return self._json("GET", "/users")

    def invite(self, name: str, role: str) -> Document:
        return self._json("POST", "/users", json={"name": name, "role": role})

    def change_role(self, name: str, role: str) -> Document:
        return self._json("PATCH", "/users", json={"name": name, "role": role})

    def sign_out_user(self, name: str) -> None:
        with self._answer("DELETE", "/users/sessions", params={"name": name}):
            pass

    def remove_user(self, name: str) -> None:
        with self._answer("DELETE", "/users", params={"name": name}):
            pass

    def tokens(self) -> Document:
        return self._json("GET", "/tokens")

    def add_token(self, name: str, role: str, scope: str, days: int | None) -> Document:
        expires = None if days is None else (datetime.now(UTC) + timedelta(days=days)).isoformat()
        sent = {"name": name, "role": role, "scope": scope, "expires_at": expires}
        return self._json("POST", "/tokens", json=sent)

    def revoke_token(self, token: str) -> None:
        with self._answer("DELETE", f"/tokens/{quote(token, safe='')}"):
            pass

    def hooks(self) -> Document:
        return self._json("GET", "/hooks")

    def add_hook(self, source: str) -> Document:
        return self._json("POST", "/hooks", json={"source": source})

    def end_hook(self, hook: str) -> None:
        with self._answer("DELETE", f"/hooks/{quote(hook, safe='')}"):
            pass

    def retain(self, source: str, days: int | None) -> None:
        self._json("PUT", "/retention", json={"source": source, "keep_days": days})

    def retention(self) -> Document:
        return self._json("GET", "/retention")

    def releases(self) -> Document:
        return self._json("GET", "/releases")

    def add_release(self, wanted: Document) -> Document:
        return self._json("POST", "/releases", json=wanted)

    def remove_release(self, release: str) -> None:
        with self._answer("DELETE", f"/releases/{quote(release, safe='')}"):
            pass

    def schedule(self) -> Document:
        return self._json("GET", "/schedule")

    def set_schedule(self, weekday: str, hour: int) -> None:
        self._json("PUT", "/schedule", json={"weekday": weekday, "hour": hour})

    def subscriptions(self) -> Document:
        return self._json("GET", "/subscriptions")

    def subscribe(self, channel: str, address: str, form: str, where: Sequence[str] = ()) -> Document:
        sent = {"kind": channel, "address": address, "form": form, "where": list(where)}
        return self._json("POST", "/subscriptions", json=sent)

    def end_subscription(self, subscription: str) -> None:
        with self._answer("DELETE", f"/subscriptions/{quote(subscription, safe='')}"):
            pass

    def send_report(self, subscription: str, report: str | None) -> Document:
        delivery = self._json(
            "POST", f"/subscriptions/{quote(subscription, safe='')}/deliveries", json={"report": report}
        )
        while delivery["state"] == "waiting" and not delivery["error"]:
            time.sleep(GLANCE)
            delivery = self._json("GET", f"/deliveries/{delivery['id']}")
        return delivery

    def deliveries(self) -> Document:
        return self._json("GET", "/deliveries")

    def preview_erasure(self, kind: str, named: str) -> Document:
        return self._json("POST", "/erasures/preview", json={"kind": kind, "name": named})

    def erase(self, kind: str, named: str, reason: str | None, progress: Progress) -> Document:
        erasure = self._json("POST", "/erasures", json={"kind": kind, "name": named, "reason": reason})
        while erasure["state"] != "done":
            progress({"stages": []})
            time.sleep(GLANCE)
            erasure = self.erasure(erasure["id"])
        return erasure

    def erasure(self, erasure: str) -> Document:
        return self._json("GET", f"/erasures/{quote(erasure, safe='')}")

    def erasures(self) -> Document:
        return self._json("GET", "/erasures")

    def audit(self, wanted: Mapping[str, str], limit: int) -> Document:
        return self._json("GET", "/audit", params={**wanted, "limit": limit})

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
        asked = {"q": query, "limit": limit, **_filters(given)}
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
        asked = {"format": format, **_filters(given)}
        with self._answer("GET", f"/export/{quote(what, safe='')}", params=asked) as response:
            yield from response.iter_text()

    def export_workbook(self, what: str, given: GivenFilters) -> bytes:
        asked = {"format": "xlsx", **_filters(given)}
        with self._answer("GET", f"/export/{quote(what, safe='')}", params=asked) as response:
            return response.read()

    def _bytes(self, path: str, format: str) -> bytes:
        with self._answer("GET", path, params={"format": format}) as response:
            return response.read()

    def _json(self, method: str, path: str, **what: Any) -> Document:
        with self._answer(method, path, **what) as response:
            response.read()
            try:
                document: Document = response.json()
            except ValueError:
                raise Unavailable(f"What answers at {self.url} is not this service; check the address.") from None
            return document

    def _send_file(self, path: str, file: Path) -> Document:
        with file.open("rb") as content:
            return self._json("POST", path, files={"file": (file.name, content)})

    @contextmanager
    def _answer(self, method: str, path: str, **what: Any) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read; raises what the server says, or Unavailable when it is silent."""
        try:
            with self._http.stream(method, path, **what) as response:
                if response.is_error:
                    response.read()
                    raise _error(self.url, response)
                yield response
        except httpx.TimeoutException:
            raise Unavailable(f"The server at {self.url} took too long to answer; try again.") from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            raise Unavailable(f"No server answers at {self.url}; check the address, and whether it runs.") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"The server at {self.url} broke off ({error}); try again.") from error


def _error(url: str, response: httpx.Response) -> SynthError:
    kind = _ERRORS.get(response.status_code, Broken)
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return Unavailable(f"What answers at {url} (status {response.status_code}) is not this service.")
    problem = response.json()
    more = f" (request {problem['request_id']})" if kind is Broken else ""
    return kind(f"{problem['detail']}{more}")


def _sent(asked: Asking) -> Document:
    sent = {"question": asked.question, "drop": list(asked.dropped), "follows": asked.follows}
    return {**sent, **_filters(asked.given)}


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


def _filters(given: GivenFilters) -> dict[str, Any]:
    named = {"since": given.since, "until": given.until, "where": list(given.where)}
    return {name: value for name, value in named.items() if value}


def _stage(job: Document) -> Document:
    """A job on its own as the stage of an import, which is what progress is shown of."""
    counted = {"jobs": 1, "finished": int(job["state"] == "done"), "dead": int(job["state"] == "dead")}
    return {**counted, "kind": job["kind"], "done": job["done"], "total": job["total"], "step": job["stage"]}


def _is_local(url: str) -> bool:
    """A server on this machine is never asked through a proxy."""
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
