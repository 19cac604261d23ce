"""What people decide about themes: what they send, and what comes of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Cursor, Moment
from api.shapes.themes import LineageEvent, ThemeWhole

LONGEST_NAME, MOST = 120, 5_000
ThemeId = Annotated[Plain, Field(min_length=1, max_length=40, examples=["T3"])]
Name = Annotated[Plain, Field(min_length=1, max_length=LONGEST_NAME)]
ExcerptIds = Annotated[list[Annotated[Plain, Field(max_length=40)]], Field(min_length=1, max_length=MOST)]
Words = Annotated[list[Annotated[Plain, Field(max_length=100)]], Field(min_length=1, max_length=50)]


class SentRename(BaseModel):
    """Give a theme another name; no run changes it from then on."""

    kind: Literal["rename"]
    theme: ThemeId
    name: Name


class SentMerge(BaseModel):
    """Several themes are one: all their excerpts go to `into`."""

    kind: Literal["merge"]
    themes: Annotated[list[ThemeId], Field(min_length=1, max_length=500)]
    into: ThemeId


class SentSplit(BaseModel):
    """A part of a theme is a theme of its own. Give one of `words`, `excerpts` and `suggestion`."""

    kind: Literal["split"]
    theme: ThemeId
    words: Words | None = Field(None, description="Each stands for all words that begin with it.")
    excerpts: ExcerptIds | None = None
    suggestion: Annotated[Plain, Field(max_length=40)] | None = Field(None, description="`key` of a suggestion.")
    name: Name | None = Field(None, description="Of the new theme; made of its words if not given.")


class SentMove(BaseModel):
    """The excerpts belong to another theme, or (`to` is null) to none."""

    kind: Literal["move"]
    excerpts: ExcerptIds
    to: ThemeId | None


class SentExclude(BaseModel):
    """A theme and its excerpts are not shown or counted among the themes; with false, they are again."""

    kind: Literal["exclude"]
    theme: ThemeId
    excluded: bool = True


class SentPin(BaseModel):
    """No run may take a theme apart, merge or retire it; with false, runs may again."""

    kind: Literal["pin"]
    theme: ThemeId
    pinned: bool = True


class SentParent(BaseModel):
    """A theme is a part of another, or (null) of none."""

    kind: Literal["parent"]
    theme: ThemeId
    parent: ThemeId | None


class SentApart(BaseModel):
    """Two themes are not the same, however alike they look."""

    kind: Literal["apart"]
    theme: ThemeId
    other: ThemeId


class SentTeach(BaseModel):
    """Placement on a theme follows what moves taught, or (false) its centre alone."""

    kind: Literal["teach"]
    theme: ThemeId
    taught: bool = True


SentDecision = Annotated[
    SentRename | SentMerge | SentSplit | SentMove | SentExclude | SentPin | SentParent | SentApart | SentTeach,
    Field(discriminator="kind"),
]


class SentTheme(BaseModel):
    """What is to be different about a theme; what is left out stays."""

    name: Name | None = None
    pinned: bool | None = None
    state: Literal["active", "excluded"] | None = None
    parent: ThemeId | None = Field(None, description="Null for none.")


class SentSeed(BaseModel):
    """A theme of a taxonomy."""

    name: Name
    definition: Annotated[Plain, Field(max_length=2_000)] = ""
    examples: Annotated[list[Annotated[Plain, Field(max_length=2_000)]], Field(max_length=200)] = []


class SentTaxonomy(BaseModel):
    """Themes to begin with."""

    themes: Annotated[list[SentSeed], Field(min_length=1, max_length=500)]


class Decision(BaseModel):
    """What a person decided, and whether it stands."""

    id: str = Field(examples=["D7"])
    kind: str
    says: str = Field(description="The decision in one sentence.", examples=["Merged T5 “Slow” into T3 “App is slow”"])
    theme_id: str
    themes: list[str] = Field(description="All themes it touches.")
    created: list[str] = Field(description="Themes it made.")
    excerpts: int = Field(description="Excerpts it moved.")
    actor: str
    created_at: Moment
    undone_at: Moment | None
    undone_by: str | None
    blocked_by: str | None = Field(description="A later decision that has to be undone first.")


class ThemeNumbers(BaseModel):
    """What is counted of a theme."""

    mentions: int
    people: int
    accounts: int
    share: float


class ThemeEffect(BaseModel):
    """A theme's numbers on both sides of a decision; null where it is not shown among the themes."""

    id: str
    name: str
    before: ThemeNumbers | None
    after: ThemeNumbers | None


class Unassigned(BaseModel):
    """Excerpts on no theme."""

    before: int
    after: int


class Effect(BaseModel):
    """What a decision changes in numbers."""

    excerpts: int
    unassigned: Unassigned
    themes: list[ThemeEffect]


class DecisionMade(BaseModel):
    """A decision with its effect."""

    decision: Decision
    effect: Effect


class DecisionPage(BaseModel):
    """A page of decisions, newest first."""

    decisions: list[Decision]
    next: Cursor


class ThemeChanged(BaseModel):
    """A theme as it is now, and the decisions that made it so."""

    theme: ThemeWhole
    decisions: list[DecisionMade]


class Lineage(BaseModel):
    """What runs and people did to a theme, oldest first."""

    lineage: list[LineageEvent]


class Suggestion(BaseModel):
    """A part a theme could be split into."""

    key: str
    name: str
    definition: str
    excerpts: int
    people: int
    dense: bool = Field(description="A sub-theme by the rules of themes; else one half of a theme of one piece.")
    examples: list[str] = Field(description="Ids of its most typical excerpts.")


class Suggestions(BaseModel):
    """The parts of a theme, largest first; none where it is of one piece."""

    suggestions: list[Suggestion]
