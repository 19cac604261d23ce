"""What was erased is known again when a file brings it: by hashes of ids and names, from which nothing can be read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store.rows import chunks
from synth.store.tables import Erased, Erasure


def erased_among(session: Session, workspace: str, keys: Sequence[str]) -> dict[str, datetime]:
    """Those of the keys (ids of documents, keys of people) that were erased, with when that was asked for."""
    found: dict[str, datetime] = {}
    for part in chunks(list(keys)):
        query = (
            select(Erased.key, Erasure.created_at)
            .join(Erasure, (Erasure.workspace_id == Erased.workspace_id) & (Erasure.id == Erased.erasure_id))
            .where(Erased.workspace_id == workspace, Erased.key.in_(part))
        )
        found |= {row.key: row.created_at for row in session.execute(query)}
    return found
