"""Areas of themes are rows of their own, with a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0005"


def upgrade() -> None:
    """Add the areas; what themes said of theirs was a number of one run, and goes until the areas are drawn."""
    op.create_table(
        "areas",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )
    op.get_bind().execute(sa.update(sa.table("themes", sa.column("area"))).values(area=None))
