"""What an answer or an insight quotes is found by its id: to write it anew looked at every citation there is."""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | Sequence[str] | None = "0024"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_citations_owner", "citations", ["workspace_id", "owner"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_citations_owner", "citations")
