"""Saved questions as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Plain
from api.shapes.common import Filter, Moment
from api.shapes.findings import Answer, Citation


class WeekCount(BaseModel):
    """What was counted in one week alone."""

    value: float
    of: float
    unit: Literal["mentions", "people", "accounts"]


class SavedDifference(BaseModel):
    """What a week brought against those before."""

    week: str
    before: str = Field(description="The week whose answer it is compared with.")
    direction: Literal["up", "down", "flat"] = Field(
        description="Of the count, against the weeks since the last change; flat where chance explains the change."
    )
    is_change: bool
    sentences: list[str]
    claims_in: list[str]
    claims_out: list[str]
    moved_by: list[Citation] = Field(description="Quotes that were not cited before.")


class SavedRun(BaseModel):
    """What a question was answered with for one week."""

    week: str = Field(examples=["2026-W47"])
    asked_at: Moment
    counted: WeekCount | None = Field(description="null where the time that the question names lies outside.")
    answer: Answer


class SavedRunTold(SavedRun):
    """The same with what it changed; null for the first."""

    difference: SavedDifference | None


class SavedRunList(BaseModel):
    """The runs, the newest week first."""

    runs: list[SavedRunTold]


class SavedQuestion(BaseModel):
    """A question that is asked every week."""

    id: str
    question: str
    title: str | None
    given: Filter
    dropped: list[str]
    limited_to: str = Field(description="The filters of `given` in words; empty where there are none.")
    state: Literal["active", "archived"]
    created_by: str
    created_at: Moment
    followed: bool = Field(description="Whether you follow it.")
    unseen: bool = Field(description="Whether you follow it and have not seen its last change.")
    followers: int
    last: SavedRun | None
    difference: SavedDifference | None


class SavedQuestionList(BaseModel):
    """Saved questions, the newest first."""

    saved_questions: list[SavedQuestion]


class SentSavedQuestion(BaseModel):
    """A question to save, or the answer whose question is to be saved."""

    question: Annotated[Plain, Field(max_length=10_000)] | None = None
    answer_id: Annotated[Plain, Field(max_length=40)] | None = Field(None, examples=["A12"])
    title: Annotated[Plain, Field(max_length=1000)] | None = None
    since: Annotated[Plain, Field(max_length=10)] | None = None
    until: Annotated[Plain, Field(max_length=10)] | None = None
    where: list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]] = Field([], max_length=MOST_CONDITIONS)
    drop: list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]] = Field([], max_length=MOST_CONDITIONS)


class SentSavedChange(BaseModel):
    """What is to change."""

    title: Annotated[Plain, Field(max_length=1000)] | None = None
    state: Literal["active", "archived"] | None = None
