"""When a job was last begun and what trace it belongs to; hooks, through which others send feedback."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | Sequence[str] | None = "0027"


def upgrade() -> None:
    """Add the columns, their index and the table."""
    op.add_column("jobs", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("jobs", sa.Column("trace", sa.String(), nullable=True))
    op.create_index("ix_jobs_started", "jobs", ["workspace_id", "started_at"])
    op.create_table(
        "hooks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("hooks")
    op.drop_index("ix_jobs_started", "jobs")
    op.drop_column("jobs", "trace")
    op.drop_column("jobs", "started_at")
