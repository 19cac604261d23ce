"""The audit log: what was done and whose personal data was read; the database itself lets it only grow.

A later migration that makes this table anew on SQLite has to make the triggers anew as well.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | Sequence[str] | None = "0025"

_KEPT = 365  # days before which nobody deletes a row, whatever the settings say
_SAYS = "the audit log only grows"
_SQLITE = (
    f"""CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events
        BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END""",
    f"""CREATE TRIGGER audit_events_last BEFORE DELETE ON audit_events
        WHEN OLD.at > datetime('now', '-{_KEPT} days')
        BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION keep_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.at <= now() - interval '{_KEPT} days' THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '{_SAYS}'; END $$""",
    """CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
        FOR EACH ROW EXECUTE FUNCTION keep_audit_events()""",
    """CREATE TRIGGER audit_events_last BEFORE TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_events()""",
)


def upgrade() -> None:
    """Add the table and what guards it."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["workspace_id", "at", "id"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("audit_events")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_audit_events()")
