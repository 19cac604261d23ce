"""Decisions that can be undone to the letter, and what they teach."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"


def upgrade() -> None:
    """Add who undid a decision, the assignments a decision displaced, and the lessons of placement."""
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("undone_by", sa.String(), nullable=True))
    op.create_table(
        "displaced",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("excerpt_id", sa.String(), nullable=False),
        sa.Column("theme_id", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.ForeignKeyConstraint(["excerpt_id"], ["excerpts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "decision_id", "excerpt_id"),
    )
    op.create_table(
        "lessons",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("theme_id", sa.String(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "theme_id"),
    )
