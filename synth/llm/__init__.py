"""The Drafter seam: evidence and counts in, claims with quotes out; extractive, or any OpenAI-compatible endpoint."""

from synth.llm.drafter import (
    Brief,
    Drafter,
    Drafting,
    Field,
    NameBrief,
    Named,
    Neighbour,
    PlanBrief,
    Provenance,
    Reading,
    Section,
    Terms,
)

__all__ = [
    "Brief",
    "Drafter",
    "Drafting",
    "Field",
    "NameBrief",
    "Named",
    "Neighbour",
    "PlanBrief",
    "Provenance",
    "Reading",
    "Section",
    "Terms",
]
