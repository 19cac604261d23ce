"""The Drafter seam: evidence and counts in, claims with quotes out; extractive, or any OpenAI-compatible endpoint."""

from synth.llm.drafter import Brief, Drafter, Drafting, NameBrief, Named, Neighbour, Provenance, Section

__all__ = ["Brief", "Drafter", "Drafting", "NameBrief", "Named", "Neighbour", "Provenance", "Section"]
