"""Themes and the runs that found them."""

from pydantic import BaseModel, Field

from api.shapes.common import Cursor, Figures, Moment
from api.shapes.findings import Citation


class Theme(BaseModel):
    """A named group of excerpts with a permanent id."""

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


class ThemeList(BaseModel):
    """All active themes, largest first, and what they leave out."""

    coverage: float = Field(description="Share of the excerpts that are on a theme.")
    unassigned: int
    excerpts: int
    run: Figures | None
    themes: list[Theme]


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


class RunPage(BaseModel):
    """A page of runs."""

    runs: list[Run]
    next: Cursor
