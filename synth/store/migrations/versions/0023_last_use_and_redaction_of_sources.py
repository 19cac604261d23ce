"""When a credential was last used, and whether uploads to a source wait until somebody saw what is to be hidden."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | Sequence[str] | None = "0021"


def upgrade() -> None:
    """Add both columns; every source is as it was."""
    op.add_column("credentials", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sources", sa.Column("redact", sa.String(), nullable=False, server_default="automatic"))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("sources", "redact")
    op.drop_column("credentials", "used_at")
