"""When the machine first suggested codes in a document, so that what was coded before is known; affinity boards."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | Sequence[str] | None = "0016"


def upgrade() -> None:
    """Add the tables, with the earliest suggestion of each document that is still there."""
    op.create_table(
        "boards",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("past", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "study_id"),
    )
    op.create_table(
        "first_suggestions",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "document_id"),
    )
    op.execute(
        "INSERT INTO first_suggestions SELECT workspace_id, document_id, MIN(created_at) FROM highlights"
        " WHERE origin = 'machine' GROUP BY workspace_id, document_id"
    )
