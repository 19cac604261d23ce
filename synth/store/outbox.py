"""Telling that vectors came or went: the vector index is brought up to date by it, and what is kept in memory."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from synth.store.rows import insert_all
from synth.store.stamp import note_vectors
from synth.store.tables import IndexChange, VectorChange

MOST_NOTED = 50_000  # changes of vectors that stay written down; whoever knows less than these reads all anew


def tell_vectors(session: Session, workspace: str, excerpts: Sequence[str], change: Literal["put", "drop"]) -> None:
    """Name excerpts whose vectors this transaction writes or deletes."""
    if excerpts:
        told = {"workspace_id": workspace, "change": change}
        insert_all(session, IndexChange, [{"excerpt_id": excerpt, **told} for excerpt in excerpts])
        note_vectors(session, workspace, excerpts)


def forget_vectors(session: Session, workspace: str) -> None:
    """Let go of the changes that are beyond the most that stay; the last one always stays."""
    mine = VectorChange.workspace_id == workspace
    newest = select(VectorChange.number).where(mine).order_by(VectorChange.number.desc())
    first = session.scalar(newest.offset(MOST_NOTED).limit(1))
    if first is not None:
        session.execute(delete(VectorChange).where(mine, VectorChange.number < first))
