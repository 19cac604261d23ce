"""Who asks and who answers, put right by a person: what an interviewer says is no evidence and forms no theme."""

from typing import get_args

from sqlalchemy import delete, select, update

from synth.errors import BadInput, NotFound
from synth.model import Role
from synth.parts import Parts
from synth.store import tables
from synth.store.rows import chunks
from synth.themes.areas import request_areas
from synth.themes.assigning import place_excerpts


def set_role(parts: Parts, workspace: str, document: str, speaker: str, role: str) -> None:
    """Say what a speaker of a document is; raises NotFound, BadInput.

    Words of one who asks leave their themes; words of one who answers are placed on those they fit.
    """
    if role not in get_args(Role):
        raise BadInput(f"'{role}' is no role of a speaker; use {', '.join(get_args(Role))}.")
    turn, excerpt = tables.Turn, tables.Excerpt
    spoken = (turn.workspace_id == workspace) & (turn.document_id == document) & (turn.speaker == speaker)
    said = (excerpt.workspace_id == workspace) & (excerpt.document_id == document) & (excerpt.speaker == speaker)
    with parts.database.write() as session:
        if session.scalar(select(turn.position).where(spoken).limit(1)) is None:
            raise NotFound(f"Nobody called {speaker} speaks in document {document}.")
        session.execute(update(turn).where(spoken).values(role=role))
        session.execute(update(excerpt).where(said).values(role=role))
        ids = list(session.scalars(select(excerpt.id).where(said)))
        for part in chunks(ids):
            if role == "interviewer":
                session.execute(delete(tables.Assignment).where(tables.Assignment.excerpt_id.in_(part)))
        session.flush()
        if role != "interviewer":
            placed = set(
                session.scalars(select(tables.Assignment.excerpt_id).where(tables.Assignment.excerpt_id.in_(ids)))
            )
            place_excerpts(session, parts, workspace, [id for id in ids if id not in placed])
        request_areas(session, parts, workspace)
