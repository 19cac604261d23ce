"""Which vectors changed under which number: so that what is kept in memory is brought up to date, not read anew."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | Sequence[str] | None = "0028"


def upgrade() -> None:
    """Add the table, which begins empty: every process reads its vectors once when it starts."""
    op.create_table(
        "vector_changes",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("excerpt_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "number", "excerpt_id"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("vector_changes")
