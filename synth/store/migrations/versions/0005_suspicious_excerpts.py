"""Excerpts say how suspicious they are; those that are there already are read again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from synth.suspicion import SUSPICIOUS, suspect

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"

PIECE = 2_000
ADDED = ("suspicion", "suspicious")


def upgrade() -> None:
    """Add the score and, where it is high, the reason; fill both from the texts, a piece at a time."""
    op.add_column("excerpts", sa.Column("suspicion", sa.Float(), nullable=False, server_default="0"))
    op.add_column("excerpts", sa.Column("suspicious", sa.String(), nullable=True))
    excerpts = sa.table("excerpts", *(sa.column(name) for name in ("seq", "document_id", "start", "end", *ADDED)))
    documents = sa.table("documents", sa.column("id"), sa.column("text"))
    said = sa.func.substr(documents.c.text, excerpts.c.start + 1, excerpts.c.end - excerpts.c.start)
    query = sa.select(excerpts.c.seq, said.label("text")).join(documents, documents.c.id == excerpts.c.document_id)
    last = 0
    while rows := op.get_bind().execute(query.where(excerpts.c.seq > last).order_by(excerpts.c.seq).limit(PIECE)).all():
        for row in rows:
            found = suspect(row.text)
            if found.score:
                reason = found.reason if found.score >= SUSPICIOUS else None
                values = {"suspicion": found.score, "suspicious": reason}
                op.get_bind().execute(sa.update(excerpts).where(excerpts.c.seq == row.seq).values(**values))
        last = rows[-1].seq
