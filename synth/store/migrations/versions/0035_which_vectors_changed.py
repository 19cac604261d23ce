"""Which vectors changed under which number, so that only these are read; and PostgreSQL finds the newest documents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | Sequence[str] | None = "0032"


def upgrade() -> None:
    """Add the table, which begins empty: every process reads its vectors once when it starts; and the index."""
    op.create_table(
        "vector_changes",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("excerpt_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "number", "excerpt_id"),
    )
    if op.get_bind().dialect.name != "sqlite":
        newest: list[str | sa.TextClause] = ["workspace_id", sa.text("created_at DESC NULLS LAST"), sa.text("id DESC")]
        op.create_index("ix_documents_newest", "documents", newest)


def downgrade() -> None:
    """Take both away."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_index("ix_documents_newest", "documents")
    op.drop_table("vector_changes")
