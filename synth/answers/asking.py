"""Answering a question: plan, counts from SQL, evidence, draft, gate; or a plain abstention.

Counts come first and are computed whatever the drafter does; the drafter writes around them, and the gate decides what
is shown.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from synth.answers.abstaining import reason_to_abstain
from synth.answers.evidence import find_sections
from synth.answers.following import load_earlier
from synth.answers.quoting import Point, cut_quotes
from synth.answers.remembering import remember
from synth.answers.retrieval import load_hits
from synth.answers.scope import Scope, find_scope
from synth.answers.tally import Tally, tally
from synth.answers.understanding import Understood, understand
from synth.gate import cite, gate
from synth.intake.redacting.redaction import redact
from synth.llm import Brief
from synth.model import NO_FILTERS, Answer, Citation, Claim, Filters, Plan
from synth.parts import Parts
from synth.store.excerpts import ExcerptView
from synth.store.verdicts import read_verdicts

NEAREST = 3  # excerpts shown with an abstention


def ask_in_steps(
    parts: Parts,
    workspace: str,
    question: str,
    given: Filters = NO_FILTERS,
    *,
    dropped: Collection[str] = (),
    follows: str | None = None,
) -> Iterator[Plan | Tally | Claim | Answer]:
    """Answer a question over the workspace: the plan, the counts, each claim that passed the gate, the whole answer.

    `given` are filters set beside the question, `dropped` those wrongly read into it, `follows` is the id
    of an earlier answer whose filters and subject hold where this question names no others.
    Nothing is done before it is asked for: whoever stops reading stops the work. The question is redacted first, as
    every stored text is: an address could find nothing, and answers are kept.
    """
    left_out = parts.left_out()  # before anything is read: a source that is restricted meanwhile may be in it
    asked = redact(question, regions=parts.regions).text
    earlier = load_earlier(parts, workspace, follows) if follows else None
    understood = understand(parts, workspace, asked, given, dropped=dropped, earlier=earlier)
    plan = understood.plan
    yield plan
    if parts.asks_a_model:
        scope, numbers = _count(parts, workspace, plan)
        yield numbers
        answer = _write(parts, workspace, understood, scope, numbers)
    else:
        numbers, answer = _keep(parts, workspace, understood)
        yield numbers
    kept = remember(parts, workspace, replace(answer, follows=follows), left_out)
    yield from kept.claims
    yield kept


def _keep(parts: Parts, workspace: str, understood: Understood) -> tuple[Tally, Answer]:
    """What is written without a model is the same until something changes, or people have judged more excerpts."""

    def make() -> tuple[Tally, Answer]:
        scope, numbers = _count(parts, workspace, understood.plan)
        return numbers, _write(parts, workspace, understood, scope, numbers)

    with parts.database.at_once(), parts.database.read() as session:
        judged = read_verdicts(session, workspace, parts.now())
        name = f"answer to {understood.plan} with {judged.right} of {len(judged.verdicts)}"
        return parts.kept.read(name, session, workspace, make)


def _count(parts: Parts, workspace: str, plan: Plan) -> tuple[Scope, Tally]:
    with parts.database.at_once():
        scope = find_scope(parts, workspace, plan)
        return scope, tally(parts, workspace, plan, scope)


def _write(parts: Parts, workspace: str, understood: Understood, scope: Scope, numbers: Tally) -> Answer:
    reason = reason_to_abstain(understood.plan, scope, numbers)
    if reason:
        return _abstain(parts, workspace, understood.plan, scope, numbers, reason)
    return _answer(parts, workspace, understood, scope, numbers)


def _answer(parts: Parts, workspace: str, understood: Understood, scope: Scope, numbers: Tally) -> Answer:
    plan = understood.plan
    with parts.database.at_once():
        sections = tuple(find_sections(parts, workspace, plan, scope, numbers))
    brief = Brief("answer", plan.question, sections, numbers.counts, numbers.themes, workspace, understood.until)
    drafting = parts.drafter.draft(brief)
    gated = gate(drafting.drafts, brief.evidence, computed=brief.leads, numbers=numbers.values())
    return Answer(
        status="answered",
        plan=plan,
        drafter=drafting.provenance.drafter,
        claims=gated.claims,
        counts=numbers.counts,
        themes=numbers.themes,
        rejected=gated.rejected + drafting.refused,
        fell_back=drafting.provenance.fell_back,
    )


def _abstain(parts: Parts, workspace: str, plan: Plan, scope: Scope, numbers: Tally, reason: str) -> Answer:
    with parts.database.read() as session:
        near = load_hits(session, workspace, scope.hits[:NEAREST])
    return Answer(
        status="abstained",
        plan=plan,
        drafter=parts.drafter.name,
        counts=numbers.counts,
        reason=reason,
        nearest=_quoted(parts, near, scope),
    )


def _quoted(parts: Parts, excerpts: Sequence[ExcerptView], scope: Scope) -> tuple[Citation, ...]:
    point = None if scope.query is None else Point(scope.query)
    quotes = cut_quotes([excerpt.text for excerpt in excerpts], [point] * len(excerpts), parts.embedder.embed)
    cited = [cite(excerpt, quote) for excerpt, quote in zip(excerpts, quotes, strict=True)]
    return tuple(citation for citation in cited if citation)
