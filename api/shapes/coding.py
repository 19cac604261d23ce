"""Codes, highlights and boards, as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Moment
from api.shapes.studies import Id, Name, Text


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


class CodingsTaken(BaseModel):
    """What became of an imported codebook or coded study."""

    documents: int = Field(description="Coded texts that were not in the study, and are now.")
    codes: int
    highlights: int
    already: int
    refused: list[str]


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
