"""After the rows are deleted: their bytes. Free pages are given back, the full-text table is written anew."""

from synth.store import tables
from synth.store.database import Database
from synth.store.fulltext import rebuild_words

_HELD = (
    "documents", "document_attributes", "turns", "excerpts", "excerpt_words", "embeddings", "people", "answers",
    "saved_questions", "saved_runs", "insights", "insight_events", "reports", "themes", "areas", "decisions",
    "run_contents", "model_replies", "refused_rows", "jobs", "imports", "citations", "erasures",
)  # fmt: skip


def scour(database: Database) -> str:
    """Write the store anew without its free pages; returns what was done, for the receipt."""
    if database.dialect == "sqlite":
        with database.write() as session:
            rebuild_words(session)
        with database.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return "full-text table written anew; VACUUM; write-ahead log emptied"
    known = set(tables.Base.metadata.tables) | {"excerpt_words"}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in _HELD:
            if name in known:
                connection.exec_driver_sql(f"VACUUM FULL {name}")
    return "VACUUM FULL of the tables that held it; the server's own logs and backups keep to their own times"
