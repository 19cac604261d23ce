"""How often what is counted has changed, by which one knows whether a count still holds; and excerpts by role."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | Sequence[str] | None = "0021"


def upgrade() -> None:
    """Add the table, whose row comes with the first change, and an index of who said what is counted."""
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_excerpts_role", "excerpts", ["workspace_id", "role", "id"])


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_excerpts_role", "excerpts")
    op.drop_table("changes")
