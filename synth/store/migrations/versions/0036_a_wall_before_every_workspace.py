"""A name belongs to a user within a workspace; on PostgreSQL a wall stands before every row of a workspace.

A later migration that adds a table puts its wall up as well: `synth.store.walls.wall`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from synth.store.walls import unwall, wall

revision: str = "0036"
down_revision: str | Sequence[str] | None = "0035"

_COPY = """INSERT INTO users (folded, workspace_id, name, role, password_hash, issuer, subject, created_at)
           SELECT folded, workspace_id, name, role, password_hash, issuer, subject, created_at FROM users_before"""


def upgrade() -> None:
    """Key users by workspace and name; put the walls up."""
    _rekey("workspace_id", "folded")
    op.create_index("ix_users_subject", "users", ["workspace_id", "issuer", "subject"], unique=True)
    if op.get_bind().dialect.name != "sqlite":
        for table in _walled():
            for statement in wall(table):
                op.execute(statement)
        for statement in wall("workspaces", "id"):
            op.execute(statement)


def downgrade() -> None:
    """Take them down; fails where two workspaces have a user of the same name."""
    if op.get_bind().dialect.name != "sqlite":
        for table in (*_walled(), "workspaces"):
            for statement in unwall(table):
                op.execute(statement)
    _rekey("folded")
    op.create_index("ix_users_subject", "users", ["issuer", "subject"], unique=True)


def _walled() -> list[str]:
    look = sa.inspect(op.get_bind())
    names = sorted(look.get_table_names())
    return [name for name in names if any(column["name"] == "workspace_id" for column in look.get_columns(name))]


def _rekey(*key: str) -> None:
    op.drop_index("ix_users_subject", "users")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("users_pkey", "users", type_="primary")
        op.create_primary_key("users_pkey", "users", list(key))
        return
    op.rename_table("users", "users_before")
    op.create_table(
        "users",
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint(*key),
    )
    op.execute(_COPY)
    op.drop_table("users_before")
