"""Insights have an origin, more content, a reason for their freshness, and a history."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"


def upgrade() -> None:
    """Those there are were drafted from their themes, and begin their history with the next thing that happens."""
    with op.batch_alter_table("insights") as table:
        table.add_column(sa.Column("titled_by", sa.String(), nullable=True))
        table.add_column(sa.Column("origin", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("content", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("freshness_reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("insights") as table:
        table.alter_column("origin", server_default=None)
        table.alter_column("content", server_default=None)
    op.create_table(
        "insight_events",
        sa.Column("seq", _KEY, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("insight_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_insight_events", "insight_events", ["workspace_id", "insight_id"])
