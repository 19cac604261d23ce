"""Reading what a chat completions endpoint sent: validated, or a failure with its reason."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, and how many tokens its server says it read and wrote."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The names of the models of an endpoint."""

    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply: one sentence; the HTTP status; the seconds a busy server asked to wait.

    `spent` is False when nothing can have been written, so that nothing is to be paid.
    """

    reason: str
    status: int | None = None
    wait: float | None = None
    spent: bool = True


def read_completion(content: bytes) -> Reply | Failure:
    """The text of the first choice, when it is whole and is an answer."""
    try:
        completion = _Completion.model_validate_json(content)
    except ValidationError:
        return Failure("The endpoint did not send a chat completion; check SYNTH_LLM_URL (it usually ends in /v1).")
    if not completion.choices:
        return Failure("The language model sent no choice.")
    choice = completion.choices[0]
    reason = _unusable(choice)
    if reason:
        return Failure(reason)
    usage = completion.usage or _Usage()
    return Reply(choice.message.content or "", usage.prompt_tokens, usage.completion_tokens)


def read_listing(content: bytes) -> Listing | Failure:
    """The ids of `GET /models`."""
    try:
        return Listing(tuple(model.id for model in _Models.model_validate_json(content).data))
    except ValidationError:
        return Failure("The endpoint did not send a list of models.")


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None
    function_call: Any = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: Annotated[int, Field(ge=0)] | None = None
    completion_tokens: Annotated[int, Field(ge=0)] | None = None


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model]


def _unusable(choice: _Choice) -> str | None:
    if choice.message.refusal:
        return "The language model refused to answer."
    if choice.message.tool_calls or choice.message.function_call:
        return "The language model called a tool instead of answering; it was given none."
    if choice.finish_reason == "length":
        return "The language model's reply was cut at its length limit."
    if choice.finish_reason == "content_filter":
        return "The endpoint's content filter withheld the reply."
    if not (choice.message.content or "").strip():
        return "The language model's reply was empty."
    return None
