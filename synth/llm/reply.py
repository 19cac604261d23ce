"""Reading a model's reply: outside text, so it is validated; nothing in it is repaired."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from synth.model import Asked, Operator, Unit

LONGEST = 400  # characters of a claim
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})  # categories of control, invisible, private and broken characters


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is wrong with a reply, said to the model and to the reader: no word of the reply is in it."""

    problem: str


class WrittenQuote(BaseModel):
    """A quote as the model wrote it."""

    model_config = ConfigDict(frozen=True, strict=True)

    excerpt_id: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    quote: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class WrittenClaim(BaseModel):
    """A claim as the model wrote it; what it says of its own support is not read."""

    model_config = ConfigDict(frozen=True, strict=True)

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True)]
    quotes: Annotated[tuple[WrittenQuote, ...], Field(min_length=1, max_length=10)]


class WrittenReply(BaseModel):
    """A whole reply; keys beside these are not read."""

    model_config = ConfigDict(frozen=True, strict=True)

    claims: Annotated[tuple[WrittenClaim, ...], Field(max_length=20)]


class WrittenName(BaseModel):
    """A theme's name and definition as the model wrote them; other keys are not read."""

    model_config = ConfigDict(frozen=True, strict=True)

    name: Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]
    inside: Annotated[str, StringConstraints(min_length=10, max_length=LONGEST, strip_whitespace=True)]
    outside: Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True)]
    evidence: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=40)], ...], Field(min_length=1, max_length=20)
    ]


class WrittenFilter(BaseModel):
    """A filter as the model wrote it, and the words of the question it was read from."""

    model_config = ConfigDict(frozen=True, strict=True)

    said: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    key: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    operator: Operator
    value: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class WrittenPlan(BaseModel):
    """What a question asks, as the model read it; other keys are not read."""

    model_config = ConfigDict(frozen=True, strict=True)

    asked: Asked
    unit: Unit
    about: Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True)]
    filters: Annotated[tuple[WrittenFilter, ...], Field(max_length=20)]
    options: Annotated[tuple[WrittenFilter, ...], Field(max_length=20)]
    missing: Annotated[tuple[Annotated[str, StringConstraints(min_length=1, max_length=80)], ...], Field(max_length=5)]


_FORMS = (WrittenReply, WrittenClaim, WrittenQuote, WrittenName, WrittenPlan, WrittenFilter)
Written = TypeVar("Written", WrittenReply, WrittenName, WrittenPlan)


def read_reply(text: str) -> WrittenReply | Unreadable:
    """The claims of a reply."""
    return _read(text, WrittenReply)


def read_name(text: str) -> WrittenName | Unreadable:
    """The name of a reply."""
    return _read(text, WrittenName)


def read_plan(text: str) -> WrittenPlan | Unreadable:
    """The reading of a reply."""
    return _read(text, WrittenPlan)


def _read(text: str, form: type[Written]) -> Written | Unreadable:
    """The reply, where servers without a schema may put words or a code fence around the one JSON object."""
    body = text.rpartition("</think>")[2]
    start, end = body.find("{"), body.rfind("}")
    if start < 0 or end < start:
        return Unreadable("it holds no JSON object.")
    try:
        return form.model_validate_json(body[start : end + 1])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            return Unreadable("it is not valid JSON.")
        return Unreadable(f"at {_place(first['loc'])}: {first['msg']}.")


def one_line(text: str) -> str | None:
    """The text with single blanks; None when it holds characters that cannot be seen."""
    plain = re.sub(r"\s+", " ", text).strip()
    return None if any(unicodedata.category(character) in _UNSEEN for character in plain) else plain


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the reply: only our own keys and positions, because a stranger's keys are a stranger's words."""
    known = {name for form in _FORMS for name in form.model_fields}
    return ".".join(str(part) for part in location if isinstance(part, int) or part in known) or "the top"
