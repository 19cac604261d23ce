"""Studies, their documents, participants and what they found, as they come out and go in."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Moment

Text = Annotated[Plain, Field(max_length=10_000)]
Name = Annotated[Plain, Field(max_length=500)]
Id = Annotated[Plain, Field(max_length=60)]


class SentStudy(BaseModel):
    """What is written about a study; what is left out stays as it is."""

    name: Name | None = None
    question: Text | None = None
    method: Text | None = None
    consent: Text | None = Field(None, description="What the participants agreed to.")
    state: Literal["open", "closed"] | None = None
    keep_days: int | None = Field(None, description="Days after which what was said is erased; null keeps it.")


class SentNewStudy(SentStudy):
    """A study to begin."""

    name: Name


class StudyAbout(BaseModel):
    """What is written about a study."""

    id: str = Field(examples=["S1"])
    name: str
    question: str | None
    method: str | None
    consent: str | None
    state: Literal["open", "closed"]
    keep_days: int | None
    created_by: str
    created_at: Moment


class StudyHead(StudyAbout):
    """A study with how much is in it."""

    interviews: int
    participants: int
    codes: int
    highlights: int


class StudyList(BaseModel):
    """Studies, the newest first."""

    studies: list[StudyHead]


class StudyDocument(BaseModel):
    """A document of a study."""

    document_id: str
    title: str | None
    created_at: Moment | None
    language: str | None
    participants: list[str] = Field(description="Pseudonyms of who speaks in it.")


class Study(StudyAbout):
    """A study with its documents."""

    documents: list[StudyDocument]
    participants: int
    codes: int
    highlights: int


class StudyParticipant(BaseModel):
    """Who took part. The name is there only where it was asked for."""

    pseudonym: str = Field(examples=["P1"])
    person: str | None = Field(examples=["S1-P1"])
    attributes: dict[str, Any]
    documents: int
    name: str | None = None


class StudyParticipants(BaseModel):
    """The participants of a study."""

    participants: list[StudyParticipant]


class RosterTaken(BaseModel):
    """What became of a roster: of how many participants it told, what, and the rows that told nothing."""

    participants: int
    changed: int
    attributes: list[str] = Field(description="The columns that can be filtered by from now on.")
    refused: list[str]


class SentRole(BaseModel):
    """A speaker of a document, and what they are."""

    speaker: Annotated[Plain, Field(min_length=1, max_length=500)]
    role: Literal["participant", "interviewer", "other"]


class FindingQuote(BaseModel):
    """A quote of a finding."""

    document_id: str
    title: str | None
    start: int
    end: int
    quote: str
    begins: float | None
    page: int | None
    coder: str
    speaker: str


class Finding(BaseModel):
    """A code, with all below it, by participants."""

    code_id: str
    code: str
    level: int
    definition: str
    color: str | None
    theme_id: str | None
    participants: int
    interviews: int
    highlights: int
    quotes: list[FindingQuote]


class Saturation(BaseModel):
    """How many codes an interview uses, and how many of them for the first time."""

    document_id: str
    title: str | None
    created_at: Moment | None
    codes: int
    new_codes: int
    codes_so_far: int


class StudyTheme(BaseModel):
    """A theme by how many participants speak of it."""

    theme_id: str
    name: str
    participants: int
    interviews: int


class Findings(BaseModel):
    """What a study found."""

    participants: int
    interviews: int
    codes: list[Finding]
    saturation: list[Saturation]
    themes: list[StudyTheme]
