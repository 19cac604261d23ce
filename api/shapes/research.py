"""Studies, codes, highlights and what comes of them, as they come out and go in."""

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


class SentCode(BaseModel):
    """What is to be of a code; what is left out stays as it is."""

    name: Name | None = None
    parent_id: Id | None = None
    definition: Text | None = None
    examples: list[Text] | None = Field(None, max_length=100)
    memo: Text | None = None
    color: Annotated[Plain, Field(max_length=20)] | None = Field(None, examples=["#3366cc"])
    theme_id: Id | None = Field(None, description="A theme that speaks of the same.")


class SentNewCode(SentCode):
    """A code to add."""

    name: Name


class Code(BaseModel):
    """A code with its place and its use."""

    id: str = Field(examples=["C1"])
    study_id: str
    parent_id: str | None
    level: int
    name: str
    definition: str
    examples: list[str]
    memo: str
    color: str | None
    theme_id: str | None
    guid: str
    highlights: int
    documents: int
    coders: int
    created_by: str


class CodingChange(BaseModel):
    """What was done to a codebook as a whole."""

    id: str = Field(examples=["K1"])
    kind: Literal["merge", "split", "delete"]
    codes: list[str]
    highlights: int
    actor: str
    at: Moment
    undone_at: Moment | None


class Codebook(BaseModel):
    """Codes in the order of their hierarchy, and what was done to them as a whole."""

    codes: list[Code]
    changes: list[CodingChange]


class SentMerge(BaseModel):
    """Codes to make one with the code of the address."""

    codes: list[Id] = Field(min_length=1, max_length=100)


class SentSplit(BaseModel):
    """Highlights of the code that get a code of their own."""

    name: Name
    highlights: list[Id] = Field(min_length=1, max_length=2_000)


class CodeChanged(BaseModel):
    """A code after a merge or a split, and the change by which it is undone."""

    code: Code
    change: str


class CodeDeleted(BaseModel):
    """The change by which a deletion is undone."""

    change: str


class SentRole(BaseModel):
    """A speaker of a document, and what they are."""

    speaker: Annotated[Plain, Field(min_length=1, max_length=500)]
    role: Literal["participant", "interviewer", "other"]


class SentHighlight(BaseModel):
    """A span of a document, in characters, its end exclusive, and a code."""

    document_id: Id
    start: int = Field(ge=0, le=1_000_000_000)
    end: int = Field(ge=0, le=1_000_000_000)
    code_id: Id
    memo: Text | None = None


class SentHighlightChange(BaseModel):
    """What is to be of a highlight."""

    state: Literal["accepted", "rejected"] | None = None
    memo: Text | None = None


class Highlight(BaseModel):
    """A highlight with its words and where they were said."""

    id: str = Field(examples=["H1"])
    document_id: str
    title: str | None
    code_id: str
    code: str
    start: int
    end: int
    quote: str
    speaker: str | None
    role: str | None
    begins: float | None
    page: int | None
    coder: str
    origin: Literal["human", "machine", "import"]
    state: Literal["accepted", "suggested", "rejected"]
    score: float | None
    memo: str
    guid: str
    created_at: Moment


class HighlightList(BaseModel):
    """Highlights in the order of the documents and their texts."""

    highlights: list[Highlight]


class Suggested(BaseModel):
    """How many codes the machine suggests."""

    suggested: int


class Measure(BaseModel):
    """A measure with its 95 % interval over so many units; null where it has no value."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class CoderPair(BaseModel):
    """Two coders, and Cohen's kappa over the codes."""

    coders: list[str]
    kappa: Measure


class CodeAgreement(BaseModel):
    """Krippendorff's alpha of one code, and how often each coder used it."""

    code_id: str
    code: str
    used: dict[str, int]
    alpha: Measure


class MachineShare(BaseModel):
    """How many of the machine's suggestions that people judged were accepted."""

    judged: int
    accepted: int
    share: float | None
    low: float | None
    high: float | None
    waiting: int


class Agreement(BaseModel):
    """Agreement between coders, over documents that at least two have marked."""

    coders: list[str]
    documents: int
    units: int
    alpha: Measure
    pairs: list[CoderPair]
    codes: list[CodeAgreement]
    machine: MachineShare


class SentBoardChange(BaseModel):
    """One thing to do to an affinity board."""

    do: Literal[
        "add_lane",
        "rename_lane",
        "move_lane",
        "remove_lane",
        "move_cards",
        "add_note",
        "remove_note",
        "make_code",
        "undo",
    ]
    lane: Id | None = Field(None, description="The lane it is about, or that cards go to; `rest` for none.")
    name: Name | None = Field(None, description="Of a lane.")
    by: Literal[-1, 1] | None = Field(None, description="Where a lane moves: -1 to the left, 1 to the right.")
    cards: list[Annotated[Plain, Field(max_length=200)]] | None = Field(None, max_length=500)
    before: Annotated[Plain, Field(max_length=200)] | None = Field(None, description="A card; without it, the end.")
    text: Text | None = Field(None, description="Of a note.")
    note: Id | None = None


class BoardCard(BaseModel):
    """A marked span, whatever its codes and whoever marked it; or a note of somebody's own."""

    id: str
    document_id: str | None
    title: str | None
    start: int | None
    end: int | None
    quote: str | None
    speaker: str | None
    role: str | None
    begins: float | None
    page: int | None
    codes: list[str]
    coders: list[str]
    memos: list[str]
    note: str | None


class BoardLane(BaseModel):
    """A lane; `rest` holds what has no other."""

    id: str
    name: str
    code_id: str | None
    cards: list[BoardCard]


class Board(BaseModel):
    """The affinity board of a study, and how many changes can be undone."""

    lanes: list[BoardLane]
    changes: int


class MachinePair(BaseModel):
    """A person, and Cohen's kappa with the machine over the codes."""

    coder: str
    kappa: Measure


class MachineCode(BaseModel):
    """One code: how many excerpts people and the machine gave it, and how far they agree."""

    code_id: str
    code: str
    people: int
    machine: int
    kappa: Measure
    alpha: Measure


class MachineAgreement(BaseModel):
    """Agreement between people and the machine, which knew neither their coding of a document nor they its."""

    documents: int = Field(description="Coded by somebody wholly without suggestions.")
    units: int
    with_suggestions: int = Field(description="Times a person coded a document with suggestions in view: left out.")
    kappa: Measure
    alpha: Measure
    pairs: list[MachinePair]
    codes: list[MachineCode]


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


class CodingsTaken(BaseModel):
    """What became of an imported codebook or coded study."""

    documents: int = Field(description="Coded texts that were not in the study, and are now.")
    codes: int
    highlights: int
    already: int
    refused: list[str]
