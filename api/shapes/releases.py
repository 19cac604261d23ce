"""Releases as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Moment


class SentRelease(BaseModel):
    """A version of the product that came out on a day."""

    name: Annotated[Plain, Field(min_length=1, max_length=100)] = Field(examples=["5.2"])
    day: Annotated[Plain, Field(min_length=10, max_length=10)] = Field(examples=["2026-11-16"])
    themes: list[Annotated[Plain, Field(max_length=20)]] = Field(
        default_factory=list, max_length=20, description="Ids of the themes it was to change.", examples=[["T7"]]
    )


class Release(BaseModel):
    """A release as it was written down."""

    id: str = Field(examples=["V1"])
    name: str
    day: str
    themes: list[str]
    created_by: str
    created_at: Moment


class Followed(BaseModel):
    """A theme of a release before and after, beside the themes that are not linked to it."""

    theme: str
    name: str
    before: int = Field(description="Mentions in the four weeks before.")
    control_before: int = Field(description="Mentions then of the themes that are not linked to it.")
    after: int = Field(description="Mentions since, at most four weeks.")
    control_after: int
    direction: Literal["up", "down", "flat"]
    low: float = Field(description="Of the ratio of both rates, 95 % interval.")
    high: float | None


class ReleaseTold(Release):
    """A release with what followed."""

    followed: list[Followed]
    said: list[str]


class ReleaseList(BaseModel):
    """Releases, newest first."""

    releases: list[ReleaseTold]
