"""What was found: quotes, claims, counts, answers, excerpts, reports."""

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.common import Condition, Cursor, Filter, Moment
from synth.answers.faceting import Way
from synth.model import Asked, Support, Unit


class Citation(BaseModel):
    """A quote and where it stands: `text[start:end]` of its document, in characters."""

    excerpt_id: str
    document_id: str
    external_id: str | None
    source: str
    quote: str
    start: int
    end: int
    speaker: str | None
    person: str | None
    created_at: Moment | None
    suspicious: str | None = Field(None, description="Why the text is shown as suspicious, where it is.")


class Claim(BaseModel):
    """One sentence, with the quotes that back it and the strongest against it."""

    text: str
    support: Support
    citations: list[Citation]
    counter: Citation | None


class Count(BaseModel):
    """A number from SQL, and the filter that gives it again."""

    label: str
    value: float
    unit: Unit
    of: float | None
    filter: Filter
    method: str
    low: float | None
    high: float | None


class ThemeCount(BaseModel):
    """A theme beside a number of mentions."""

    id: str
    name: str
    mentions: int


class Plan(BaseModel):
    """How the question was understood."""

    question: str
    asked: Asked
    unit: Unit
    about: str
    filters: Filter
    options: list[Condition]
    periods: list[Filter]
    unknown: list[str]
    notes: list[str]


class Answer(BaseModel):
    """Claims and counts, or an abstention with its reason and what comes nearest."""

    id: str
    follows: str | None
    status: Literal["answered", "abstained"]
    reason: str | None
    claims: list[Claim]
    counts: list[Count]
    themes: list[ThemeCount]
    nearest: list[Citation]
    plan: Plan
    drafter: str
    rejected: int
    fell_back: str | None = Field(description="Why the language model's text was not used, where one was asked.")
    withheld: str | None = Field(None, description="The sentence for what who asks does not see, if anything.")


class Excerpt(BaseModel):
    """The span of a document that is themed and quoted, and who said it."""

    excerpt_id: str
    document_id: str
    external_id: str | None
    source: str
    speaker: str | None
    role: str | None
    text: str
    start: int
    end: int
    person: str | None
    account: str | None
    segment: str | None
    rating: float | None
    language: str | None
    created_at: Moment | None
    theme_id: str = Field(description="Empty when it is on no theme.")
    confidence: float | None
    suspicion: float = Field(description="From 0 to 1: how much the text reads like an order to whoever works with it.")
    suspicious: str | None = Field(description="Why it is shown as suspicious, where it is.")


class ExcerptPage(BaseModel):
    """A page of excerpts."""

    excerpts: list[Excerpt]
    next: Cursor


class Hit(Excerpt):
    """An excerpt that was found."""

    score: float
    similarity: float = Field(description="Cosine to the query.")


class FacetValue(BaseModel):
    """One value of a facet: how many excerpts have it, and what narrows the search to them."""

    value: str
    excerpts: int
    where: str | None = Field(description="The condition; null of a time, which `since` and `until` tell.")
    since: str | None
    until: str | None


class Facet(BaseModel):
    """The values of one key among all matches."""

    key: str = Field(description="A key of `where`, or `time`: weeks, months or years.")
    values: list[FacetValue]
    others: int = Field(description="How many more values there are.")


class Facets(BaseModel):
    """How all that a search matches spreads."""

    way: Way = Field(description="What was counted: what says all of the words, or what is near in meaning.")
    said: str = Field(description="The same in a sentence.")
    excerpts: int
    people: int
    cut: float | None = Field(description="The cosine from which an excerpt is near; null by words.")
    facets: list[Facet]


class Results(BaseModel):
    """What a search found, best first."""

    query: str
    filter: Filter
    results: list[Hit]
    facets: Facets | None = Field(None, description="Where it was asked for.")
    withheld: str | None = Field(None, description="The sentence for what who asks does not see, if anything.")


class ReportHead(BaseModel):
    """A report that was written."""

    id: str = Field(examples=["2026-W47"])
    created_at: Moment


class ReportList(BaseModel):
    """The reports, the latest period first."""

    reports: list[ReportHead]
