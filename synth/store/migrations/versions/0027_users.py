"""Users who sign in by name: with a password, or through their organisation; and how a session was opened."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | Sequence[str] | None = "0026"


def upgrade() -> None:
    """Add the table and the column; sessions there were opened by links."""
    op.create_table(
        "users",
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("folded"),
    )
    op.create_index("ix_users_subject", "users", ["issuer", "subject"], unique=True)
    op.add_column("credentials", sa.Column("opened_by", sa.String(), nullable=True))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("credentials", "opened_by")
    op.drop_index("ix_users_subject", "users")
    op.drop_table("users")
