"""The JSON shapes of the product, in one place: the API and `--json` print the same documents."""

from datetime import datetime
from typing import Any

from synth.model import Answer, Citation, Claim, Condition, Count, Filters, Plan, ThemeCount


def answer_document(answer: Answer) -> dict[str, Any]:
    """What `synth ask --json` prints and `POST /v1/questions` returns."""
    return {
        "status": answer.status,
        "reason": answer.reason,
        "claims": [claim_document(claim) for claim in answer.claims],
        "counts": [count_document(count) for count in answer.counts],
        "themes": [theme_count_document(theme) for theme in answer.themes],
        "nearest": [citation_document(citation) for citation in answer.nearest],
        "plan": plan_document(answer.plan),
        "drafter": answer.drafter,
        "rejected": answer.rejected,
    }


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


def condition_document(condition: Condition) -> dict[str, str]:
    """One filter."""
    return {"key": condition.key, "operator": condition.operator, "value": condition.value}


def moment(value: datetime | None) -> str | None:
    """An ISO 8601 time with its zone."""
    return None if value is None else value.isoformat()


def whole(value: float) -> float | int:
    """7 rather than 7.0."""
    return int(value) if value == int(value) else value
