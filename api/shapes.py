"""The shapes of what comes out, for the documentation: the documents of `synth.wire`, field by field.

Responses are sent as the engine made them; a test holds them against these shapes.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.errors import problems
from synth.access import CredentialKind, Role
from synth.model import Asked, Attribute, Kind, Operator, Support, Unit

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-16T09:30:00+00:00"])]
Cursor = Annotated[str | None, Field(description="Give it as `cursor` for the next page; null on the last.")]
Figures = dict[str, Any]


def replies(shape: type[BaseModel], *errors: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The documentation of an operation: what it returns, and the errors beside those any operation can give."""
    return {status: {"model": shape}, **problems(*errors)}


class Condition(BaseModel):
    key: str
    operator: Operator
    value: str


class Filter(BaseModel):
    """A time range, its end exclusive, and conditions."""

    since: Moment | None
    until: Moment | None
    where: list[Condition]


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


class Claim(BaseModel):
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


class ThemeCount(BaseModel):
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
    status: Literal["answered", "abstained"]
    reason: str | None
    claims: list[Claim]
    counts: list[Count]
    themes: list[ThemeCount]
    nearest: list[Citation]
    plan: Plan
    drafter: str
    rejected: int


class Excerpt(BaseModel):
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


class ExcerptPage(BaseModel):
    excerpts: list[Excerpt]
    next: Cursor


class Hit(Excerpt):
    score: float
    similarity: float = Field(description="Cosine to the query.")


class Results(BaseModel):
    query: str
    filter: Filter
    results: list[Hit]


class Theme(BaseModel):
    id: str
    name: str
    definition: str
    key_phrases: list[str]
    mentions: int = Field(description="Documents that speak to it.")
    people: int
    share: float = Field(description="Of all documents within the filters.")
    sentiment: float | None
    exemplars: list[Citation]
    edge: list[Citation]
    state: str
    area: str | None
    name_origin: str
    created_at: Moment


class LineageEvent(BaseModel):
    run: str
    event: str
    others: list[str]
    overlap: float
    size: int
    at: Moment


class ThemeWhole(Theme):
    lineage: list[LineageEvent]


class ThemeList(BaseModel):
    coverage: float = Field(description="Share of the excerpts that are on a theme.")
    unassigned: int
    excerpts: int
    run: Figures | None
    themes: list[Theme]


class Turn(BaseModel):
    """What one speaker said: offsets in the text, seconds in the recording."""

    speaker: str | None
    role: str | None
    start: int
    end: int
    begins: float | None
    ends: float | None
    page: int | None


class DocumentHead(BaseModel):
    document_id: str
    external_id: str | None
    source: str
    kind: Kind
    title: str | None
    created_at: Moment | None
    ingested_at: Moment
    person: str | None
    account: str | None
    language: str | None
    rating: float | None
    url: str | None
    attributes: dict[str, Attribute]
    redactions: dict[str, int]
    repeat_of: str | None
    import_id: str | None = Field(alias="import")


class DocumentPreview(DocumentHead):
    preview: str = Field(description="The beginning of the text.")
    length: int = Field(description="Characters of the whole text.")


class DocumentPage(BaseModel):
    documents: list[DocumentPreview]
    next: Cursor


class DocumentWhole(DocumentHead):
    text: str
    turns: list[Turn]
    excerpts: list[Excerpt]


class Refusal(BaseModel):
    row: int = Field(description="Counted as in the file; 0 is the whole file.")
    reason: str


class Stage(BaseModel):
    kind: str
    jobs: int
    finished: int
    dead: int
    done: int
    total: int | None
    step: str | None
    error: str | None


class ImportHead(BaseModel):
    id: str
    filename: str
    source: str | None
    kind: Kind
    taken: int
    already: int
    refused: int
    finished: bool
    created_at: Moment


class Import(ImportHead):
    refusals: list[Refusal] = Field(description="The first 1,000; all of them in refused.csv.")
    stages: list[Stage]


class ImportsTaken(BaseModel):
    imports: list[Import]


class ImportRow(ImportHead):
    size: int


class ImportPage(BaseModel):
    imports: list[ImportRow]
    next: Cursor


class Job(BaseModel):
    id: str
    kind: str
    state: Literal["queued", "running", "done", "dead"]
    subject: str | None
    attempts: int
    max_attempts: int
    stage: str | None
    done: int
    total: int | None
    result: Figures
    error: str | None
    created_at: Moment
    finished_at: Moment | None


class JobPage(BaseModel):
    jobs: list[Job]
    next: Cursor


class Run(BaseModel):
    id: str
    state: str
    scope: str
    embedder: str
    parameters: Figures
    figures: Figures
    started_at: Moment
    finished_at: Moment | None


class RunPage(BaseModel):
    runs: list[Run]
    next: Cursor


class Insight(BaseModel):
    id: str
    theme_id: str | None
    title: str
    claims: list[Claim]
    counts: list[Count]
    state: str
    freshness: str
    drafter: str
    provenance: Figures
    created_at: Moment
    updated_at: Moment


class InsightList(BaseModel):
    insights: list[Insight]


class ReportHead(BaseModel):
    id: str = Field(examples=["2026-W47"])
    created_at: Moment


class ReportList(BaseModel):
    reports: list[ReportHead]


class Token(BaseModel):
    id: str
    name: str
    role: Role
    kind: CredentialKind
    created_at: Moment
    expires_at: Moment | None


class TokenList(BaseModel):
    tokens: list[Token]


class TokenMade(BaseModel):
    """The secret is shown this once; only its hash is kept."""

    id: str
    name: str
    role: Role
    kind: CredentialKind
    secret: str
    link: str | None = Field(description="The path that signs a browser in, for a login.")


class JobCounts(BaseModel):
    queued: int
    running: int
    done: int
    dead: int


class Status(BaseModel):
    version: str
    documents: int
    excerpts: int
    themes: int
    unassigned: int
    coverage: float
    index: Literal["ready", "behind", "broken"]
    jobs: JobCounts
    embedder: str
    drafter: str


class Alive(BaseModel):
    status: Literal["ok"]
