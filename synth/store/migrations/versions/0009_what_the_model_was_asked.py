"""Calls of the language model, with tokens and cost, and its replies, kept as long as their evidence."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"


def upgrade() -> None:
    """Add the tables; nothing was counted before."""
    op.create_table(
        "model_calls",
        sa.Column("seq", _KEY, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("prompt_hash", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_model_calls_day", "model_calls", ["workspace_id", "day"])
    op.create_table(
        "model_replies",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "key"),
    )
    op.create_table(
        "reply_evidence",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("excerpt_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key"], ["model_replies.workspace_id", "model_replies.key"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["excerpt_id"], ["excerpts.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "key", "excerpt_id"),
    )
    op.create_index("ix_reply_evidence_excerpt", "reply_evidence", ["excerpt_id"])
