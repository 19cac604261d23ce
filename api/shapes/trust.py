"""The trust card: figures about this installation, each with its date, size and interval."""

from pydantic import BaseModel, Field

from api.shapes.common import Moment
from api.shapes.findings import Excerpt
from synth.trust.figures import Group


class TrustPart(BaseModel):
    """One kind of what a figure sums up."""

    name: str
    value: float
    low: float
    high: float
    n: int


class TrustFigure(BaseModel):
    """A figure between 0 and 1 with its 95 % interval; all of them null where nothing was measured."""

    name: str = Field(examples=["abstentions"])
    title: str
    group: Group
    value: float | None
    low: float | None
    high: float | None
    n: int | None = Field(description="On how many cases it was measured.")
    unit: str = Field(description="What `n` counts.")
    measured_at: Moment | None
    meaning: str = Field(description="The figure in a plain sentence, or why there is none.")
    note: str
    how: str = Field(description="How it was measured, or how to measure it.")
    parts: list[TrustPart]


class TrustCard(BaseModel):
    """Every figure there is, with those that nobody has measured."""

    at: Moment
    figures: list[TrustFigure]


class Drawn(Excerpt):
    """An excerpt of a sample, and the theme it is on."""

    theme: str
    definition: str


class Sample(BaseModel):
    """Excerpts drawn by lot among those that the machine placed."""

    seed: int
    excerpts: list[Drawn]


class Measured(BaseModel):
    """How many figures were kept."""

    kept: int
