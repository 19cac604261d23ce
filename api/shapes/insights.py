"""Insights as they come out and go in."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Figures, Moment
from api.shapes.findings import Citation, Claim, Count


class Statement(Claim):
    """A claim of an insight."""

    kind: str | None = Field(description="Of a computed sentence, what it says: size, movement, segment …")
    written_by: str | None = Field(description="The person whose words these are; none of the service's own.")


class SegmentCount(BaseModel):
    """Mentions in one segment, out of all there are of it."""

    segment: str
    mentions: float
    of: float


class Insight(BaseModel):
    """Claims about a theme, an answer or a selection, with a state, and whether they still hold."""

    id: str
    theme_id: str | None
    origin: dict[str, Any] = Field(description="What it was made from: `kind` is theme, answer or selection.")
    title: str
    titled_by: str | None
    claims: list[Statement]
    counts: list[Count]
    segments: list[SegmentCount]
    dissenting: list[Citation] = Field(description="Quotes of those who clearly sound the other way than most.")
    questions: list[str] = Field(description="What cannot be told from this data.")
    state: Literal["draft", "reviewed", "published"]
    freshness: Literal["fresh", "ageing", "contradicted"]
    freshness_reason: str | None
    checked_at: Moment | None = Field(description="When it was last held against the feedback.")
    drafter: str
    provenance: Figures
    created_at: Moment
    updated_at: Moment


class InsightList(BaseModel):
    """Insights, newest first."""

    insights: list[Insight]


class InsightEvent(BaseModel):
    """One step in the life of an insight."""

    action: str = Field(examples=["edited"])
    actor: str
    at: Moment
    change: dict[str, Any]


class InsightHistory(BaseModel):
    """The steps, oldest first."""

    history: list[InsightEvent]


class SentInsight(BaseModel):
    """What an insight is made from: one of the three."""

    theme_id: Annotated[Plain, Field(max_length=40)] | None = Field(None, examples=["T3"])
    answer_id: Annotated[Plain, Field(max_length=40)] | None = Field(None, examples=["A12"])
    excerpt_ids: list[Annotated[Plain, Field(max_length=40)]] | None = Field(None, max_length=500)
    title: Annotated[Plain, Field(max_length=1000)] | None = None


class SentQuote(BaseModel):
    """A passage that stands word for word in an excerpt."""

    excerpt_id: Annotated[Plain, Field(max_length=40)]
    quote: Annotated[Plain, Field(min_length=1, max_length=5000)]


class SentClaim(BaseModel):
    """A claim as it is to be: one that is there (`kept`, counted from 1), with new words or quotes, or a new one."""

    kept: int | None = Field(None, ge=1)
    text: Annotated[Plain, Field(max_length=5000)] | None = None
    quotes: list[SentQuote] | None = Field(None, max_length=50)


class SentInsightChange(BaseModel):
    """What is to change. `claims` are all that are to be there afterwards, in order; what is left out is dropped."""

    title: Annotated[Plain, Field(max_length=1000)] | None = None
    state: Literal["draft", "reviewed", "published"] | None = None
    claims: list[SentClaim] | None = Field(None, max_length=100)
    unchanged_since: Moment | None = Field(
        None, description="Its `updated_at` as you saw it: where it was changed since, nothing is done (409)."
    )
