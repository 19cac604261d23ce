"""Between a drafter and its endpoint: a budget per workspace and day, a record of every call, replies kept."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from synth.llm.completion import Failure, Reply
from synth.llm.endpoint import Endpoint
from synth.llm.prompting import estimate_tokens
from synth.llm.templates import Message, Prompt
from synth.settings import Settings
from synth.store.database import Database
from synth.store.usage import add_call, day_of, find_reply, keep_reply, spent_on
from synth.store.zones import Zones

MOST_KEPT = 2000  # replies of one workspace
MILLION = 1_000_000  # tokens that a price is for


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked on whose account, and the ids of the excerpts it shows."""

    workspace: str
    prompt: Prompt
    messages: tuple[Message, ...]
    excerpts: tuple[str, ...] = ()


class Meter(Protocol):
    """Stands between whoever asks and the endpoint."""

    def complete(self, endpoint: Endpoint, request: Request, *, until: float) -> Reply | Failure: ...

    def recall(self, endpoint: Endpoint, request: Request) -> str | None: ...

    def keep(self, endpoint: Endpoint, request: Request, reply: str) -> None: ...


class Unmetered:
    """No budget, no record, nothing kept: for a look at what an endpoint can do."""

    def complete(self, endpoint: Endpoint, request: Request, *, until: float) -> Reply | Failure:
        return endpoint.complete(request.messages, request.prompt.schema, until=until)

    def recall(self, endpoint: Endpoint, request: Request) -> str | None:  # noqa: ARG002
        return None

    def keep(self, endpoint: Endpoint, request: Request, reply: str) -> None:
        """Nothing is kept."""


class StoredMeter:
    """Keeps the books in the database. Two requests at the same moment may overrun the budget by one of them."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._zones = Zones(database, settings.timezone)

    def complete(self, endpoint: Endpoint, request: Request, *, until: float) -> Reply | Failure:
        """The endpoint's reply, written down; a Failure that says so when the day's budget does not allow it."""
        expected = estimate_tokens(request.messages)
        reason = self._exceeded(request.workspace, expected)
        if reason:
            self._record(endpoint, request, "refused")
            return Failure(reason, spent=False)
        start = time.monotonic()
        outcome = endpoint.complete(request.messages, request.prompt.schema, until=until)
        seconds = time.monotonic() - start
        if isinstance(outcome, Reply):
            read = outcome.prompt_tokens or expected
            written = outcome.completion_tokens or _tokens(outcome.text)
            self._record(endpoint, request, "answered", read, written, seconds)
        else:
            self._record(endpoint, request, "failed", expected if outcome.spent else 0, 0, seconds)
        return outcome

    def recall(self, endpoint: Endpoint, request: Request) -> str | None:
        """The reply that an equal request was given before, as long as all of its evidence is in the store."""
        with self._database.read() as session:
            found = find_reply(session, request.workspace, _key(endpoint, request))
        if found is not None:
            self._record(endpoint, request, "kept")
        return found

    def keep(self, endpoint: Endpoint, request: Request, reply: str) -> None:
        """Keep a reply that stood the checks."""
        key, excerpts = _key(endpoint, request), tuple(dict.fromkeys(request.excerpts))
        with self._database.write() as session:
            keep_reply(session, request.workspace, key, reply, excerpts, now=self._clock(), most=MOST_KEPT)

    def _exceeded(self, workspace: str, expected: int) -> str | None:
        tokens, cost = self._settings.llm_daily_tokens, self._settings.llm_daily_cost
        if tokens is None and cost is None:
            return None
        with self._database.read() as session:
            spent = spent_on(session, workspace, self._day(workspace))
        if tokens is not None and spent.tokens + expected > tokens:
            return f"The day's budget of {tokens:,} tokens for the language model does not allow it."
        if cost is not None and spent.cost + self._cost(expected, 0) > cost:
            return f"The day's budget of {cost:g} for the language model does not allow it."
        return None

    def _record(
        self,
        endpoint: Endpoint,
        request: Request,
        outcome: str,
        read: int = 0,
        written: int = 0,
        seconds: float = 0.0,
    ) -> None:
        row = {
            "workspace_id": request.workspace,
            "day": self._day(request.workspace),
            "called_at": self._clock(),
            "prompt": f"{request.prompt.name}.v{request.prompt.version}",
            "prompt_hash": request.prompt.hash,
            "model": endpoint.model,
            "prompt_tokens": read,
            "completion_tokens": written,
            "cost": self._cost(read, written),
            "seconds": seconds,
            "outcome": outcome,
        }
        with self._database.write() as session:
            add_call(session, row)

    def _cost(self, read: int, written: int) -> float:
        return (read * self._settings.llm_prompt_price + written * self._settings.llm_completion_price) / MILLION

    def _day(self, workspace: str) -> str:
        return day_of(self._clock(), self._zones.of(workspace))


def _tokens(text: str) -> int:
    return estimate_tokens([{"role": "assistant", "content": text}])


def _key(endpoint: Endpoint, request: Request) -> str:
    """A hash of all that a reply depends on; the evidence is in the messages."""
    asked: Sequence[object] = (endpoint.url, endpoint.model, request.prompt.hash, request.messages, request.excerpts)
    return sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
