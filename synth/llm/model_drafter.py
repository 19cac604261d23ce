"""The drafter that asks a language model: the computed headline first, then what the model could show with quotes.

Whatever the endpoint does, there is a drafting within the time-out, both turns together and the reading of the question
before them: the model's, or the extractive one with the reason. The model has no tools and sees no name, no id and no
number that was not computed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from synth.llm.claims import Checked, check_claims
from synth.llm.completion import Failure
from synth.llm.drafter import Brief, Drafter, Drafting, NameBrief, Named, PlanBrief, Provenance, Reading, Task
from synth.llm.endpoint import Endpoint
from synth.llm.metering import Meter, Request, Unmetered
from synth.llm.namer import Namer
from synth.llm.planner import Planner
from synth.llm.prompting import Material, prepare, was_cut
from synth.llm.reply import Unreadable, read_reply
from synth.llm.templates import Prompt

BUDGET = 12_000  # tokens of a prompt, by our estimate
SHOWN = 4000  # characters of a bad reply that the model is shown again
NAMED = 3  # problems named in a repair turn


class ModelDrafter:
    """Drafts with the model of one endpoint; falls back on another drafter and says why."""

    name = "openai"

    def __init__(
        self,
        endpoint: Endpoint,
        prompts: Mapping[Task, Prompt],
        fallback: Drafter,
        namer: Namer,
        planner: Planner,
        *,
        budget: int = BUDGET,
        meter: Meter | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._prompts = prompts
        self._fallback = fallback
        self._namer = namer
        self._planner = planner
        self._budget = budget
        self._meter = meter or Unmetered()

    def read_question(self, brief: PlanBrief) -> Reading | None:
        """The model's reading where it stands the check; else none, with the reason."""
        return self._planner.read(brief)

    def draft(self, brief: Brief) -> Drafting:
        """The headline as the fallback writes it, then the model's claims, none of them checked for support."""
        prompt = self._prompts[brief.task]
        provenance = Provenance(self.name, self._endpoint.model, prompt.name, prompt.version, prompt.hash)
        material = prepare(brief, fixed=len(prompt.system) + len(prompt.user), budget=self._budget)
        if not material.excerpts:
            return self._fall_back(brief, provenance, _Outcome("There was no evidence that fits the prompt."))
        provenance = replace(provenance, evidence_ids=tuple(each.id for each in material.excerpts.values()))
        outcome = self._ask(prompt, material, brief)
        if outcome.checked is None:
            return self._fall_back(brief, provenance, outcome)
        headline = self._fallback.draft(replace(brief, sections=brief.sections[:1]))
        return Drafting((*headline.drafts, *outcome.checked.drafts), provenance, outcome.refused)

    def name_theme(self, brief: NameBrief) -> Named:
        """The model's name where it stands the check, else the machine's with the reason."""
        return self._namer.name(brief)

    def _ask(self, prompt: Prompt, material: Material, brief: Brief) -> "_Outcome":
        """One turn, and a second one that names what was wrong with the first; none for what was asked before."""
        messages = prompt.render(material.values)
        shown = tuple(excerpt.id for excerpt in material.excerpts.values())
        request = Request(brief.workspace, prompt, tuple(messages), shown)
        kept = self._meter.recall(self._endpoint, request)
        if kept is not None:
            return self._read(kept, material, brief.question)
        self._endpoint.load()
        until = brief.until or time.monotonic() + self._endpoint.timeout
        first = self._turn(request, material, brief.question, until)
        if first.again is None:
            self._keep(request, first)
            return first
        repair = prompt.render_repair(first.again.reply[:SHOWN], first.again.problem)
        again = replace(request, messages=(*messages, *repair))
        second = self._turn(again, material, brief.question, until)
        self._keep(request, second)
        return replace(second, refused=first.refused + second.refused)

    def _keep(self, request: Request, outcome: "_Outcome") -> None:
        if outcome.reply is not None:
            self._meter.keep(self._endpoint, request, outcome.reply)

    def _turn(self, request: Request, material: Material, question: str, until: float) -> "_Outcome":
        answered = self._meter.complete(self._endpoint, request, until=until)
        if isinstance(answered, Failure):
            return _Outcome(answered.reason)
        if was_cut(answered, request.messages):
            return _Outcome("The endpoint read only a part of the prompt; give the model a larger context window.")
        return self._read(answered.text, material, question)

    def _read(self, reply: str, material: Material, question: str) -> "_Outcome":
        """What stands of a reply; one of which nothing does may be repaired."""
        read = read_reply(reply)
        if isinstance(read, Unreadable):
            return _Outcome(
                f"The language model's reply could not be used: {read.problem}", _Again(reply, read.problem)
            )
        if not read.claims:
            return _Outcome("The language model found nothing to claim.")
        checked = check_claims(read, material, question)
        if checked.drafts:
            return _Outcome(None, checked=checked, refused=checked.refused, reply=reply)
        problem = "; ".join(checked.problems[:NAMED]) or "its claims only repeat sentences of FACTS."
        reason = "None of the language model's claims stood the check of its quotes and numbers."
        return _Outcome(reason, _Again(reply, problem), refused=checked.refused)

    def _fall_back(self, brief: Brief, provenance: Provenance, outcome: "_Outcome") -> Drafting:
        """The fallback's drafting, with the model that was asked and why its text was not used."""
        drafting = self._fallback.draft(brief)
        used = replace(
            provenance,
            drafter=drafting.provenance.drafter,
            evidence_ids=drafting.provenance.evidence_ids,
            fell_back=outcome.reason,
        )
        return replace(drafting, provenance=used, refused=drafting.refused + outcome.refused)


@dataclass(frozen=True, slots=True)
class _Again:
    """A reply that may be repaired, and what was wrong with it."""

    reply: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a turn: checked claims, or the reason there are none, and perhaps a second chance."""

    reason: str | None
    again: _Again | None = None
    checked: Checked | None = None
    refused: int = 0
    reply: str | None = None  # the one that the checked claims come from
