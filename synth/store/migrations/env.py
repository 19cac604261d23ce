"""How Alembic runs here: over the connection `Database.migrate` hands in; never from a file of settings."""

from alembic import context

from synth.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
