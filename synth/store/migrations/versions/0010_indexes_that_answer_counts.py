"""Indexes that hold all that a count needs, so that it reads neither texts nor attributes."""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
_COUNTED_BY = ["source_id", "person_id", "account_id", "rating", "language"]


def upgrade() -> None:
    """Add them, and widen those they begin like."""
    op.drop_index("ix_documents_workspace_created", "documents")
    op.create_index("ix_documents_counted", "documents", ["workspace_id", "created_at", *_COUNTED_BY, "id"])
    op.create_index("ix_documents_looked_up", "documents", ["id", "workspace_id", "created_at", *_COUNTED_BY])
    op.create_index("ix_excerpts_tone", "excerpts", ["workspace_id", "sentiment", "document_id"])
    op.drop_index("ix_assignments_theme", "assignments")
    op.create_index("ix_assignments_theme", "assignments", ["workspace_id", "theme_id", "excerpt_id"])
