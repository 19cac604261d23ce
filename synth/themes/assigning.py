"""Placing excerpts on the themes there are, as they arrive."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.assignments import add_missing_assignments
from synth.store.rows import chunks
from synth.themes.finding.placement import place
from synth.themes.placing import load_prototypes


def place_excerpts(session: Session, parts: Parts, workspace: str, ids: Sequence[str]) -> int:
    """Put each excerpt on the theme it clearly belongs to, in the caller's transaction; returns how many found one.

    What fits nowhere stays unassigned: it is the soil of new themes. The interviewer's words are never placed.
    """
    known = load_prototypes(session, parts, workspace) if ids else None
    if known is None:
        return 0
    placed = 0
    for part in chunks(ids):
        found = _vectors(session, parts.embedder.version, workspace, part)
        if not found:
            continue
        placement = place(np.stack([vector for _, vector in found]), known.model)
        rows = [
            _row(workspace, excerpt, known.themes[label], float(confidence), parts.now())
            for (excerpt, _), label, confidence in zip(found, placement.labels, placement.confidence, strict=True)
            if label >= 0
        ]
        add_missing_assignments(session, rows)
        placed += len(rows)
    return placed


def _row(workspace: str, excerpt: str, theme: str, confidence: float, now: datetime) -> dict[str, object]:
    return {
        "excerpt_id": excerpt,
        "workspace_id": workspace,
        "theme_id": theme,
        "confidence": confidence,
        "origin": "placed",
        "run_id": None,
        "created_at": now,
    }


def _vectors(
    session: Session, embedder: str, workspace: str, ids: Sequence[str]
) -> list[tuple[str, "np.typing.NDArray[np.float32]"]]:
    same_words = (tables.Embedding.workspace_id == tables.Excerpt.workspace_id) & (
        tables.Embedding.text_hash == tables.Excerpt.text_hash
    )
    query = (
        select(tables.Excerpt.id, tables.Embedding.vector)
        .join(tables.Embedding, same_words)
        .where(
            tables.Excerpt.workspace_id == workspace,
            tables.Excerpt.id.in_(ids),
            tables.Embedding.embedder == embedder,
            or_(tables.Excerpt.role.is_(None), tables.Excerpt.role != "interviewer"),
        )
        .order_by(tables.Excerpt.id)
    )
    return [(row.id, np.frombuffer(row.vector, dtype="<f4")) for row in session.execute(query)]
