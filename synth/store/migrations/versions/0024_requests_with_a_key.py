"""Requests that carried an Idempotency-Key, and what was answered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | Sequence[str] | None = "0023"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "keyed_requests",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "credential_id", "key_hash"),
    )
    op.create_index("ix_keyed_requests_asked", "keyed_requests", ["workspace_id", "asked_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("keyed_requests")
