"""Themes and the runs that found them."""

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.common import Cursor, Figures, Moment
from api.shapes.findings import Citation
from synth.saying.kinds import Kind


class Theme(BaseModel):
    """A named group of excerpts with a permanent id."""

    id: str
    name: str
    definition: str
    key_phrases: list[str]
    mentions: int = Field(description="Documents that speak to it.")
    people: int
    accounts: int
    revenue: float = Field(description="Yearly, of those accounts.")
    share: float = Field(description="Of all documents within the filters.")
    sentiment: float | None
    exemplars: list[Citation]
    edge: list[Citation]
    state: str
    area: str | None = Field(description="The id of the area it lies in.")
    parent: str | None = Field(description="The theme it is a part of.")
    pinned: bool = Field(description="No run takes it apart, merges or retires it.")
    name_origin: str
    created_at: Moment


class LineageEvent(BaseModel):
    """What one run did to a theme."""

    run: str
    event: str
    others: list[str]
    overlap: float
    size: int
    at: Moment


class ThemeWhole(Theme):
    """A theme with its lineage, oldest first."""

    lineage: list[LineageEvent]


class TrendWeek(BaseModel):
    """A theme in one complete week."""

    id: str = Field(description="The ISO week.", examples=["2026-W47"])
    since: Moment
    until: Moment
    mentions: int = Field(description="As counted today.")
    reported: int | None = Field(description="As the archived report of the week says; null where it says nothing.")


class ThemeTrend(BaseModel):
    """A theme week by week, oldest first."""

    weeks: list[TrendWeek]
    difference: str | None = Field(description="How the reports of the time differ; null where none was archived.")


class Ratio(BaseModel):
    """The rate of the last two weeks in units of the rate before, with its 95 % interval; null: no bound."""

    value: float | None
    low: float | None
    high: float | None


class EmergingGroup(BaseModel):
    """Excerpts on no theme that say the same, and say it more lately than chance explains."""

    name: str
    definition: str
    key_phrases: list[str]
    mentions: int = Field(description="Documents of the last two weeks.")
    of: int = Field(description="All documents of the last two weeks.")
    mentions_before: int = Field(description="Documents of the eight weeks before.")
    of_before: int
    ratio: Ratio
    people: int
    sources: dict[str, int]
    since: Moment = Field(description="When it was first said, within the ten weeks.")
    excerpts: list[str] = Field(description="The ids of all of them, newest first.")
    quotes: list[Citation]


class EmergingList(BaseModel):
    """What emerges, the least likely by chance first."""

    emerging: list[EmergingGroup]


class Tone(BaseModel):
    """Numbers of excerpts by how they sound; those whose tone cannot be told are in none."""

    positive: int
    neutral: int
    negative: int
    word: Literal["positive", "negative", "mixed", "unknown"]


class LanguageCount(BaseModel):
    """Mentions in one language; null where a text is too short to tell."""

    language: str | None
    mentions: float


class Contrast(BaseModel):
    """How much one source or segment speaks of the theme, against all the others."""

    key: Literal["source", "segment"]
    value: str
    mentions: int
    of: int = Field(description="All mentions there.")
    ratio: float | None = Field(description="Its share there over its share elsewhere.")
    p: float
    stands: bool = Field(description="More than chance explains; at most one in ten of those that stand is false.")


class Impact(BaseModel):
    """Mean ratings of those who speak of the theme and of the others; the difference with its 95 % interval."""

    scale: Literal["stars", "recommendation"]
    mean: float
    n: int
    mean_elsewhere: float
    n_elsewhere: int
    difference: float
    low: float
    high: float


class Companion(BaseModel):
    """Another theme that the same documents speak of, more often than by chance."""

    id: str
    name: str
    mentions: int
    lift: float


class ThemeFacts(BaseModel):
    """What is said about a theme within some filters."""

    theme_id: str
    mentions: float
    people: float
    accounts: float
    revenue: float
    share: float | None
    sentiment: Tone
    kinds: dict[Kind, int] = Field(description="Excerpts by what they are.")
    languages: list[LanguageCount]
    contrasts: list[Contrast]
    impacts: list[Impact]
    companions: list[Companion]


class ListedTheme(Theme):
    """A theme of the list, and whether it is on the level that is shown first."""

    shown: bool = Field(description="One of the at most 70 themes that are shown first; the others come on demand.")


class Area(BaseModel):
    """Themes that lie close together, with the documents and people that speak to any of them."""

    id: str
    name: str
    themes: list[str] = Field(description="Ids of its themes, largest first.")
    mentions: int
    people: int


class ThemeList(BaseModel):
    """All active themes, largest first, and what they leave out."""

    coverage: float = Field(description="Share of the excerpts that are on a theme.")
    unassigned: int
    excerpts: int
    run: Figures | None
    areas: list[Area] = Field(description="At most 12, largest first; none where there are few themes.")
    themes: list[ListedTheme]
    withheld: str | None = Field(None, description="The sentence for what who asks does not see, if anything.")


class Run(BaseModel):
    """A discovery: what went in, how, and what came out."""

    id: str
    state: str
    scope: str
    embedder: str
    parameters: Figures
    figures: Figures
    started_at: Moment
    finished_at: Moment | None


class RunChange(BaseModel):
    """One thing a run that waits would do."""

    key: str = Field(description="What it is accepted by.")
    kind: Literal["born", "kept", "grown", "faded", "merged"]
    name: str
    size: int = Field(description="Excerpts the theme would have; of one to be merged, those it has.")
    arriving: dict[str, int] = Field(description="Excerpts that would come, by the theme they are on; '' for none.")
    leaving: dict[str, int] = Field(description="Excerpts that would go, by where they would go; '' for no theme.")
    into: str | None = Field(description="The theme it would be merged into.")
    confused: float | None = Field(description="Share of the two themes' members nearer to the other one.")


class RunWhole(Run):
    """A run with what it would change, where it waits for a person."""

    changes: list[RunChange]


class RunPage(BaseModel):
    """A page of runs."""

    runs: list[Run]
    next: Cursor
