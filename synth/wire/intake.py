"""Imports, jobs and documents."""

from typing import TYPE_CHECKING, Any

from synth.wire.values import moment

if TYPE_CHECKING:
    from synth.intake.reviews import Review, Waiting
    from synth.intake.uploads import ImportState
    from synth.store import tables
    from synth.store.progress import Stage


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
        "waits": state.waits,
        "created_at": state.created_at,
    }


def review_document(review: "Review") -> dict[str, Any]:
    """An upload that waits: its documents by their places, and one of them whole."""
    return {
        "import_id": review.import_id,
        "filename": review.filename,
        "total": review.total,
        "documents": [
            {"document": each.place, "title": each.title, "marks": len(each.marks), "undecided": each.undecided}
            for each in review.documents
        ],
        "shown": review.shown and waiting_document(review.shown),
    }


def waiting_document(waiting: "Waiting") -> dict[str, Any]:
    """A document that waits, with what is marked in it."""
    return {
        "document": waiting.place,
        "title": waiting.title,
        "text": waiting.text,
        "marks": [
            {
                "start": mark.start,
                "end": mark.end,
                "kind": mark.kind,
                "state": mark.state,
                "words": waiting.text[mark.start : mark.end],
            }
            for mark in waiting.marks
        ],
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
        "kind": row.options.get("kind", "feedback"),
        "size": row.size,
        "taken": row.taken,
        "already": row.already,
        "refused": row.refused,
        "finished": row.finished_at is not None,
        "waits": row.finished_at is None and row.options.get("redact") == "suggest",
        "created_at": moment(row.created_at),
    }
