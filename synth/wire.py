"""The JSON shapes of the product, in one place: the API and `--json` print the same documents."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from synth.model import Answer, Citation, Claim, Condition, Count, Filters, Plan, ThemeCount

if TYPE_CHECKING:
    from synth.intake.uploads import ImportState
    from synth.saying.reading import Saying
    from synth.store import tables
    from synth.store.excerpts import ExcerptView
    from synth.store.progress import Stage
    from synth.themes.changes import Change
    from synth.themes.curating.effects import Effect, Numbers
    from synth.themes.curating.suggesting import Suggestion
    from synth.themes.listing import AreaSummary, Level, LineageEvent, ThemeList, ThemeSummary
    from synth.trust.figures import Card
    from synth.trust.figures import Figure as TrustFigure
    from synth.trust.sampling import Drawn


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


def theme_list_document(found: "ThemeList", level: "Level" = "all") -> dict[str, Any]:
    """What `synth themes --json` prints and `GET /v1/themes` returns: the themes of a level, and all areas."""
    listed = () if level == "areas" else found.themes
    return {
        "coverage": round(found.coverage, 4),
        "unassigned": found.unassigned,
        "excerpts": found.excerpts,
        "run": found.run,
        "areas": [area_document(area) for area in found.areas],
        "themes": [
            theme_document(theme) | {"shown": theme.id in found.shown}
            for theme in listed
            if level == "all" or theme.id in found.shown
        ],
    }


def area_document(area: "AreaSummary") -> dict[str, Any]:
    """An area with its themes and numbers."""
    return {
        "id": area.id,
        "name": area.name,
        "themes": list(area.themes),
        "mentions": area.mentions,
        "people": area.people,
    }


def change_document(change: "Change") -> dict[str, Any]:
    """A change as `GET /v1/runs/{id}` returns it."""
    return {
        "key": change.key,
        "kind": change.kind,
        "name": change.name,
        "size": change.size,
        "arriving": dict(change.arriving),
        "leaving": dict(change.leaving),
        "into": change.into,
        "confused": None if change.confused is None else round(change.confused, 4),
    }


def theme_document(theme: "ThemeSummary") -> dict[str, Any]:
    """A theme with its numbers, what is central in it and what is at its edge."""
    return {
        "id": theme.id,
        "name": theme.name,
        "definition": theme.definition,
        "key_phrases": list(theme.key_phrases),
        "mentions": theme.mentions,
        "people": theme.people,
        "share": round(theme.share, 4),
        "sentiment": None if theme.sentiment is None else round(theme.sentiment, 3),
        "exemplars": [citation_document(citation) for citation in theme.exemplars],
        "edge": [citation_document(citation) for citation in theme.edge],
        "state": theme.state,
        "area": theme.area,
        "parent": theme.parent,
        "pinned": theme.pinned,
        "name_origin": theme.name_origin,
        "created_at": moment(theme.created_at),
    }


def lineage_document(event: "LineageEvent") -> dict[str, Any]:
    """One line in the life of a theme."""
    return {
        "run": event.run_id,
        "event": event.event,
        "others": list(event.others),
        "overlap": round(event.overlap, 3),
        "size": event.size,
        "at": moment(event.at),
    }


def decision_document(decision: "tables.Decision", says: str, blocked_by: str | None) -> dict[str, Any]:
    """What a person decided, who and when, and the later decision that has to be undone before it."""
    return {
        "id": decision.id,
        "kind": decision.kind,
        "says": says,
        "theme_id": decision.theme_id,
        "themes": decision.after["themes"],
        "created": decision.after["created"],
        "excerpts": decision.after["excerpts"],
        "actor": decision.actor,
        "created_at": moment(decision.created_at),
        "undone_at": moment(decision.undone_at),
        "undone_by": decision.undone_by,
        "blocked_by": blocked_by,
    }


def effect_document(effect: "Effect") -> dict[str, Any]:
    """What a decision does to the numbers; null on a side where a theme is not shown."""
    return {
        "excerpts": effect.excerpts,
        "unassigned": {"before": effect.unassigned_before, "after": effect.unassigned_after},
        "themes": [
            {
                "id": theme.id,
                "name": theme.name,
                "before": _numbers_document(theme.before),
                "after": _numbers_document(theme.after),
            }
            for theme in effect.themes
        ],
    }


def suggestion_document(suggestion: "Suggestion") -> dict[str, Any]:
    """A part a theme could be split into; the key names exactly these excerpts."""
    return {
        "key": suggestion.key,
        "name": suggestion.naming.name,
        "definition": suggestion.naming.definition,
        "excerpts": len(suggestion.excerpts),
        "people": suggestion.people,
        "dense": suggestion.dense,
        "examples": [suggestion.excerpts[place] for place in suggestion.naming.exemplars],
    }


def _numbers_document(numbers: "Numbers | None") -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {
        "mentions": numbers.mentions,
        "people": numbers.people,
        "accounts": numbers.accounts,
        "share": numbers.share,
    }


def insight_document(insight: "tables.Insight") -> dict[str, Any]:
    """An insight with its claims, numbers, state and what made it."""
    return {
        "id": insight.id,
        "theme_id": insight.theme_id,
        "title": insight.title,
        "claims": insight.claims,
        "counts": insight.counts,
        "state": insight.state,
        "freshness": insight.freshness,
        "drafter": insight.drafter,
        "provenance": insight.provenance,
        "created_at": moment(insight.created_at),
        "updated_at": moment(insight.updated_at),
    }


def import_document(state: "ImportState") -> dict[str, Any]:
    """An import as it stands."""
    return {
        "id": state.id,
        "filename": state.filename,
        "source": state.source,
        "kind": state.kind,
        "taken": state.taken,
        "already": state.already,
        "refused": state.refused,
        "refusals": [{"row": refusal.row, "reason": refusal.reason} for refusal in state.refusals],
        "stages": [stage_document(stage) for stage in state.stages],
        "finished": state.finished,
        "created_at": state.created_at,
    }


def stage_document(stage: "Stage") -> dict[str, Any]:
    """How far one kind of work on an import is."""
    return {
        "kind": stage.kind,
        "jobs": stage.jobs,
        "finished": stage.finished,
        "dead": stage.dead,
        "done": stage.done,
        "total": stage.total,
        "step": stage.step,
        "error": stage.error,
    }


def job_document(job: "tables.Job") -> dict[str, Any]:
    """A job of the ledger, without its lease."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "subject": job.subject,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "result": job.result,
        "error": job.error,
        "created_at": moment(job.created_at),
        "finished_at": moment(job.finished_at),
    }


