"""Documents, and the imports they came with."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.shapes.common import Cursor, Moment
from api.shapes.findings import Excerpt
from synth.model import Attribute, Kind


class DocumentHead(BaseModel):
    """One thing somebody said, without its text."""

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
    """A document as a list shows it."""

    preview: str = Field(description="The beginning of the text.")
    length: int = Field(description="Characters of the whole text.")


class DocumentPage(BaseModel):
    """A page of documents."""

    documents: list[DocumentPreview]
    next: Cursor


class Turn(BaseModel):
    """What one speaker said: offsets in the text, seconds in the recording."""

    speaker: str | None
    role: str | None
    start: int
    end: int
    begins: float | None
    ends: float | None
    page: int | None


class DocumentWhole(DocumentHead):
    """A document with its text, its turns (of a transcript) and its excerpts."""

    text: str
    turns: list[Turn]
    excerpts: list[Excerpt]
    restricted: bool = Field(description="Whether its source is for some readers only.")
    withheld: str | None = Field(None, description="The sentence for what who asks does not see, if anything.")


class Refusal(BaseModel):
    """A row that was not taken, and why."""

    row: int = Field(description="Counted as in the file; 0 is the whole file.")
    reason: str


class Stage(BaseModel):
    """How far one kind of work on an import is, in jobs and in steps."""

    kind: str
    jobs: int
    finished: int
    dead: int
    done: int
    total: int | None
    step: str | None
    error: str | None


class ImportHead(BaseModel):
    """What became of the rows of an import."""

    id: str
    filename: str
    source: str | None
    kind: Kind
    taken: int
    already: int
    refused: int
    finished: bool
    waits: bool = Field(description="Whether it waits for somebody to say what is to be hidden.")
    created_at: Moment


class Import(ImportHead):
    """An import as it stands."""

    refusals: list[Refusal] = Field(description="The first 1,000; all of them in refused.csv.")
    stages: list[Stage]


class Mark(BaseModel):
    """A span that is personal, or may be."""

    start: int
    end: int
    kind: str
    state: Literal["suggested", "accepted", "rejected"]
    words: str


class Waiting(BaseModel):
    """A document that waits to be written, as it was sent."""

    document: int = Field(description="Its place in the file, from 0.")
    title: str
    text: str
    marks: list[Mark]


class WaitingHead(BaseModel):
    """How far one of them is."""

    document: int
    title: str
    marks: int
    undecided: int


class Review(BaseModel):
    """An upload that waits for somebody to say what is to be hidden."""

    import_id: str
    filename: str
    total: int = Field(description="Documents in it.")
    documents: list[WaitingHead] = Field(description="Those in which something is marked, 500 at most; else the first.")
    shown: Waiting | None


class SentRedaction(BaseModel):
    """What is decided about a span, or about words wherever they stand in the document."""

    model_config = ConfigDict(extra="forbid")

    document: int = Field(ge=0, le=10**9)
    start: int | None = Field(None, ge=0, le=10**9)
    end: int | None = Field(None, ge=0, le=10**9)
    words: str | None = Field(None, max_length=2_000)
    kind: str | None = Field(None, max_length=20, description="Of what is hidden; NAME if not given.")
    state: Literal["accepted", "rejected", "undecided"] = "accepted"


class ImportsTaken(BaseModel):
    """The imports that were begun, one for each file."""

    imports: list[Import]


class ImportRow(ImportHead):
    """An import as a list shows it."""

    size: int


class ImportPage(BaseModel):
    """A page of imports."""

    imports: list[ImportRow]
    next: Cursor
