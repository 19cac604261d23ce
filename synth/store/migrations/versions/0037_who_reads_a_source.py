"""Who may read a source, and which sources were left out of what is told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | Sequence[str] | None = "0036"
_TOLD = ("answers", "insights", "reports", "saved_runs")


def upgrade() -> None:
    """Add the columns: everybody may read what is there, and nothing was left out of what was told of it."""
    op.add_column("sources", sa.Column("readers", sa.JSON(none_as_null=True), nullable=True))
    for table in _TOLD:
        op.add_column(table, sa.Column("left_out", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    for table in _TOLD:
        op.drop_column(table, "left_out")
    op.drop_column("sources", "readers")
