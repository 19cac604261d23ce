"""What counts and filters find at once: the document of an assignment, and the documents that have an attribute."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from synth.store.attributes import attribute_rows

revision: str = "0016"
down_revision: str | Sequence[str] | None = "0015"

PIECE = 5_000


def upgrade() -> None:
    """Add both and fill them from what is there."""
    _name_documents()
    _list_attributes()
    told = sa.text("CAST(attributes AS TEXT) != '{}'")
    op.create_index("ix_people_told", "people", ["workspace_id", "id"], sqlite_where=told, postgresql_where=told)


def _name_documents() -> None:
    """The document of every assignment, and indexes that hold it."""
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


def _list_attributes() -> None:
    """The values of the documents' attributes, a piece of the documents at a time."""
    held = op.create_table(
        "document_attributes",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("document_id", "key"),
        sqlite_with_rowid=False,
    )
    documents = sa.table("documents", sa.column("id"), sa.column("workspace_id"), sa.column("attributes", sa.JSON()))
    query, last = sa.select(documents).order_by(documents.c.id).limit(PIECE), ""
    while found := op.get_bind().execute(query.where(documents.c.id > last)).all():
        rows = [row for each in found for row in attribute_rows(each.workspace_id, each.id, each.attributes)]
        if rows:
            op.get_bind().execute(sa.insert(held), rows)
        last = found[-1].id
    op.create_index(
        "ix_document_attributes_value", "document_attributes", ["workspace_id", "key", "folded", "value", "document_id"]
    )
