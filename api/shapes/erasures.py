"""Erasures as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Figures, Moment

Kind = Literal["person", "document", "source", "study"]


class SentErasure(BaseModel):
    """What is to be erased: a person or a source by name, a document by id."""

    kind: Kind
    name: Annotated[Plain, Field(min_length=1, max_length=500)]
    reason: Annotated[Plain, Field(max_length=500)] | None = Field(
        None, description="Why, for the receipt; write no name here."
    )


class ErasurePreview(BaseModel):
    """What an erasure would reach."""

    kind: Kind
    documents: int = Field(description="Documents that go whole.")
    shared: int = Field(description="Documents in which others answer too: only what the person said goes.")
    excerpts: int
    quoted_by: int = Field(description="Answers, insights, reports and saved questions that quote it.")
    named_by_others: list[str] = Field(
        description="Ids of documents of others in which the name stands: they stay, and a person has to look."
    )


class Erasure(BaseModel):
    """An erasure and its receipt, which holds no name."""

    id: str = Field(examples=["E1"])
    kind: Literal["person", "document", "source", "study", "expired"]
    subject: str = Field(description="The id of the document, the number of the source, or a hash of the name.")
    state: Literal["waiting", "running", "done"]
    actor: str
    reason: str | None
    created_at: Moment
    finished_at: Moment | None
    receipt: Figures = Field(
        description="`rows` deleted by store, `derived` withdrawn, `bytes` made to go, `proof` of the search after it."
    )


class SentRetention(BaseModel):
    """How long what a source says is kept."""

    source: Annotated[Plain, Field(min_length=1, max_length=500)]
    keep_days: int | None = Field(description="Days after which it is erased; null keeps it.")


class SourceRetention(BaseModel):
    """A source with how long it is kept."""

    source: str
    kind: str
    documents: int
    keep_days: int | None


class Retention(BaseModel):
    """How long each source is kept; of a study, the shorter of its own time and its source's."""

    sources: list[SourceRetention]


class ErasureList(BaseModel):
    """Erasures, the newest first."""

    erasures: list[Erasure]
