"""An assignment names the document of its excerpt, so that themes are counted by documents without asking for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | Sequence[str] | None = "0014"


def upgrade() -> None:
    """Add the document, fill it in, and let the indexes hold it."""
    op.add_column("assignments", sa.Column("document_id", sa.String(), nullable=True))
    op.execute(
        "UPDATE assignments SET document_id ="
        " (SELECT excerpts.document_id FROM excerpts WHERE excerpts.id = assignments.excerpt_id)"
    )
    op.drop_index("ix_assignments_theme", "assignments")
    with op.batch_alter_table("assignments") as assignments:
        assignments.alter_column("document_id", existing_type=sa.String(), nullable=False)
    op.create_index("ix_assignments_theme", "assignments", ["workspace_id", "theme_id", "document_id", "excerpt_id"])
    op.create_index("ix_assignments_document", "assignments", ["document_id", "theme_id"])
