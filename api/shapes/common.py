"""What the shapes share, and how an operation documents what it returns."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.errors import problems
from synth.model import Operator

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-16T09:30:00+00:00"])]
Cursor = Annotated[str | None, Field(description="Give it as `cursor` for the next page; null on the last.")]
Figures = dict[str, Any]


def replies(shape: type[BaseModel], *errors: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The documentation of an operation: what it returns, and the errors beside those any operation can give."""
    return {status: {"model": shape}, **problems(*errors)}


class Condition(BaseModel):
    """One filter: a field or an attribute, compared with a value."""

    key: str
    operator: Operator
    value: str


class Filter(BaseModel):
    """A time range, its end exclusive, and conditions."""

    since: Moment | None
    until: Moment | None
    where: list[Condition]
