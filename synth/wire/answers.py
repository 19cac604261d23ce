"""Answers, the claims and quotes in them, and the plans and filters behind."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from synth.model import Answer, Citation, Claim, Condition, Count, Filters, Plan, ThemeCount
from synth.wire.values import moment, whole

if TYPE_CHECKING:
    from synth.answers.tally import Tally
    from synth.store.excerpts import ExcerptView


def answer_document(answer: Answer) -> dict[str, Any]:
    """What `synth ask --json` prints and `POST /v1/questions` returns."""
    return {
        "id": answer.id,
        "follows": answer.follows,
        "status": answer.status,
        "reason": answer.reason,
        "claims": [claim_document(claim) for claim in answer.claims],
        "counts": [count_document(count) for count in answer.counts],
        "themes": [theme_count_document(theme) for theme in answer.themes],
        "nearest": [citation_document(citation) for citation in answer.nearest],
        "plan": plan_document(answer.plan),
        "drafter": answer.drafter,
        "rejected": answer.rejected,
        "fell_back": answer.fell_back,
    }


def step_document(step: "Plan | Tally | Claim | Answer") -> tuple[str, dict[str, Any]]:
    """A step of an answer as it is made: its name (plan, counts, claim, end), and what it carries."""
    if isinstance(step, Plan):
        return "plan", plan_document(step)
    if isinstance(step, Claim):
        return "claim", claim_document(step)
    if isinstance(step, Answer):
        return "end", answer_document(step)
    counts, themes = map(count_document, step.counts), map(theme_count_document, step.themes)
    return "counts", {"counts": list(counts), "themes": list(themes)}


def claim_document(claim: Claim) -> dict[str, Any]:
    """A sentence with its quotes."""
    return {
        "text": claim.text,
        "support": claim.support,
        "citations": [citation_document(citation) for citation in claim.citations],
        "counter": citation_document(claim.counter) if claim.counter else None,
    }


def citation_document(citation: Citation) -> dict[str, Any]:
    """A quote and where it stands."""
    return {
        "excerpt_id": citation.excerpt_id,
        "document_id": citation.document_id,
        "external_id": citation.external_id,
        "source": citation.source,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "speaker": citation.speaker,
        "person": citation.person,
        "created_at": moment(citation.created_at),
        "suspicious": citation.suspicious,
    }


def count_document(count: Count) -> dict[str, Any]:
    """A number with its unit, what it is out of, and the filters that give it again."""
    return {
        "label": count.label,
        "value": whole(count.value),
        "unit": count.unit,
        "of": None if count.of is None else whole(count.of),
        "filter": filters_document(count.filters),
        "method": count.method,
        "low": None if count.low is None else whole(count.low),
        "high": None if count.high is None else whole(count.high),
    }


def theme_count_document(theme: ThemeCount) -> dict[str, Any]:
    """A theme beside a number of mentions."""
    return {"id": theme.id, "name": theme.name, "mentions": theme.mentions}


def plan_document(plan: Plan) -> dict[str, Any]:
    """How a question was understood."""
    return {
        "question": plan.question,
        "asked": plan.asked,
        "unit": plan.unit,
        "about": plan.about,
        "filters": filters_document(plan.filters),
        "options": [condition_document(option) for option in plan.options],
        "periods": [filters_document(period) for period in plan.periods],
        "unknown": list(plan.unknown),
        "notes": list(plan.notes),
    }


def filters_document(filters: Filters) -> dict[str, Any]:
    """A time range, end exclusive, and conditions."""
    return {
        "since": moment(filters.since),
        "until": moment(filters.until),
        "where": [condition_document(condition) for condition in filters.where],
    }


def read_filters_document(written: Mapping[str, Any]) -> Filters:
    """The filters that `filters_document` wrote."""
    since, until = (datetime.fromisoformat(written[end]) if written[end] else None for end in ("since", "until"))
    where = (Condition(each["key"], each["value"], each["operator"]) for each in written["where"])
    return Filters(since, until, tuple(where))


def condition_document(condition: Condition) -> dict[str, str]:
    """One filter."""
    return {"key": condition.key, "operator": condition.operator, "value": condition.value}


def excerpt_document(excerpt: "ExcerptView") -> dict[str, Any]:
    """An excerpt with its place, its voice and its theme."""
    return {
        "excerpt_id": excerpt.id,
        "document_id": excerpt.document_id,
        "external_id": excerpt.external_id,
        "source": excerpt.source,
        "speaker": excerpt.speaker,
        "role": excerpt.role,
        "text": excerpt.text,
        "start": excerpt.start,
        "end": excerpt.end,
        "person": excerpt.person,
        "account": excerpt.account,
        "segment": excerpt.segment,
        "rating": excerpt.rating,
        "language": excerpt.language,
        "created_at": moment(excerpt.created_at),
        "theme_id": excerpt.theme_id or "",
        "confidence": excerpt.confidence,
        "suspicion": round(excerpt.suspicion, 4),
        "suspicious": excerpt.suspicious,
    }
