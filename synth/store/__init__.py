"""The system of record: SQL tables, the job ledger, full-text search, and the vector index built from them."""
