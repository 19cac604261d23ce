"""How far coders agree with each other and with the machine, as it comes out."""

from pydantic import BaseModel, Field


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
