"""Any OpenAI-compatible endpoint by its base URL: Chat Completions, bounded in time and size, failures as values.

Nothing here raises for what a server does. A reason never repeats the server's words, the URL or the key: servers echo
keys in their error pages.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from synth import tracing
from synth.llm.completion import Failure, Listing, Reply, read_completion, read_listing
from synth.llm.templates import Message

if TYPE_CHECKING:
    from openai import OpenAI

PATIENCE = 5.0  # seconds waited at most when a busy server names a time to come back
SCHEMA_REFUSED = frozenset({400, 422, 501})  # statuses of servers that do not know `response_format`
BUSY = frozenset({429, 503})

Answered = TypeVar("Answered", bound=Reply | Listing)
Work = Callable[["OpenAI"], Answered | Failure]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is asked: base URL, model, the key if one is wanted (never shown in a repr)."""

    url: str
    model: str
    key: Callable[[], str | None]


class Endpoint:
    """One model at one endpoint. Remembers whether it takes a schema; safe to share between threads."""

    def __init__(self, address: Address, timeout: float) -> None:
        self.model = address.model
        self.timeout = timeout
        self.takes_schema: bool | None = None
        self.url = address.url
        self._address = address

    def __repr__(self) -> str:
        return f"Endpoint(model={self.model!r})"

    def load(self) -> None:
        """Import the client library now, so that its loading is not counted as waiting."""
        import openai  # noqa: F401

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], *, until: float) -> Reply | Failure:
        """The model's reply; `until` is when waiting ends, by `time.monotonic`; a call never exceeds the timeout.

        A server that refuses the schema is asked once more without it, a busy one once more when it is soon free.
        """
        with tracing.child("model", "client", model=self.model) as told:
            outcome = self._complete(messages, schema, until)
            told.attributes["outcome"] = "answered" if isinstance(outcome, Reply) else "failed"
        return outcome

    def _complete(self, messages: Sequence[Message], schema: Mapping[str, Any], until: float) -> Reply | Failure:
        body: dict[str, Any] = {"model": self.model, "messages": list(messages)}
        if self.takes_schema is False:
            return self._patiently(body, until)
        form = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": dict(schema)}}
        outcome = self._patiently(body | {"response_format": form}, until)
        if isinstance(outcome, Reply):
            self.takes_schema = True
        elif outcome.status in SCHEMA_REFUSED and self.takes_schema is None:
            outcome = self._patiently(body, until)
            self.takes_schema = False if isinstance(outcome, Reply) else None
        return outcome

    def models(self, *, until: float) -> Listing | Failure:
        """The names of the models the endpoint offers."""
        return self._call(lambda client: read_listing(client.models.with_raw_response.list().content), until)

    def _patiently(self, body: Mapping[str, Any], until: float) -> Reply | Failure:
        """One call, and a second when the server was busy and says it will be free within seconds."""
        outcome = self._post(body, until)
        if isinstance(outcome, Reply) or outcome.status not in BUSY:
            return outcome
        wait = outcome.wait if outcome.wait is not None else min(0.5, self.timeout / 10)
        if wait > PATIENCE or time.monotonic() + wait >= until:
            return outcome
        time.sleep(wait)
        return self._post(body, until)

    def _post(self, body: Mapping[str, Any], until: float) -> Reply | Failure:
        def post(client: "OpenAI") -> Reply | Failure:
            return read_completion(client.chat.completions.with_raw_response.create(**body).content)

        return self._call(post, until)

    def _call(self, work: "Work[Answered]", until: float) -> Answered | Failure:
        seconds = min(self.timeout, until - time.monotonic())
        if seconds <= 0:
            return Failure("There was no time left to ask the language model.", spent=False)
        return _Call(self._address, work, seconds).run()


class _Call(Generic[Answered]):
    """One request in a thread of its own, because name look-ups and dripping servers keep to no time-out."""

    def __init__(self, address: Address, work: "Work[Answered]", seconds: float) -> None:
        self._address = address
        self._work = work
        self._seconds = seconds
        self._outcome: queue.SimpleQueue[Answered | Failure] = queue.SimpleQueue()
        self._over = threading.Event()
        self._client: OpenAI | None = None

    def run(self) -> Answered | Failure:
        threading.Thread(target=self._ask, name="language-model", daemon=True).start()
        try:
            return self._outcome.get(timeout=self._seconds)
        except queue.Empty:
            self._over.set()
            if self._client is not None:
                self._client.close()  # the thread's next read fails, so it ends too
            return _late(self._seconds)

    def _ask(self) -> None:
        try:
            with _open_client(self._address, self._seconds) as client:
                self._client = client
                if not self._over.is_set():
                    self._outcome.put(self._work(client))
        except Exception as error:  # noqa: BLE001 - whatever a library raises, the waiting side gets a reason
            self._outcome.put(_failure(error, self._seconds))


def _open_client(address: Address, seconds: float) -> "OpenAI":
    """A client for one call, with no retries, no redirects, and no organisation read from the environment."""
    import httpx2
    from openai import DefaultHttpxClient, OpenAI

    from synth.llm.bounding import bound

    timeout = httpx2.Timeout(seconds)
    client = OpenAI(
        base_url=address.url,
        api_key=address.key() or "none",
        timeout=timeout,
        max_retries=0,
        default_headers={"Accept-Encoding": "identity"},
        http_client=DefaultHttpxClient(timeout=timeout, follow_redirects=False, event_hooks={"response": [bound]}),
    )
    client.organization = client.project = None
    return client


def _late(seconds: float) -> Failure:
    return Failure(f"The language model did not answer within {seconds:.3g} seconds.")


def _failure(error: Exception, seconds: float) -> Failure:
    """Why a call failed, in a sentence of ours."""
    import openai

    from synth.llm.bounding import LARGEST, TooLarge

    if isinstance(error, openai.APITimeoutError):
        return _late(seconds)
    if isinstance(error, TooLarge) or isinstance(error.__cause__, TooLarge):
        return Failure(f"The language model's endpoint sent more than {LARGEST // 1000} kB, or sent it compressed.")
    if isinstance(error, openai.APIStatusError):
        wait = _retry_after(error.response.headers.get("Retry-After"))
        return Failure(_refusal(error.status_code), error.status_code, wait, spent=False)
    return Failure(f"The language model's endpoint could not be reached ({type(error).__name__}).", spent=False)


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"The language model's endpoint refused the key (status {status}); check SYNTH_LLM_KEY."
    if status == 404:
        return "The endpoint has no such model or path (status 404); check SYNTH_LLM_URL and SYNTH_LLM_MODEL."
    if status in BUSY:
        return f"The language model's endpoint is busy or over its limit (status {status})."
    return f"The language model's endpoint answered with an error (status {status})."


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait as a server asked for; a date, or what is no number, is taken as too long to wait here."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return float("inf")
    return max(seconds, 0.0) if seconds == seconds else float("inf")