def document_document(
    document: "tables.Document", source: str, kind: str, person: str | None, account: str | None
) -> dict[str, Any]:
    """One thing somebody said, whole."""
    return {
        "document_id": document.id,
        "external_id": document.external_id,
        "source": source,
        "kind": kind,
        "title": document.title,
        "text": document.text,
        "created_at": moment(document.created_at),
        "ingested_at": moment(document.ingested_at),
        "person": person,
        "account": account,
        "language": document.language,
        "rating": document.rating,
        "url": document.url,
        "attributes": document.attributes,
        "redactions": document.redactions,
        "repeat_of": document.repeat_of,
        "import": document.import_id,
    }


def turn_document(turn: "tables.Turn") -> dict[str, Any]:
    """What one speaker said without a break: offsets in the document's text, seconds in the recording."""
    return {
        "speaker": turn.speaker,
        "role": turn.role,
        "start": turn.start,
        "end": turn.end,
        "begins": turn.begins,
        "ends": turn.ends,
        "page": turn.page,
    }


def import_row_document(row: "tables.Import") -> dict[str, Any]:
    """An import as a list shows it: its counts, without rows and stages."""
    return {
        "id": row.id,
        "filename": row.filename,
        "source": row.options.get("source"),
        "kind": row.options["kind"],
        "size": row.size,
        "taken": row.taken,
        "already": row.already,
        "refused": row.refused,
        "finished": row.finished_at is not None,
        "created_at": moment(row.created_at),
    }


def run_document(run: "tables.Run") -> dict[str, Any]:
    """A discovery: what went in, how, and what came out."""
    return {
        "id": run.id,
        "state": run.state,
        "scope": run.scope,
        "embedder": run.embedder,
        "parameters": run.parameters,
        "figures": run.figures,
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
    }


def trust_document(card: "Card") -> dict[str, Any]:
    """What `synth trust --json` prints and `GET /v1/trust` returns."""
    return {"at": moment(card.at), "figures": [trust_figure_document(figure) for figure in card.figures]}


def trust_figure_document(figure: "TrustFigure") -> dict[str, Any]:
    """One figure, or what stands in its place where nothing was measured."""
    return {
        "name": figure.name,
        "title": figure.title,
        "group": figure.group,
        "value": _short(figure.value),
        "low": _short(figure.low),
        "high": _short(figure.high),
        "n": figure.n,
        "unit": figure.unit,
        "measured_at": moment(figure.measured_at),
        "meaning": figure.meaning,
        "note": figure.note,
        "how": figure.how,
        "parts": [
            {
                "name": part.name,
                "value": _short(part.value),
                "low": _short(part.low),
                "high": _short(part.high),
                "n": part.n,
            }
            for part in figure.parts
        ],
    }


def drawn_document(drawn: "Drawn") -> dict[str, Any]:
    """An excerpt of a sample, with the theme it is on."""
    return excerpt_document(drawn.excerpt) | {"theme": drawn.theme, "definition": drawn.definition}


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def saying_document(saying: "Saying") -> dict[str, Any]:
    """What is said about a theme, as `GET /v1/themes/{id}/facts` returns it."""
    return {
        "theme_id": saying.theme_id,
        **{unit: whole(amount) for unit, amount in saying.numbers.items()},
        "share": _short(saying.numbers["mentions"] / saying.of) if saying.of else None,
        "sentiment": {
            "positive": saying.mood.positive,
            "neutral": saying.mood.neutral,
            "negative": saying.mood.negative,
            "word": saying.mood.word,
        },
        "kinds": dict(saying.kinds),
        "languages": [{"language": code, "mentions": whole(count)} for code, count in saying.languages.items()],
        "contrasts": [
            {
                "key": each.key,
                "value": each.value,
                "mentions": each.mentions,
                "of": each.of,
                "ratio": _short(each.ratio),
                "p": float(f"{each.p:.4g}"),
                "stands": each.stands,
            }
            for each in saying.contrasts
        ],
        "impacts": [
            {
                "scale": each.scale,
                "mean": _short(each.mean),
                "n": each.n,
                "mean_elsewhere": _short(each.mean_elsewhere),
                "n_elsewhere": each.n_elsewhere,
                "difference": _short(each.difference),
                "low": _short(each.low),
                "high": _short(each.high),
            }
            for each in saying.impacts
        ],
        "companions": [
            {"id": each.id, "name": each.name, "mentions": each.mentions, "lift": _short(each.lift)}
            for each in saying.companions
        ],
    }
