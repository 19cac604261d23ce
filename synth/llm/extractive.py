"""The drafter that needs no model: the computed sentences and names, as they were found in what people said."""

from synth.gate import Draft
from synth.llm.drafter import Brief, Drafting, NameBrief, Named, PlanBrief, Provenance, Reading


class ExtractiveDrafter:
    """Says what was counted and quotes who said it; writes no sentence that was not computed."""

    name = "extractive"

    def read_question(self, brief: PlanBrief) -> Reading | None:  # noqa: ARG002
        """The rules read questions."""
        return None

    def draft(self, brief: Brief) -> Drafting:
        drafts = tuple(
            Draft(
                text=section.lead,
                quotes=tuple(
                    (excerpt.id, quote) for excerpt, quote in zip(section.excerpts, section.quotes, strict=True)
                ),
                support="supported",
            )
            for section in brief.sections
            if section.excerpts
        )
        return Drafting(drafts, Provenance(self.name, evidence_ids=tuple(brief.evidence)))

    def name_theme(self, brief: NameBrief) -> Named:
        """The machine's name stands."""
        return Named(brief.name, brief.definition)
