"""Where excerpts are quoted: written down beside whatever quotes them, so that erasure can follow."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from synth.store.rows import insert_all
from synth.store.tables import Citation


def replace_citations(session: Session, workspace: str, owner: str, excerpts: Collection[str]) -> None:
    """Note that the owner, an answer, insight, run or report by its id, quotes these excerpts and no others."""
    session.execute(delete(Citation).where(Citation.workspace_id == workspace, Citation.owner == owner))
    common = {"workspace_id": workspace, "owner": owner}
    insert_all(session, Citation, [common | {"excerpt_id": excerpt} for excerpt in sorted(excerpts)])
