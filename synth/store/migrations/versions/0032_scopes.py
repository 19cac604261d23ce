"""What a token is narrowed to below its role, and which credential sent an import."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | Sequence[str] | None = "0028"


def upgrade() -> None:
    """Add the columns; every credential opens what it did."""
    op.add_column("credentials", sa.Column("scope", sa.String(), nullable=False, server_default="all"))
    op.add_column("imports", sa.Column("credential_id", sa.String(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("imports", "credential_id")
    op.drop_column("credentials", "scope")
