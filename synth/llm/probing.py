"""What an endpoint can do: asked for by `synth doctor`, `synth settings --test` and the settings page."""

import time
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.llm.completion import Failure, Listing, Reply
from synth.llm.endpoint import Endpoint
from synth.llm.opening import open_endpoint
from synth.llm.templates import load_prompt
from synth.settings import Settings


@dataclass(frozen=True, slots=True)
class Capability:
    """What was found; None where it could not be learned. `note` says in a sentence what it means for drafting."""

    model: str
    reachable: bool
    model_listed: bool | None = None
    accepts_schema: bool | None = None
    honours_schema: bool | None = None
    note: str = ""
    seconds: float = 0.0  # until it was known

    def say(self) -> str:
        """What came back, in two or three sentences; holds nothing of the server's own words."""
        if not self.reachable:
            return f"Nothing came back. {self.note}"
        listing = {True: f" It lists {self.model}.", False: f" It does not list {self.model}.", None: ""}
        replied = self.accepts_schema is not None
        came = f"A reply came back within {self.seconds:.1f} seconds." if replied else "It is there, but no reply came."
        return f"{came}{listing[self.model_listed]} {self.note}"


def probe(settings: Settings) -> Capability:
    """Ask the endpoint for its models and for one short reply; takes at most three times the time-out, never raises."""
    if settings.llm_url is None:
        return Capability(
            settings.llm_model, reachable=False, note="No endpoint is set (SYNTH_LLM_URL); texts are extractive."
        )
    endpoint = open_endpoint(settings, settings.llm_url)
    endpoint.load()
    began = time.monotonic()
    listing = endpoint.models(until=time.monotonic() + endpoint.timeout)
    prompt = load_prompt("probe", 1)
    until = time.monotonic() + 2 * endpoint.timeout
    reply = endpoint.complete(prompt.render({}), prompt.schema, until=until)
    return replace(_capability(endpoint, listing, reply), seconds=time.monotonic() - began)


def _capability(endpoint: Endpoint, listing: Listing | Failure, reply: Reply | Failure) -> Capability:
    listed = endpoint.model in listing.models if isinstance(listing, Listing) else None
    if isinstance(reply, Failure):
        reached = isinstance(listing, Listing) or reply.status is not None
        return Capability(endpoint.model, reached, listed, note=reply.reason)
    honours = _honours(reply) if endpoint.takes_schema else None
    return Capability(endpoint.model, True, listed, endpoint.takes_schema, honours, _note(endpoint, honours))


def _honours(reply: Reply) -> bool:
    """The prompt says nothing of JSON, so JSON comes only from a server that holds the model to the schema."""
    try:
        _Probed.model_validate_json(reply.text)
    except ValidationError:
        return False
    return True


class _Probed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    sentence: str
    mood: str


def _note(endpoint: Endpoint, honours: bool | None) -> str:
    if honours:
        return "The endpoint holds the model to the schema."
    if endpoint.takes_schema:
        return "The endpoint takes a schema and ignores it; replies are validated and often repaired."
    return "The endpoint takes no schema; the model is asked for JSON in words."
