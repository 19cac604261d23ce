"""When a credential was last used; whether uploads to a source wait until somebody saw them; reports for teams."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | Sequence[str] | None = "0022"


def upgrade() -> None:
    """Add the columns; every source and every subscription is as it was."""
    op.add_column("credentials", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sources", sa.Column("redact", sa.String(), nullable=False, server_default="automatic"))
    op.add_column("subscriptions", sa.Column("conditions", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("subscriptions", "conditions")
    op.drop_column("sources", "redact")
    op.drop_column("credentials", "used_at")
