"""How a workspace stands: its sizes, its jobs, the state of its index."""

from datetime import timedelta
from importlib.metadata import version
from typing import Any, Literal

from sqlalchemy import func, select

from synth.answers.unread import count_unread
from synth.errors import Unavailable
from synth.model import NO_FILTERS
from synth.parts import Parts
from synth.store.indexing import is_behind
from synth.store.reading import count_jobs
from synth.store.tables import Document, Theme, Workspace
from synth.store.usage import Spent, day_of, spent_by_prompt, spent_on, spent_since
from synth.themes.listing import coverage

IndexState = Literal["ready", "behind", "broken"]


def read_standing(parts: Parts, workspace: str) -> dict[str, Any]:
    """What `GET /v1/status` returns."""
    with parts.database.read() as session:
        documents = session.scalar(select(func.count(Document.id)).where(Document.workspace_id == workspace)) or 0
        active = (Theme.workspace_id == workspace) & (Theme.state == "active")
        themes = session.scalar(select(func.count()).select_from(Theme).where(active)) or 0
        excerpts, unassigned = coverage(session, workspace)
        unread = parts.kept.read(
            "unread",
            session,
            workspace,
            lambda: count_unread(session, workspace, parts.embedder.version, NO_FILTERS),
        )
        jobs = count_jobs(session, workspace)
        spent = spent_on(session, workspace, day_of(parts.now(), parts.zone(workspace)))
    return {
        "version": version("synth"),
        "documents": documents,
        "excerpts": excerpts,
        "themes": themes,
        "unassigned": unassigned,
        "coverage": round(1 - unassigned / excerpts, 4) if excerpts else 0.0,
        "index": index_state(parts, workspace),
        "unread": unread,
        "jobs": jobs,
        "embedder": parts.embedder.version,
        "drafter": parts.drafter.name,
        "model": spent_document(spent),
    }


def read_usage(parts: Parts, workspace: str, *, days: int) -> dict[str, Any]:
    """What was asked of the language model today, on each of so many days, and for what."""
    now = parts.now()
    today, first = day_of(now, parts.zone(workspace)), day_of(now - timedelta(days=days - 1), parts.zone(workspace))
    with parts.database.read() as session:
        spent = spent_since(session, workspace, first)
        prompts = spent_by_prompt(session, workspace, first)
    return {
        "today": spent_document(next((each for each in spent if each.day == today), Spent(today))),
        "days": [spent_document(each) for each in spent],
        "prompts": [
            {"prompt": prompt, "calls": each.calls, "tokens": each.tokens, "cost": round(each.cost, 6)}
            for prompt, each in prompts
        ],
    }


def spent_document(spent: Spent) -> dict[str, Any]:
    """What was spent on the language model on a day."""
    return {
        "day": spent.day,
        "calls": spent.calls,
        "failed": spent.failed,
        "kept": spent.kept,
        "refused": spent.refused,
        "tokens": spent.tokens,
        "cost": round(spent.cost, 6),
    }


def check_ready(parts: Parts) -> None:
    """Raise Unavailable when the database does not answer."""
    with parts.database.read() as session:
        session.execute(select(Workspace.id).limit(1))


def index_state(parts: Parts, workspace: str) -> IndexState:
    """Whether searches are answered by the index, or exactly from SQL because it is behind or broken."""
    if is_behind(parts, workspace):
        return "behind"
    try:
        parts.index.count(workspace)
    except Unavailable:
        return "broken"
    return "ready"
